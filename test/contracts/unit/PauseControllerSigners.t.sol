// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {LaneState, Reconciliation} from "../../../contracts/types/Reconciliation.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {EveryKey} from "../mocks/EveryKey.sol";
import {Monitors} from "../mocks/Monitors.sol";
import {Watchers} from "../mocks/Watchers.sol";

/// @dev Whose signatures a resumption takes, of what, and how many.
contract PauseControllerSignersTest is EveryKey {
    function _refuseSignatures(Reconciliation memory found, bytes memory signatures, bytes memory reason) internal {
        vm.expectRevert(reason);
        controller.resume(Scope.In, hubEid, found, signatures);
    }

    function test_signatures_ofMOfN() public {
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        bytes32 digest = controller.digestOf(found);
        bytes memory first = Watchers.sign(monitors[0], digest);
        bytes memory middle = Watchers.sign(monitors[1], digest);
        bytes memory last = Watchers.sign(monitors[2], digest);
        (address low, address high) = (vm.addr(monitors[0]), vm.addr(monitors[2]));
        bytes4 length = IPauseController.MonitorSignaturesLength.selector;
        _refuseSignatures(found, "", abi.encodeWithSelector(length, 130, 0));
        _refuseSignatures(found, first, abi.encodeWithSelector(length, 130, 65));
        _refuseSignatures(found, abi.encodePacked(first, middle, last), abi.encodeWithSelector(length, 130, 195));
        bytes4 ascending = IPauseController.MonitorsNotAscending.selector;
        _refuseSignatures(found, abi.encodePacked(first, first), abi.encodeWithSelector(ascending, low, low));
        _refuseSignatures(found, abi.encodePacked(last, first), abi.encodeWithSelector(ascending, high, low));
        bytes memory malleable = Watchers.malleate(middle);
        bytes32 s;
        assembly {
            s := mload(add(malleable, 64))
        }
        _refuseSignatures(
            found, abi.encodePacked(first, malleable), abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s)
        );
        _refuseSignatures(found, new bytes(130), abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector));
        controller.resume(Scope.In, hubEid, found, abi.encodePacked(first, last));
    }

    /// @dev No other key of the controller signs, and no stranger's.
    function test_signatures_onlyMonitors() public {
        _freeze(Scope.In, hubEid);
        (address other, uint256 otherKey) = makeAddrAndKey("other");
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        for (uint8 key = 0; key < 3; ++key) {
            if (key != 0) controller.setKey(other, IPauseController.Key(key));
            _refuseOne(found, other, otherKey);
        }
        controller.setKey(other, IPauseController.Key.Monitor);
        bytes memory signatures = _two(found, other, otherKey);
        controller.removeKey(other);
        _refuseSignatures(found, signatures, abi.encodeWithSelector(IPauseController.SignerNotMonitor.selector, other));
        controller.setKey(other, IPauseController.Key.Monitor);
        controller.resume(Scope.In, hubEid, found, signatures);
    }

    function _refuseOne(Reconciliation memory found, address other, uint256 otherKey) internal {
        _refuseSignatures(
            found,
            _two(found, other, otherKey),
            abi.encodeWithSelector(IPauseController.SignerNotMonitor.selector, other)
        );
    }

    function _two(Reconciliation memory found, address other, uint256 otherKey) internal view returns (bytes memory) {
        bytes32 digest = controller.digestOf(found);
        bytes memory mine = Watchers.sign(monitors[1], digest);
        bytes memory its = Watchers.sign(otherKey, digest);
        return other < vm.addr(monitors[1]) ? abi.encodePacked(its, mine) : abi.encodePacked(mine, its);
    }

    function test_signatures_areForOneChainAndOneController() public {
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        bytes memory here = _sign(found);
        bytes memory there = Monitors.sign(chains[B].pauseController, found, monitors);
        vm.expectRevert();
        controller.resume(Scope.In, hubEid, found, there);
        vm.chainId(77);
        vm.expectRevert();
        controller.resume(Scope.In, hubEid, found, here);
        vm.chainId(chains[A].id);
        controller.resume(Scope.In, hubEid, found, here);
    }

    function test_digest_isEip712() public {
        _freeze(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        LaneState memory lane = found.lanes[0];
        string memory laneType =
            "LaneState(uint32 eid,uint64 executed,bytes32 executedHead,uint16[] assets,uint128[] amounts)";
        bytes32 laneHash = keccak256(
            abi.encode(
                keccak256(bytes(laneType)),
                lane.eid,
                lane.executed,
                lane.executedHead,
                keccak256(abi.encode(uint256(lane.assets[0]), uint256(lane.assets[1]))),
                keccak256(abi.encode(uint256(lane.amounts[0]), uint256(lane.amounts[1])))
            )
        );
        bytes32 message = keccak256(
            abi.encode(
                keccak256(
                    abi.encodePacked(
                        "Reconciliation(uint8 scope,uint32 id,uint64 stoppedAt,LaneState[] lanes,uint64 observedAt)",
                        laneType
                    )
                ),
                found.scope,
                found.id,
                found.stoppedAt,
                keccak256(abi.encode(laneHash)),
                found.observedAt
            )
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Weighlock Monitor"),
                keccak256("1"),
                chains[A].id,
                address(controller)
            )
        );
        assertEq(controller.digestOf(found), keccak256(abi.encodePacked(hex"1901", domain, message)), "by hand");
    }

    /// @dev Any one bit of what was signed, or of the signatures, is wrong: nothing starts.
    function testFuzz_resume_neverWithAnythingMutated(uint256 bit, bool isSignature) public {
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        bytes memory signatures = _sign(found);
        bytes memory call = abi.encodeCall(IPauseController.resume, (Scope.In, hubEid, found, signatures));
        // The reconciliation's words start behind scope, id and the two offsets.
        uint256 from = isSignature ? call.length - 160 : 4 + 4 * 32;
        uint256 size = isSignature ? 130 : call.length - 192 - from;
        uint256 where = bound(bit, 0, size * 8 - 1);
        call[from + where / 8] ^= bytes1(uint8(1 << (where % 8)));
        (bool isDone,) = address(controller).call(call);
        assertFalse(isDone, "resumed on another word than theirs");
        assertFalse(gateway.isFlowing(hubEid), "stopped");
    }
}
