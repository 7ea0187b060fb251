// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {toParty} from "../../../contracts/types/Account.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry, KIND_RELEASE, KIND_RETURNED, makeEntry} from "../../../contracts/types/Entry.sol";
import {Clearing} from "../mocks/Clearing.sol";
import {TestPath} from "../mocks/TestPath.sol";

/// @dev Deposits that no account can have, and their two ends: finished, or sent back.
contract ClearingSuspenseTest is Clearing {
    uint16 internal constant UNLISTED = 9;

    Entry internal unlisted;
    Entry internal ownerless;
    uint64 internal parkedAt;

    function setUp() public override {
        super.setUp();
        parkedAt = _now();
        unlisted = _depositOf(eidA, UNLISTED, 500);
        ownerless = _depositOf(eidA, USD, 300);
        ownerless.account = bytes32(uint256(7));
        _onEntry(eidA, 0, unlisted);
        _onEntry(eidA, 1, ownerless);
        _onEntry(eidA, 2, _depositOf(eidA, USD, 1000));
    }

    function _assertBooks() internal view {
        _assertBacked(USD);
        _assertBacked(UNLISTED);
    }

    function _list(uint16 asset) internal {
        hub.listAsset(eidA, asset, 6, _laneRules());
    }

    // ── refund ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_refund_sendsItBackAfterSevenDays() public {
        vm.warp(parkedAt + 7 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.RefundNotYet.selector, eidA, 0, parkedAt + 7 days));
        hub.refund(eidA, 0, unlisted, Held.AssetUnlisted, _suspended(parkedAt));
        vm.warp(parkedAt + 7 days);
        vm.expectEmit(address(chains[HUB].gateway));
        emit IGateway.EntryPosted(eidA, 0, makeEntry(KIND_RELEASE, UNLISTED, eidA, 0, 500, account, toParty(trader)));
        vm.expectEmit(address(hub));
        emit IClearingHouse.Refunded(eidA, 0, 0);
        vm.prank(makeAddr("anyone"));
        assertEq(hub.refund(eidA, 0, unlisted, Held.AssetUnlisted, _suspended(parkedAt)), 0, "its index in the lane");
        (uint128 credited, uint128 authorised) = hub.laneBook(eidA, UNLISTED);
        assertEq(credited, 500, "it came in");
        assertEq(authorised, 500, "and is let out");
        assertEq(hub.suspense(eidA, UNLISTED), 0, "nothing waits");
        assertEq(hub.totalLedger(UNLISTED), 0, "the ledger never had it");
        _assertBooks();
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, 0));
        hub.refund(eidA, 0, unlisted, Held.AssetUnlisted, _suspended(parkedAt));
    }

    function test_refund_ofTheZeroOwner() public {
        vm.warp(parkedAt + 7 days);
        vm.expectEmit(address(chains[HUB].gateway));
        emit IGateway.EntryPosted(
            eidA, 0, makeEntry(KIND_RELEASE, USD, eidA, 0, 300, ownerless.account, toParty(trader))
        );
        hub.refund(eidA, 1, ownerless, Held.OwnerZero, _suspended(parkedAt));
        assertEq(hub.available(eidA, USD), 1000, "the others' money is untouched");
        assertEq(hub.balanceOf(account, USD), 1000, "and their accounts");
        _assertBooks();
    }

    function test_refund_revertsForWhatIsNotInSuspense() public {
        Held[4] memory reasons = [Held.None, Held.NotCreditable, Held.BookFull, Held.Returned];
        Entry memory release = makeEntry(KIND_RELEASE, USD, eidA, 0, 500, account, toParty(trader));
        Entry memory full = _depositOf(eidA, USD, type(uint128).max);
        Entry memory returned = makeEntry(KIND_RETURNED, USD, eidA, 3, 500, account, "hash");
        _onEntry(eidA, 3, release);
        _onEntry(eidA, 4, full);
        _onEntry(eidA, 5, returned);
        vm.warp(parkedAt + 7 days);
        Entry[4] memory entries = [_depositOf(eidA, USD, 1000), release, full, returned];
        for (uint64 i = 0; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotRefundable.selector, eidA, i + 2, reasons[i]));
            hub.refund(eidA, i + 2, entries[i], reasons[i], _moneyless(parkedAt));
            // Nor by another name.
            vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, i + 2));
            hub.refund(eidA, i + 2, entries[i], Held.OwnerZero, _suspended(parkedAt));
            vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, i + 2));
            hub.finish(eidA, i + 2, entries[i], Held.AssetUnlisted, _suspended(parkedAt));
        }
    }

    function test_refund_revertsForAnythingButWhatIsHeld() public {
        vm.warp(parkedAt + 7 days);
        Entry memory more = unlisted;
        more.word += 1 << 8;
        Entry memory elsewhere = unlisted;
        elsewhere.party = toParty(recipient);
        bytes memory unknown = abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, 0);
        vm.expectRevert(unknown);
        hub.refund(eidA, 0, more, Held.AssetUnlisted, _suspended(parkedAt));
        vm.expectRevert(unknown);
        hub.refund(eidA, 0, elsewhere, Held.AssetUnlisted, _suspended(parkedAt));
        vm.expectRevert(unknown);
        hub.refund(eidA, 0, unlisted, Held.OwnerZero, _suspended(parkedAt));
        vm.expectRevert(unknown);
        hub.refund(eidA, 0, unlisted, Held.AssetUnlisted, _suspended(parkedAt - 1));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidB, 0));
        hub.refund(eidB, 0, unlisted, Held.AssetUnlisted, _suspended(parkedAt));
    }

    // ── finish and refund ───────────────────────────────────────────────────────────────────────────────────────────

    function test_finish_thenRefund() public {
        _list(UNLISTED);
        vm.warp(parkedAt + 7 days);
        hub.finish(eidA, 0, unlisted, Held.AssetUnlisted, _suspended(parkedAt));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, 0));
        hub.refund(eidA, 0, unlisted, Held.AssetUnlisted, _suspended(parkedAt));
        assertEq(hub.balanceOf(account, UNLISTED), 500, "credited once");
        _assertBooks();
        vm.prank(trader);
        hub.withdraw(0, eidA, UNLISTED, 500, trader);
        _assertBooks();
    }

    function test_refund_thenFinish() public {
        _list(UNLISTED);
        vm.warp(parkedAt + 7 days);
        hub.refund(eidA, 0, unlisted, Held.AssetUnlisted, _suspended(parkedAt));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, 0));
        hub.finish(eidA, 0, unlisted, Held.AssetUnlisted, _suspended(parkedAt));
        assertEq(hub.balanceOf(account, UNLISTED), 0, "not credited as well");
        _assertBooks();
    }

    function test_finish_neverForTheZeroOwner() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, 1));
        hub.finish(eidA, 1, ownerless, Held.AssetUnlisted, _suspended(parkedAt));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.StillHeld.selector, eidA, 1, Held.OwnerZero));
        hub.finish(eidA, 1, ownerless, Held.OwnerZero, _suspended(parkedAt));
    }

    /// @dev What waits backs nothing, before and after it is sent back.
    function test_suspense_backsNoWithdrawal() public {
        _onEntry(eidB, 0, _depositOf(eidB, USD, 100));
        vm.startPrank(trader);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.VaultTooLow.selector, eidA, USD, 1000, 1001));
        hub.withdraw(0, eidA, USD, 1001, trader);
        hub.withdraw(0, eidA, USD, 1000, trader);
        vm.stopPrank();
        vm.warp(parkedAt + 7 days);
        hub.refund(eidA, 1, ownerless, Held.OwnerZero, _suspended(parkedAt));
        (uint128 credited, uint128 authorised) = hub.laneBook(eidA, USD);
        assertEq(authorised, credited, "all that came in by this vault is out");
        _assertBooks();
    }

    // ── a stopped lane ──────────────────────────────────────────────────────────────────────────────────────────────

    function _assertStopped() internal {
        bytes memory stopped = abi.encodeWithSelector(IClearingHouse.FinishingStopped.selector, eidA);
        vm.expectRevert(stopped);
        hub.finish(eidA, 0, unlisted, Held.AssetUnlisted, _suspended(parkedAt));
        vm.expectRevert(stopped);
        hub.refund(eidA, 1, ownerless, Held.OwnerZero, _suspended(parkedAt));
        assertEq(hub.suspense(eidA, UNLISTED), 500, "it still waits");
        assertTrue(hub.heldOf(eidA, 0) != 0, "its word is there");
    }

    function test_finishing_stopsWithTheLane() public {
        _list(UNLISTED);
        vm.warp(parkedAt + 7 days);
        _pause(A, Direction.In);
        _assertStopped();
        vm.warp(_now() + 1 days);
        hub.finish(eidA, 0, unlisted, Held.AssetUnlisted, _suspended(parkedAt));
        hub.refund(eidA, 1, ownerless, Held.OwnerZero, _suspended(parkedAt));
        _assertBooks();
    }

    function test_finishing_stopsAfterAFalseAck() public {
        _list(UNLISTED);
        vm.warp(parkedAt + 7 days);
        Commitment memory lie = _commitment(A, HUB, 0);
        (lie.ackCount, lie.ackHead) = (99, "never sealed");
        TestPath(chains[HUB].network).attest(chains[A].name, lie.encode());
        assertEq(uint8(chains[HUB].gateway.haltOf(eidA)), uint8(Halt.FalseAck), "the lane is halted");
        _assertStopped();
    }

    /// @dev One of the paths that brought it has lied since.
    function test_finishing_stopsAfterAContradiction() public {
        _list(UNLISTED);
        vm.warp(parkedAt + 7 days);
        Commitment memory lie = _commitment(A, HUB, 0);
        (lie.count, lie.head) = (1, "one");
        TestPath(chains[HUB].network).attest(chains[A].name, lie.encode());
        lie.head = "another";
        TestPath(chains[HUB].watchers).attest(chains[A].name, lie.encode());
        assertEq(uint8(chains[HUB].gateway.haltOf(eidA)), uint8(Halt.Contradiction), "the lane is halted");
        _assertStopped();
        _assertBooks();
    }

    /// @dev A refund is value out: it stops with that direction, and what it took is there again.
    function test_refund_stopsWithTheWayOut() public {
        vm.warp(parkedAt + 7 days);
        _pause(A, Direction.Out);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneIsPaused.selector, eidA, Direction.Out, _now() + 1 days));
        hub.refund(eidA, 1, ownerless, Held.OwnerZero, _suspended(parkedAt));
        assertEq(hub.suspense(eidA, USD), 300, "it still waits");
        _list(UNLISTED);
        hub.finish(eidA, 0, unlisted, Held.AssetUnlisted, _suspended(parkedAt));
        _assertBooks();
    }
}
