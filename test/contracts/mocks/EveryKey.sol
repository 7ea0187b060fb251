// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {LaneId} from "../../../contracts/types/LaneId.sol";
import {Reconciliation} from "../../../contracts/types/Reconciliation.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {Deploy} from "./Deploy.sol";
import {Deployment} from "./Deployment.sol";
import {Monitors} from "./Monitors.sol";
import {TestPath} from "./TestPath.sol";

/// @dev The real vault and clearing house with money on both lanes, and every key in somebody's hands.
abstract contract EveryKey is Deployment {
    uint64 internal constant DAY = 1 days;
    bytes32 internal constant JUNK = keccak256("junk");

    /// @dev The controller under test: A's, but where a test says otherwise.
    IPauseController internal controller;
    IGateway internal gateway;
    uint32 internal hubEid;
    uint32 internal aEid;
    address internal pauser = makeAddr("pauser");
    address internal second = makeAddr("second pauser");
    address internal guardian = makeAddr("guardian");
    address internal stranger = makeAddr("stranger");
    address internal trader = makeAddr("trader");
    uint256[] internal monitors;

    function setUp() public override {
        super.setUp();
        (hubEid, aEid) = (chains[HUB].eid, chains[A].eid);
        monitors = Monitors.keys(3);
        for (uint8 i = 0; i < 3; ++i) {
            IPauseController each = chains[i].pauseController;
            each.setKey(pauser, IPauseController.Key.Pauser);
            each.setKey(second, IPauseController.Key.Pauser);
            each.setKey(guardian, IPauseController.Key.Guardian);
            Monitors.addTo(each, monitors);
        }
        _deposit(A, USD, trader, 10_000);
        _deposit(B, USD, trader, 10_000);
        _relay(A, HUB);
        _relay(B, HUB);
        _withdraw(A, USD, trader, 300, trader);
        _relay(HUB, A);
        _on(A);
    }

    function _on(uint8 chain) internal {
        vm.chainId(chains[chain].id);
        (controller, gateway) = (chains[chain].pauseController, chains[chain].gateway);
    }

    function _now() internal view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    function _pause(address by, Scope scope, uint32 id) internal {
        vm.prank(by);
        controller.pause(scope, id);
    }

    function _freeze(Scope scope, uint32 id) internal {
        vm.prank(guardian);
        controller.freeze(scope, id);
    }

    function _until(Scope scope, uint32 id) internal view returns (uint64) {
        if (scope == Scope.Asset) return chains[_chainOf()].vault.assetPausedUntil(uint16(id));
        return gateway.pausedUntil(id, scope == Scope.In ? Direction.In : Direction.Out);
    }

    function _chainOf() internal view returns (uint8) {
        return address(controller) == address(chains[B].pauseController) ? B : A;
    }

    /// @dev The hub's path says that the hub executed what A never sealed.
    function _haltByFalseAck() internal {
        (, LaneId back) = gateway.laneIds(hubEid);
        Commitment memory lie = Commitment(back, 0, LaneId.unwrap(back), 7, JUNK);
        TestPath(chains[A].network).attest(chains[HUB].name, lie.encode());
    }

    /// @dev What the network path said of the lane from the hub.
    function _said(uint64 count, bytes32 head) internal {
        Commitment memory commitment = _commitment(HUB, A, 0);
        (commitment.count, commitment.head) = (count, head);
        TestPath(chains[A].network).attest(chains[HUB].name, commitment.encode());
    }

    function _propose(Scope scope, uint32 id) internal {
        controller.proposeResume(scope, id);
    }

    function _proposeAndWait(Scope scope, uint32 id) internal {
        _propose(scope, id);
        vm.warp(_now() + Deploy.RESUME_DELAY);
    }

    function _sign(Reconciliation memory found) internal view returns (bytes memory) {
        return Monitors.sign(controller, found, monitors);
    }

    function _read(Scope scope, uint32 id) internal view returns (Reconciliation memory) {
        return Monitors.read(controller, scope, id);
    }

    function _resume(Scope scope, uint32 id) internal {
        Reconciliation memory found = _read(scope, id);
        controller.resume(scope, id, found, _sign(found));
    }

    function _refuseResume(Scope scope, uint32 id, Reconciliation memory found, bytes memory reason) internal {
        bytes memory signatures = _sign(found);
        vm.expectRevert(reason);
        controller.resume(scope, id, found, signatures);
    }

    function _refuseRole(address caller) internal {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller));
    }

    function _tooWeak(address caller, IPauseController.Key required) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IPauseController.KeyTooWeak.selector, caller, required, controller.keyOf(caller));
    }
}
