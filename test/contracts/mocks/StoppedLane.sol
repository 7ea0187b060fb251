// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Log, Logs, Proof} from "./Logs.sol";
import {TwoGateways} from "./TwoGateways.sol";

/// @dev The two gateways, and all that stops the lane at its destination.
abstract contract StoppedLane is TwoGateways {
    using Logs for Log;

    bytes32 internal constant JUNK = keccak256("junk");

    address internal controller;
    uint64 internal start;

    function setUp() public virtual override {
        super.setUp();
        controller = dst.pauseController();
        start = _now();
    }

    function _now() internal view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    function _pauseIn(uint64 until) internal {
        vm.prank(controller);
        dst.setPause(SRC, Direction.In, until);
    }

    function _pauseOut(uint64 until) internal {
        vm.prank(controller);
        dst.setPause(SRC, Direction.Out, until);
    }

    function _quarantine(uint8 path, uint64 count, bytes32 head) internal {
        vm.prank(controller);
        dst.quarantine(SRC, path, count, head);
    }

    function _liftQuarantine(uint8 path, uint64 count) internal {
        vm.prank(controller);
        dst.liftQuarantine(SRC, path, count);
    }

    function _liftHalt() internal {
        vm.prank(controller);
        dst.liftHalt(SRC);
    }

    function _contradictEachOther() internal {
        _attest(0, _commitment(7, JUNK));
        _attest(1, _commitment(7, "other"));
    }

    function _reportFalseReturn() internal {
        vm.prank(address(dstApp));
        dst.reportFalseReturn(SRC);
    }

    function _refuseExecution(bytes memory reason) internal {
        Proof memory proof = lane.prove(_executed(), 1, lane.sealedCount());
        vm.expectRevert(reason);
        _execute(proof, TWO);
    }

    function _halted(Halt reason) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGateway.LaneIsHalted.selector, SRC, reason);
    }

    function _paused(Direction direction, uint64 until) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGateway.LaneIsPaused.selector, SRC, direction, until);
    }

    function _notEmpty(uint256 attestations) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGateway.QuarantineNotEmpty.selector, SRC, attestations);
    }
}
