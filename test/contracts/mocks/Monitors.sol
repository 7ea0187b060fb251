// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "forge-std/Vm.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {ILaneApp} from "../../../contracts/interfaces/ILaneApp.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {LaneState, Reconciliation} from "../../../contracts/types/Reconciliation.sol";
import {Scope} from "../../../contracts/types/Scope.sol";

/// @dev Monitors' keys, and what honest ones sign: what they read on chain.
library Monitors {
    Vm internal constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev Rising by address, as signatures must be.
    function keys(uint256 count) internal returns (uint256[] memory sorted) {
        sorted = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 key = uint256(keccak256(abi.encode("monitor", i)));
            uint256 at = i;
            for (; at > 0 && VM.addr(sorted[at - 1]) > VM.addr(key); --at) {
                sorted[at] = sorted[at - 1];
            }
            sorted[at] = key;
        }
    }

    function addTo(IPauseController controller, uint256[] memory sorted) internal {
        for (uint256 i = 0; i < sorted.length; ++i) {
            controller.setKey(VM.addr(sorted[i]), IPauseController.Key.Monitor);
        }
    }

    function read(IPauseController controller, Scope scope, uint32 id)
        internal
        view
        returns (Reconciliation memory found)
    {
        IGateway gateway = controller.gateway();
        uint32[] memory eids;
        if (scope == Scope.Asset) {
            eids = ILaneApp(gateway.app()).lanesOf(uint16(id));
        } else {
            eids = new uint32[](1);
            eids[0] = id;
        }
        found.scope = uint8(scope);
        found.id = id;
        found.stoppedAt = controller.stoppedAt(scope, id);
        found.observedAt = uint64(VM.getBlockTimestamp());
        found.lanes = new LaneState[](eids.length);
        for (uint256 i = 0; i < eids.length; ++i) {
            LaneState memory lane = found.lanes[i];
            lane.eid = eids[i];
            (lane.executed, lane.executedHead) = gateway.inbox(eids[i]);
            Direction direction =
                scope == Scope.Asset ? controller.valueOut() : scope == Scope.Out ? Direction.Out : Direction.In;
            (lane.assets, lane.amounts) = ILaneApp(gateway.app()).figures(eids[i], direction);
            if (scope == Scope.Asset) _only(lane, uint16(id));
        }
    }

    function _only(LaneState memory lane, uint16 asset) private pure {
        for (uint256 i = 0; i < lane.assets.length; ++i) {
            if (lane.assets[i] != asset) continue;
            uint128 amount = lane.amounts[i];
            (lane.assets, lane.amounts) = (new uint16[](1), new uint128[](1));
            (lane.assets[0], lane.amounts[0]) = (asset, amount);
            return;
        }
        (lane.assets, lane.amounts) = (new uint16[](0), new uint128[](0));
    }

    /// @dev By the first `threshold` of the keys.
    function sign(IPauseController controller, Reconciliation memory found, uint256[] memory sorted)
        internal
        view
        returns (bytes memory signatures)
    {
        bytes32 digest = controller.digestOf(found);
        for (uint256 i = 0; i < controller.monitorThreshold(); ++i) {
            (uint8 v, bytes32 r, bytes32 s) = VM.sign(sorted[i], digest);
            signatures = abi.encodePacked(signatures, r, s, v);
        }
    }
}
