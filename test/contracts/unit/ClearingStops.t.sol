// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {accountOf, toParty} from "../../../contracts/types/Account.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {
    Entry,
    KIND_DEPOSIT,
    KIND_RETURNED,
    KIND_WITHDRAWAL_REQUEST,
    makeEntry
} from "../../../contracts/types/Entry.sol";
import {NO_END} from "../../../contracts/types/Stops.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
import {Refusal, SignedWithdrawal, Withdrawal} from "../../../contracts/types/Withdrawal.sol";
import {LimitedClearing} from "../mocks/LimitedClearing.sol";
import {TestPath} from "../mocks/TestPath.sol";

/// @dev What stands still, and since when, while a lane or an asset is stopped.
contract ClearingStopsTest is LimitedClearing {
    uint64 internal constant LONG = 1 days;

    address internal owner;
    uint256 internal ownerKey;
    Held internal reason;
    Terms internal terms;

    /// @dev An owner has 600, and 500 more in 30 seconds.
    function setUp() public override {
        super.setUp();
        (owner, ownerKey) = makeAddrAndKey("owner");
        account = accountOf(owner, 0);
        _arrive(0, 600);
        (reason, terms) = _arrive(1, 500);
        _assertTerms(terms, Terms(_now(), _now() + 30, 0, Stage.Drawn));
    }

    function _expectStopped() internal {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.FinishingStopped.selector, eidA));
    }

    function _contradict() internal {
        Commitment memory lie = _commitment(A, HUB, 0);
        (lie.count, lie.head) = (1, "one");
        TestPath(chains[HUB].network).attest(chains[A].name, lie.encode());
        lie.head = "another";
        TestPath(chains[HUB].watchers).attest(chains[A].name, lie.encode());
        assertEq(uint8(chains[HUB].gateway.haltOf(eidA)), uint8(Halt.Contradiction), "the lane is halted");
    }

    function _setAssetPause(uint16 asset, uint64 until) internal {
        vm.prank(address(chains[HUB].pauseController));
        hub.setAssetPause(asset, until);
    }

    // ── the clock ───────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev After so many seconds of a stop that is over, or goes on.
    function _assertClock(uint64 before, uint64 ran) internal view {
        assertEq(hub.clockOf(eidA, USD), before + ran, "the clock");
    }

    function test_clock_standsStillWhileTheLaneIsPaused() public {
        uint64 clock = hub.clockOf(eidA, USD);
        vm.warp(_now() + 10);
        _pause(A, Direction.In);
        vm.warp(_now() + LONG - 1);
        _assertClock(clock, 10);
        _expectStopped();
        _finish(1, 500, reason, terms);
        vm.warp(_now() + 1);
        _expectLocked(1, terms);
        _finish(1, 500, reason, terms);
        vm.warp(_now() + 19);
        _expectLocked(1, terms);
        _finish(1, 500, reason, terms);
        vm.warp(_now() + 1);
        _assertClock(clock, 30);
        _finish(1, 500, reason, terms);
        // Nor does the bucket fill meanwhile.
        (Held next,) = _arrive(2, 5);
        _assertReason(next, Held.OverLimit);
    }

    function test_clock_standsStillWhileTheLaneIsHalted() public {
        uint64 clock = hub.clockOf(eidA, USD);
        vm.warp(_now() + 10);
        _contradict();
        vm.warp(_now() + 100 days);
        _assertClock(clock, 10);
        _expectStopped();
        _finish(1, 500, reason, terms);
        vm.prank(address(chains[HUB].pauseController));
        chains[HUB].gateway.liftHalt(eidA);
        _expectLocked(1, terms);
        _finish(1, 500, reason, terms);
        vm.warp(_now() + 20);
        _assertClock(clock, 30);
        _finish(1, 500, reason, terms);
    }

    function test_clock_standsStillWhileTheAssetIsPaused() public {
        uint64 clock = hub.clockOf(eidA, USD);
        uint64 other = hub.clockOf(eidA, ETHER);
        uint64 otherLane = hub.clockOf(eidB, USD);
        vm.warp(_now() + 10);
        _pauseAsset();
        vm.warp(_now() + LONG);
        _assertClock(clock, 10);
        assertEq(hub.clockOf(eidA, ETHER), other + 10 + LONG, "another asset's goes on");
        assertEq(hub.clockOf(eidB, USD), otherLane + 10, "the asset is stopped on every lane");
        vm.warp(_now() + 20);
        _assertClock(clock, 30);
        _finish(1, 500, reason, terms);
    }

    function test_clock_countsASecondOfBothStopsOnce() public {
        uint64 clock = hub.clockOf(eidA, USD);
        _setAssetPause(USD, NO_END);
        vm.warp(_now() + 10);
        _contradict();
        vm.warp(_now() + 6 hours);
        _assertClock(clock, 0);
        vm.prank(address(chains[HUB].pauseController));
        chains[HUB].gateway.liftHalt(eidA);
        vm.warp(_now() + 1 hours);
        _assertClock(clock, 0);
        _setAssetPause(USD, 0);
        _assertClock(clock, 0);
        vm.warp(_now() + 10);
        _assertClock(clock, 10);
    }

    /// @dev Paused before any lane had it.
    function test_clock_ofALaneThatListsAPausedAsset() public {
        uint16 asset = 77;
        uint64 until = _now() + LONG;
        _setAssetPause(asset, until);
        vm.warp(_now() + 10);
        hub.listAsset(eidB, asset, 6, _laneRules());
        uint64 clock = hub.clockOf(eidB, asset);
        assertEq(clock, chains[HUB].gateway.clock(eidB), "as the lane's");
        Entry memory entry = makeEntry(KIND_DEPOSIT, asset, eidB, 0, 100, account, toParty(owner));
        vm.recordLogs();
        _onEntry(eidB, 0, entry);
        (Held paused,) = _lastHeld(0);
        _assertReason(paused, Held.AssetPaused);
        vm.warp(until);
        assertEq(hub.clockOf(eidB, asset), clock, "it stood still");
        vm.warp(until + 5);
        assertEq(hub.clockOf(eidB, asset), clock + 5, "it goes on");
    }

    /// @dev Value-out is another direction: what comes in is credited.
    function test_clock_goesOnWhileTheWayOutIsPaused() public {
        uint64 clock = hub.clockOf(eidA, USD);
        _pause(A, Direction.Out);
        vm.warp(_now() + 30);
        _assertClock(clock, 30);
        _finish(1, 500, reason, terms);
    }

    /// @dev Nobody told the hub that the asset's pause ended: it takes its length of the lane's time. Later, never sooner.
    function test_clock_underBothIsLaterAndNeverRunsBack() public {
        uint64 clock = hub.clockOf(eidA, USD);
        _pause(A, Direction.In);
        _pauseAsset();
        vm.warp(_now() + LONG);
        _assertClock(clock, 0);
        vm.warp(_now() + LONG + 29);
        _expectLocked(1, terms);
        _finish(1, 500, reason, terms);
        vm.warp(_now() + 1);
        _finish(1, 500, reason, terms);
    }

    function test_large_waitsInTheLanesTime() public {
        (Held large, Terms memory wait) = _arrive(2, LARGE);
        _assertReason(large, Held.Large);
        vm.roll(wait.unlockBlock);
        _pause(A, Direction.In);
        vm.warp(wait.unlockAt + LONG - 1);
        _expectLocked(2, wait);
        _finish(2, LARGE, large, wait);
        vm.warp(wait.unlockAt + LONG);
        _finish(2, LARGE, large, wait);
    }

    // ── an asset ────────────────────────────────────────────────────────────────────────────────────────────────────

    function _signed(uint256 nonce) internal view returns (SignedWithdrawal[] memory items) {
        Withdrawal memory asked = Withdrawal(owner, 0, eidA, USD, 100, recipient, 0, nonce, _now() + 10 days);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ownerKey, hub.withdrawalDigest(asked));
        items = new SignedWithdrawal[](1);
        items[0] = SignedWithdrawal(asked, 0, abi.encodePacked(r, s, v));
    }

    function _request() internal view returns (Entry memory) {
        return makeEntry(KIND_WITHDRAWAL_REQUEST, USD, eidA, 0, 100, account, toParty(owner));
    }

    function test_assetPause_nothingOfItLeaves() public {
        uint64 until = _now() + LONG;
        _pauseAsset();
        assertEq(hub.assetPausedUntil(USD), until, "for a day");
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.LaneAssetPaused.selector, USD, until));
        _withdraw(A, USD, owner, 100, recipient);
        SignedWithdrawal[] memory items = _signed(1);
        vm.expectEmit(address(hub));
        emit IClearingHouse.WithdrawalSkipped(owner, 1, Refusal.AssetPaused);
        assertEq(hub.withdrawBatch(items), 0, "not by signature");
        vm.expectEmit(address(hub));
        emit IClearingHouse.RequestRefused(eidA, 7, Refusal.AssetPaused);
        _onEntry(eidA, 7, _request());
        (, uint128 authorised) = hub.laneBook(eidA, USD);
        assertEq(authorised, 0, "nor by request");
        vm.warp(until);
        assertEq(hub.withdrawBatch(items), 1, "the same signature counts when it is over");
        _withdraw(A, USD, owner, 100, recipient);
        _assertBacked(USD);
    }

    function test_assetPause_depositsWait() public {
        _pauseAsset();
        vm.warp(_now() + 40);
        (Held paused, Terms memory wait) = _arrive(2, 150);
        _assertReason(paused, Held.AssetPaused);
        _assertTerms(wait, Terms(_now(), hub.clockOf(eidA, USD), 0, Stage.Arrived));
        (Held other,) = _arrive(3, _depositOf(eidA, ETHER, 100));
        _assertReason(other, Held.None);
        assertEq(hub.suspense(eidA, USD), 650, "in suspense");
        _expectStillHeld(2, Held.AssetPaused);
        _finish(2, 150, paused, wait);
        vm.warp(_now() + LONG);
        // It asks the bucket when it is tried, as it did not before.
        Held next;
        (next, wait) = _finish(2, 150, paused, wait);
        _assertReason(next, Held.OverLimit);
        vm.warp(_now() + wait.unlockAt - hub.clockOf(eidA, USD));
        (next,) = _finish(2, 150, next, wait);
        _assertReason(next, Held.None);
        _assertBacked(USD);
    }

    function test_assetPause_nothingIsRefundedOrSettled() public {
        Entry memory ownerless = _depositOf(eidA, USD, 300);
        ownerless.account = bytes32(uint256(7));
        (Held zero, Terms memory wait) = _arrive(2, ownerless);
        _assertReason(zero, Held.OwnerZero);
        _withdraw(A, USD, owner, 100, recipient);
        _sealTo(A);
        (uint64 previousCount, Entry[] memory window) = _windowOf(A, 0);
        Entry memory returned = makeEntry(
            KIND_RETURNED,
            USD,
            eidA,
            0,
            100,
            account,
            keccak256(abi.encode(window[0].word, window[0].account, window[0].party))
        );
        _arrive(3, returned);
        uint64 arrivedAt = _now();
        vm.warp(_now() + 7 days);
        uint64 until = _now() + LONG;
        _pauseAsset();
        bytes memory paused = abi.encodeWithSelector(IClearingHouse.LaneAssetPaused.selector, USD, until);
        vm.expectRevert(paused);
        hub.refund(eidA, 2, ownerless, zero, wait);
        vm.expectRevert(paused);
        hub.settleReturned(eidA, 3, returned, _moneyless(arrivedAt), previousCount, window);
        vm.warp(until);
        hub.refund(eidA, 2, ownerless, zero, wait);
        hub.settleReturned(eidA, 3, returned, _moneyless(arrivedAt), previousCount, window);
        assertEq(hub.balanceOf(account, USD), 600, "settled when it is over");
        _assertBacked(USD);
    }

    function test_setAssetPause_revertsForOthers() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotThePauseController.selector, address(this)));
        hub.setAssetPause(USD, _now() + LONG);
    }

    function test_setAssetPause_tells() public {
        vm.expectEmit(address(hub));
        emit IClearingHouse.AssetPauseChanged(USD, _now() + LONG);
        _setAssetPause(USD, _now() + LONG);
        vm.warp(_now() + 10);
        _setAssetPause(USD, 0);
        assertEq(hub.assetPausedUntil(USD), 0, "ended");
        _withdraw(A, USD, owner, 100, recipient);
    }

    // ── a closed lane ───────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Nothing enters or leaves by it, and all that a later escape proves stays as it is.
    function test_closedLane_standsStill() public {
        Entry memory ownerless = _depositOf(eidA, USD, 300);
        ownerless.account = bytes32(uint256(7));
        (Held zero, Terms memory wait) = _arrive(2, ownerless);
        Entry memory returned = makeEntry(KIND_RETURNED, USD, eidA, 99, 1, account, "never");
        _arrive(3, returned);
        uint64 arrivedAt = _now();
        _onEntry(eidB, 0, _depositOf(eidB, USD, 400));
        (uint128 credited, uint128 authorised) = hub.laneBook(eidA, USD);
        uint256 ledger = hub.totalLedger(USD);
        chains[HUB].gateway.closeLane(eidA);
        vm.warp(_now() + 30 days);

        _expectStopped();
        _finish(1, 500, reason, terms);
        _expectStopped();
        hub.refund(eidA, 2, ownerless, zero, wait);
        _expectStopped();
        hub.settleReturned(eidA, 3, returned, _moneyless(arrivedAt), 0, new Entry[](0));
        bytes memory closed = abi.encodeWithSelector(IGateway.LaneIsHalted.selector, eidA, Halt.Closed);
        vm.expectRevert(closed);
        _withdraw(A, USD, owner, 100, recipient);
        SignedWithdrawal[] memory items = _signed(1);
        vm.expectEmit(address(hub));
        emit IClearingHouse.WithdrawalSkipped(owner, 1, Refusal.LaneStopped);
        hub.withdrawBatch(items);
        vm.expectEmit(address(hub));
        emit IClearingHouse.RequestRefused(eidB, 7, Refusal.LaneStopped);
        _onEntry(eidB, 7, _request());
        (uint128 creditedAfter, uint128 authorisedAfter) = hub.laneBook(eidA, USD);
        assertEq(creditedAfter, credited, "nothing enters");
        assertEq(authorisedAfter, authorised, "nothing leaves");
        assertEq(hub.suspense(eidA, USD), 800, "what waited still waits");
        assertEq(hub.totalLedger(USD), ledger, "the ledger is what it was");
        _assertBacked(USD);
        // The other lane goes on, for whoever has money there.
        _withdraw(B, USD, owner, 400, recipient);
        _assertBacked(USD);
    }
}
