// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "forge-std/Vm.sol";
import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {Clearing} from "./Clearing.sol";

/// @dev Lanes with limits that a test can reach, 30 days after they were listed.
abstract contract LimitedClearing is Clearing {
    uint80 internal constant CAPACITY = 1000;
    uint64 internal constant REFILL = 10;
    uint80 internal constant LARGE = 700;
    uint8 internal constant SHARE = 80;
    /// @dev What is not for debts, of the capacity.
    uint128 internal constant ORDINARY = 800;
    uint128 internal constant CAP = 5000;
    uint64 internal constant RAMP = 30 days;
    /// @dev The slot of `balanceOf`, as docs/storage.md has it.
    uint256 internal constant BALANCES = 1;

    function setUp() public virtual override {
        super.setUp();
        vm.warp(_now() + RAMP);
    }

    function _laneRules() internal view virtual override returns (IClearingHouse.LaneRules memory) {
        return _rules(CAPACITY, REFILL, LARGE, CAP);
    }

    function _rules(uint80 capacity, uint64 refill, uint80 large, uint128 cap)
        internal
        pure
        returns (IClearingHouse.LaneRules memory)
    {
        return IClearingHouse.LaneRules(uint64(MINIMUM), cap, Limit(capacity, refill, large, SHARE));
    }

    /// @dev Hands a deposit over and tells what became of it: None when it was credited.
    function _arrive(uint64 index, uint128 amount) internal returns (Held reason, Terms memory terms) {
        return _arrive(index, _depositOf(eidA, USD, amount));
    }

    function _arrive(uint64 index, Entry memory entry) internal returns (Held reason, Terms memory terms) {
        vm.getRecordedLogs();
        _onEntry(eidA, index, entry);
        return _lastHeld(index);
    }

    /// @dev What was said of an entry since the last time.
    function _lastHeld(uint64 index) internal returns (Held reason, Terms memory terms) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            bool isHeld = logs[i].topics[0] == IClearingHouse.EntryHeld.selector;
            if (!isHeld || uint256(logs[i].topics[2]) != index) continue;
            reason = Held(uint8(uint256(logs[i].topics[3])));
            (, terms) = abi.decode(logs[i].data, (Entry, Terms));
        }
    }

    function _finish(uint64 index, uint128 amount, Held reason, Terms memory terms)
        internal
        returns (Held next, Terms memory nextTerms)
    {
        vm.getRecordedLogs();
        hub.finish(eidA, index, _depositOf(eidA, USD, amount), reason, terms);
        return _lastHeld(index);
    }

    function _assertTerms(Terms memory actual, Terms memory expected) internal pure {
        assertEq(actual.parkedAt, expected.parkedAt, "parked at");
        assertEq(actual.unlockAt, expected.unlockAt, "unlocks at");
        assertEq(actual.unlockBlock, expected.unlockBlock, "unlocks at the block");
        assertEq(uint8(actual.stage), uint8(expected.stage), "stage");
    }

    function _assertReason(Held actual, Held expected) internal pure {
        assertEq(uint8(actual), uint8(expected), "reason");
    }

    function _expectLocked(uint64 index, Terms memory terms) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.HeldLocked.selector, eidA, index, terms.unlockAt, terms.unlockBlock)
        );
    }

    function _expectStillHeld(uint64 index, Held reason) internal {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.StillHeld.selector, eidA, index, reason));
    }

    function _setBalance(bytes32 account_, int256 balance) internal {
        bytes32 slot = keccak256(abi.encode(USD, keccak256(abi.encode(account_, BALANCES))));
        vm.store(address(hub), slot, bytes32(uint256(balance)));
        assertEq(hub.balanceOf(account_, USD), balance, "the slot of a balance");
    }

    function _pauseAsset() internal {
        IPauseController controller = chains[HUB].pauseController;
        if (controller.keyOf(address(this)) == IPauseController.Key.None) {
            controller.setKey(address(this), IPauseController.Key.Pauser);
        }
        controller.pause(Scope.Asset, USD);
    }
}
