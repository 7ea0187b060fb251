// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {accountOf, toParty} from "../../../contracts/types/Account.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry, KIND_CHECKPOINT, KIND_RETURNED, makeEntry} from "../../../contracts/types/Entry.sol";
import {ReturnedReleases} from "../mocks/ReturnedReleases.sol";
import {TestPath} from "../mocks/TestPath.sol";

contract ClearingReturnedTest is ReturnedReleases {
    // ── settled ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_settleReturned_creditsWhatWasTaken() public {
        Entry memory entry = _returned(REF);
        _arrive(INDEX, entry);
        int256 before = hub.balanceOf(account, USD);
        uint128 authorised = _authorised();
        vm.expectEmit(address(hub));
        emit IClearingHouse.ReturnSettled(eidA, INDEX, REF, account, 104);
        _settle(INDEX, entry);
        assertEq(hub.balanceOf(account, USD), before + 104, "the account has it again");
        assertEq(_authorised(), authorised - 104, "and the vault keeps it");
        assertTrue(hub.isReturned(eidA, REF), "once");
        assertFalse(hub.isReturned(eidA, REF - 1), "this one");
        assertFalse(hub.isReturned(eidB, REF), "of this lane");
        assertEq(hub.heldOf(eidA, INDEX), 0, "its word is gone");
        _assertBacked(USD);
        (uint64 previousCount, Entry[] memory window) = _windowOf(A, REF);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, INDEX));
        hub.settleReturned(eidA, INDEX, entry, _moneyless(_now()), previousCount, window);
        // It may leave again.
        _withdraw(A, USD, trader, 104, recipient);
        _assertBacked(USD);
    }

    /// @dev Whoever resumes value-out has signed for what was authorised.
    function test_settleReturned_revertsWhileNothingGoesOut() public {
        Entry memory entry = _returned(REF);
        _arrive(INDEX, entry);
        uint128 authorised = _authorised();
        _pause(A, Direction.Out);
        (uint64 previousCount, Entry[] memory window) = _windowOf(A, REF);
        uint64 arrivedAt = _now();
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.FinishingStopped.selector, eidA));
        hub.settleReturned(eidA, INDEX, entry, _moneyless(arrivedAt), previousCount, window);
        assertEq(_authorised(), authorised, "it stands still");
        vm.warp(_now() + 1 days);
        hub.settleReturned(eidA, INDEX, entry, _moneyless(arrivedAt), previousCount, window);
        assertEq(_authorised(), authorised - 104, "settled when it is over");
    }

    function test_settleReturned_everyReleaseOnce() public {
        for (uint64 ref = 0; ref < 5; ++ref) {
            _arrive(INDEX + ref, _returned(ref));
            _settle(INDEX + ref, _returned(ref));
        }
        assertEq(_authorised(), 0, "nothing is let out of A");
        assertEq(hub.balanceOf(account, USD), 1800, "all is back");
        assertEq(uint8(chains[HUB].gateway.haltOf(eidA)), uint8(Halt.None), "and nothing is amiss");
        _assertBacked(USD);
    }

    /// @dev What the message says of account and amount is not what counts, but its hash of the release is.
    function test_settleReturned_paysByOurOwnLog() public {
        Entry memory entry = _returned(REF);
        entry.account = accountOf(makeAddr("thief"), 0);
        entry.word += uint256(1000) << 8;
        _arrive(INDEX, entry);
        _settle(INDEX, entry);
        assertEq(hub.balanceOf(accountOf(makeAddr("thief"), 0), USD), 0, "not the thief");
        assertEq(_authorised(), 100 + 101 + 102 + 103, "and no more than was taken");
        _assertBacked(USD);
    }

    /// @dev From the park on a vault chain to the ledger, by all that is real.
    function test_settleReturned_fromAVault() public {
        address owner = makeAddr("owner");
        _deposit(A, USD, owner, 1000);
        _relay(A, HUB);
        tokenOf[A][USD].setBlacklisted(owner, true);
        uint64 ref = _withdraw(A, USD, owner, 250, owner);
        _relay(HUB, A);
        Entry memory release = laneLogs[HUB][A].entries[ref];
        _follow();
        vm.prank(owner);
        chains[A].vault.returnRelease(ref, release, parked, owner);
        uint64 index = _executed(A, HUB);
        _relay(A, HUB);
        _settle(index, _returnedOf(release, ref));
        assertEq(hub.balanceOf(accountOf(owner, 0), USD), 1000, "all of it is margin again");
        _assertBacked(USD);
    }

    // ── the window ──────────────────────────────────────────────────────────────────────────────────────────────────

    function _assertMismatch(Entry memory entry, uint64 previousCount, Entry[] memory window) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingHouse.WindowMismatch.selector,
                eidA,
                entry.ref(),
                previousCount,
                uint256(previousCount) + window.length
            )
        );
        hub.settleReturned(eidA, INDEX, entry, _moneyless(_now()), previousCount, window);
        assertEq(uint8(chains[HUB].gateway.haltOf(eidA)), uint8(Halt.None), "nobody is accused");
        assertTrue(hub.heldOf(eidA, INDEX) != 0, "it still waits");
    }

    function _slice(uint64 from, uint64 to) internal view returns (Entry[] memory part) {
        part = new Entry[](to - from);
        for (uint64 i = from; i < to; ++i) {
            part[i - from] = laneLogs[HUB][A].entries[i];
        }
    }

    function test_settleReturned_revertsForAnotherWindow() public {
        Entry memory entry = _returned(REF);
        _arrive(INDEX, entry);
        _assertMismatch(entry, 2, _slice(3, 5));
        _assertMismatch(entry, 4, _slice(3, 5));
        _assertMismatch(entry, 4, _slice(4, 5));
        _assertMismatch(entry, 2, _slice(2, 5));
        _assertMismatch(entry, 0, _slice(0, 5));
        _assertMismatch(entry, 3, _slice(3, 4));
        _assertMismatch(entry, 0, _slice(0, 3));
        _assertMismatch(entry, 3, new Entry[](0));
        _assertMismatch(entry, 5, new Entry[](0));
        _assertMismatch(entry, type(uint64).max, _slice(3, 5));
        _settle(INDEX, entry);
    }

    function test_settleReturned_revertsForAnAlteredWindow() public {
        Entry memory entry = _returned(REF);
        _arrive(INDEX, entry);
        for (uint256 i = 0; i < 6; ++i) {
            Entry[] memory window = _slice(3, 5);
            if (i == 0) window[0].word += 1 << 8;
            if (i == 1) window[1].word += 1 << 8;
            if (i == 2) window[1].account = accountOf(makeAddr("thief"), 0);
            if (i == 3) window[1].party = toParty(trader);
            if (i == 4) window[0].word |= 1;
            if (i == 5) (window[0], window[1]) = (window[1], window[0]);
            _assertMismatch(entry, 3, window);
        }
    }

    function test_settleReturned_revertsForAnotherLanesWindow() public {
        Entry memory entry = _returned(1);
        _arrive(INDEX, entry);
        (uint64 previousCount, Entry[] memory window) = _windowOf(B, 1);
        _assertMismatch(entry, previousCount, window);
    }

    /// @dev An altered Returned is not the one that was executed.
    function test_settleReturned_revertsForAnythingButWhatIsHeld() public {
        Entry memory entry = _returned(REF);
        uint64 parkedAt = _arrive(INDEX, entry);
        (uint64 previousCount, Entry[] memory window) = _windowOf(A, REF);
        bytes memory unknown = abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, INDEX);
        Entry memory other = _returned(3);
        vm.expectRevert(unknown);
        hub.settleReturned(eidA, INDEX, other, _moneyless(parkedAt), previousCount, window);
        vm.expectRevert(unknown);
        hub.settleReturned(eidA, INDEX, entry, _moneyless(parkedAt + 1), previousCount, window);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidB, INDEX));
        hub.settleReturned(eidB, INDEX, entry, _moneyless(parkedAt), previousCount, window);
        vm.expectRevert(unknown);
        hub.finish(eidA, INDEX, entry, Held.OwnerZero, _moneyless(parkedAt));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.StillHeld.selector, eidA, INDEX, Held.Returned));
        hub.finish(eidA, INDEX, entry, Held.Returned, _moneyless(parkedAt));
    }

    // ── lies ────────────────────────────────────────────────────────────────────────────────────────────────────────

    function _assertHalts(uint64 index, Entry memory entry, uint64 previousCount, Entry[] memory window) internal {
        uint128 authorised = _authorised();
        uint256 ledger = hub.totalLedger(USD);
        vm.expectEmit(address(hub));
        emit IClearingHouse.FalselyReturned(eidA, index, entry.ref());
        vm.expectEmit(address(chains[HUB].gateway));
        emit IGateway.LaneHalted(eidA, Halt.FalseReturn);
        hub.settleReturned(eidA, index, entry, _moneyless(_now()), previousCount, window);
        assertEq(uint8(chains[HUB].gateway.haltOf(eidA)), uint8(Halt.FalseReturn), "the lane is halted");
        assertEq(uint8(chains[HUB].gateway.haltOf(eidB)), uint8(Halt.None), "no other is");
        assertEq(_authorised(), authorised, "nothing is authorised less");
        assertEq(hub.totalLedger(USD), ledger, "nothing is credited");
        _assertBacked(USD);
    }

    function test_settleReturned_beyondAllSealsHalts() public {
        // Posted, but not sealed: no vault can have executed it.
        uint64 ref = _withdraw(A, USD, trader, 100, recipient);
        _follow();
        Entry memory entry = _returned(ref);
        _arrive(INDEX, entry);
        _assertHalts(INDEX, entry, 5, new Entry[](0));
    }

    function test_settleReturned_farBeyondHalts() public {
        Entry memory entry = makeEntry(KIND_RETURNED, USD, eidA, type(uint64).max, 1, account, "never");
        _arrive(INDEX, entry);
        _assertHalts(INDEX, entry, 0, new Entry[](0));
    }

    function test_settleReturned_ofAnotherHashHalts() public {
        Entry memory entry = _returned(REF);
        entry.party = keccak256("another release");
        _arrive(INDEX, entry);
        (uint64 previousCount, Entry[] memory window) = _windowOf(A, REF);
        _assertHalts(INDEX, entry, previousCount, window);
    }

    function test_settleReturned_ofAnotherRefHalts() public {
        Entry memory entry = _returnedOf(laneLogs[HUB][A].entries[3], REF);
        _arrive(INDEX, entry);
        (uint64 previousCount, Entry[] memory window) = _windowOf(A, REF);
        _assertHalts(INDEX, entry, previousCount, window);
    }

    function test_settleReturned_twiceHalts() public {
        Entry memory entry = _returned(REF);
        _arrive(INDEX, entry);
        _arrive(INDEX + 1, entry);
        _settle(INDEX, entry);
        (uint64 previousCount, Entry[] memory window) = _windowOf(A, REF);
        _assertHalts(INDEX + 1, entry, previousCount, window);
        assertTrue(hub.isReturned(eidA, REF), "the first one stands");
    }

    function test_settleReturned_ofWhatIsNoReleaseHalts() public {
        Entry memory checkpoint = makeEntry(KIND_CHECKPOINT, USD, eidA, 0, 50, account, "block hash");
        vm.prank(address(hub));
        chains[HUB].gateway.post(eidA, checkpoint);
        _sealTo(A);
        Entry memory entry = _returnedOf(checkpoint, 5);
        _arrive(INDEX, entry);
        (uint64 previousCount, Entry[] memory window) = _windowOf(A, 5);
        _assertHalts(INDEX, entry, previousCount, window);
    }

    function test_settleReturned_nothingMoreIsExecutedAfterALie() public {
        address owner = makeAddr("owner");
        Entry memory entry = makeEntry(KIND_RETURNED, USD, eidA, 99, 1, account, "never");
        _arrive(INDEX, entry);
        _arrive(INDEX + 1, _returned(REF));
        _deposit(A, USD, owner, 1000);
        hub.settleReturned(eidA, INDEX, entry, _moneyless(_now()), 0, new Entry[](0));
        (uint64 previousCount, Entry[] memory window) = _windowOf(A, REF);
        bytes memory stopped = abi.encodeWithSelector(IClearingHouse.FinishingStopped.selector, eidA);
        vm.expectRevert(stopped);
        hub.settleReturned(eidA, INDEX + 1, _returned(REF), _moneyless(_now()), previousCount, window);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneIsHalted.selector, eidA, Halt.FalseReturn));
        this.relay();
    }

    function relay() external {
        _relay(A, HUB);
    }

    // ── a stopped lane ──────────────────────────────────────────────────────────────────────────────────────────────

    function test_settleReturned_stopsWithTheLane() public {
        Entry memory entry = _returned(REF);
        uint64 parkedAt = _arrive(INDEX, entry);
        (uint64 previousCount, Entry[] memory window) = _windowOf(A, REF);
        _pause(A, Direction.In);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.FinishingStopped.selector, eidA));
        hub.settleReturned(eidA, INDEX, entry, _moneyless(parkedAt), previousCount, window);
        vm.warp(_now() + 1 days);
        hub.settleReturned(eidA, INDEX, entry, _moneyless(parkedAt), previousCount, window);
    }

    function test_settleReturned_stopsWhereTheLaneIsHalted() public {
        Entry memory entry = _returned(REF);
        uint64 parkedAt = _arrive(INDEX, entry);
        (uint64 previousCount, Entry[] memory window) = _windowOf(A, REF);
        Commitment memory lie = _commitment(A, HUB, 0);
        (lie.ackCount, lie.ackHead) = (99, "never sealed");
        TestPath(chains[HUB].network).attest(chains[A].name, lie.encode());
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.FinishingStopped.selector, eidA));
        hub.settleReturned(eidA, INDEX, entry, _moneyless(parkedAt), previousCount, window);
    }

    // ── a refund that comes back ────────────────────────────────────────────────────────────────────────────────────

    /// @dev Sends a deposit in suspense back to A, from where it is returned and settled.
    function _refundAndReturn(Entry memory deposit, Held reason) internal returns (uint64 ref) {
        uint64 parkedAt = _now();
        _onEntry(eidA, 20, deposit);
        vm.warp(parkedAt + 7 days);
        ref = hub.refund(eidA, 20, deposit, reason, _suspended(parkedAt));
        _sealTo(A);
        _arrive(INDEX, _returned(ref));
        _expectHeld(eidA, INDEX, reason, deposit);
        _settle(INDEX, _returned(ref));
    }

    function test_settleReturned_aRefundWaitsAgain() public {
        Entry memory deposit = _depositOf(eidA, USD, 300);
        deposit.account = bytes32(uint256(7));
        uint128 available = hub.available(eidA, USD);
        uint64 ref = _refundAndReturn(deposit, Held.OwnerZero);
        assertEq(hub.suspense(eidA, USD), 300, "it is no account's, so it waits");
        assertEq(hub.balanceOf(deposit.account, USD), 0, "and no account has it");
        assertEq(hub.available(eidA, USD), available, "it backs nothing");
        _assertBacked(USD);

        uint64 parkedAt = _now();
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.RefundNotYet.selector, eidA, INDEX, parkedAt + 7 days));
        hub.refund(eidA, INDEX, deposit, Held.OwnerZero, _suspended(parkedAt));
        vm.warp(parkedAt + 7 days);
        uint64 again = hub.refund(eidA, INDEX, deposit, Held.OwnerZero, _suspended(parkedAt));
        assertEq(again, ref + 1, "a release of its own");
        assertEq(hub.suspense(eidA, USD), 0, "on its way again");
        _assertBacked(USD);
    }

    /// @dev The account could not withdraw it: what is not listed stays in suspense, and is finished when it is.
    function test_settleReturned_anUnlistedRefundWaitsAgain() public {
        Entry memory deposit = _depositOf(eidA, 9, 300);
        _refundAndReturn(deposit, Held.AssetUnlisted);
        uint64 parkedAt = _now();
        assertEq(hub.suspense(eidA, 9), 300, "it waits");
        assertEq(hub.balanceOf(account, 9), 0, "and is in no balance");
        _assertBacked(9);
        hub.listAsset(eidA, 9, 6, _laneRules());
        hub.finish(eidA, INDEX, deposit, Held.AssetUnlisted, _suspended(parkedAt));
        assertEq(hub.balanceOf(account, 9), 300, "until it can be one's");
        _assertBacked(9);
    }
}
