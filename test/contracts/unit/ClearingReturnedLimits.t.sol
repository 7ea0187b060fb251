// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {toParty} from "../../../contracts/types/Account.sol";
import {Entry, KIND_DEPOSIT, makeEntry} from "../../../contracts/types/Entry.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {ReturnedReleases} from "../mocks/ReturnedReleases.sol";

/// @dev What comes back is credited within the lane's limits like what comes: a return must not be a way past them.
contract ClearingReturnedLimitsTest is ReturnedReleases {
    function setUp() public override {
        super.setUp();
        vm.warp(_now() + 30 days);
    }

    function _limit(uint80 capacity, uint80 large, uint128 cap) internal {
        hub.tightenAsset(eidA, USD, IClearingHouse.LaneRules(uint64(MINIMUM), cap, Limit(capacity, 1, large, 100)));
    }

    /// @dev The deposit that it is held as. It has no refund address: what was an account's goes back to it alone.
    function _heldAs(uint128 amount) internal view returns (Entry memory) {
        return makeEntry(KIND_DEPOSIT, USD, eidA, 0, amount, account, bytes32(0));
    }

    function test_settleReturned_waitsForTheBucket() public {
        _limit(150, 1e6, 1e6);
        _arrive(INDEX, _returned(3));
        _settle(INDEX, _returned(3));
        int256 before = hub.balanceOf(account, USD);
        _arrive(INDEX + 1, _returned(REF));
        Terms memory terms = Terms(_now(), _now() + 57, 0, Stage.Drawn);
        _expectHeld(eidA, INDEX + 1, Held.OverLimit, _heldAs(104), terms);
        vm.expectEmit(address(hub));
        emit IClearingHouse.ReturnSettled(eidA, INDEX + 1, REF, account, 104);
        _settle(INDEX + 1, _returned(REF));
        assertEq(hub.balanceOf(account, USD), before, "not yet");
        assertEq(hub.suspense(eidA, USD), 104, "it waits");
        assertEq(_authorised(), 100 + 101 + 102, "and is let out no more");
        _assertBacked(USD);
        vm.warp(terms.unlockAt);
        hub.finish(eidA, INDEX + 1, _heldAs(104), Held.OverLimit, terms);
        assertEq(hub.balanceOf(account, USD), before + 104, "then the account has it again");
        _assertBacked(USD);
    }

    function test_settleReturned_waitsWhenItIsLarge() public {
        _limit(1e6, 104, 1e6);
        _arrive(INDEX, _returned(REF));
        Terms memory terms =
            Terms(_now(), _now() + Deploy.LARGE_WAIT, uint64(vm.getBlockNumber()) + Deploy.LARGE_BLOCKS, Stage.Waited);
        _expectHeld(eidA, INDEX, Held.Large, _heldAs(104), terms);
        _settle(INDEX, _returned(REF));
        vm.warp(terms.unlockAt);
        vm.roll(terms.unlockBlock);
        hub.finish(eidA, INDEX, _heldAs(104), Held.Large, terms);
        _assertBacked(USD);
    }

    /// @dev Money that leaves makes room under the cap; filled anew, it must not come back on top.
    function test_settleReturned_neverExceedsTheCap() public {
        uint128 owed = hub.available(eidA, USD);
        _limit(1e6, 1e6, owed + 100);
        _onEntry(eidA, 2, _depositOf(eidA, USD, 100));
        _arrive(INDEX, _returned(REF));
        Terms memory terms = Terms(_now(), _now(), 0, Stage.Arrived);
        _expectHeld(eidA, INDEX, Held.OverExposure, _heldAs(104), terms);
        _settle(INDEX, _returned(REF));
        assertEq(hub.available(eidA, USD), owed + 100, "the lane owes its cap");
        _assertBacked(USD);
        // Whoever was to be paid is not paid after all: the owner may have wanted it back because of him.
        vm.warp(_now() + 7 days);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotRefundable.selector, eidA, INDEX, Held.OverExposure));
        hub.refund(eidA, INDEX, _heldAs(104), Held.OverExposure, terms);
        _withdraw(A, USD, trader, 104, recipient);
        hub.finish(eidA, INDEX, _heldAs(104), Held.OverExposure, terms);
        assertEq(hub.available(eidA, USD), owed + 100, "in place of what left");
        _assertBacked(USD);
    }

    /// @dev A deposit above the cap, refunded after a week and given back by its vault, has never been through the bucket.
    function test_settleReturned_aRefundIsNoWayPastTheBucket() public {
        _limit(150, 1e6, 5000);
        Entry memory deposit = _depositOf(eidA, USD, 100_000);
        _expectHeld(eidA, 20, Held.OverExposure, deposit);
        _onEntry(eidA, 20, deposit);
        Terms memory terms = _suspended(_now());
        vm.warp(_now() + 7 days);
        uint64 ref = hub.refund(eidA, 20, deposit, Held.OverExposure, terms);
        _sealTo(A);
        assertEq(laneLogs[HUB][A].entries[ref].party, toParty(trader), "to its refund address");
        int256 before = hub.balanceOf(account, USD);
        _arrive(INDEX, _returned(ref));
        _expectHeld(eidA, INDEX, Held.OverExposure, _heldAs(100_000));
        _settle(INDEX, _returned(ref));
        assertEq(hub.balanceOf(account, USD), before, "nothing is credited");
        _assertBacked(USD);
        hub.loosenAsset(eidA, USD, IClearingHouse.LaneRules(uint64(MINIMUM), 1e6, Limit(150, 1, 1e6, 100)));
        Terms memory next = Terms(_now(), _now() + 99_850, 0, Stage.Drawn);
        _expectHeld(eidA, INDEX, Held.OverLimit, _heldAs(100_000), next);
        hub.finish(eidA, INDEX, _heldAs(100_000), Held.OverExposure, _suspended(_now()));
        assertEq(hub.balanceOf(account, USD), before, "but at the rate of the bucket");
        vm.warp(next.unlockAt);
        hub.finish(eidA, INDEX, _heldAs(100_000), Held.OverLimit, next);
        assertEq(hub.balanceOf(account, USD), before + 100_000, "then it is");
        _assertBacked(USD);
    }
}
