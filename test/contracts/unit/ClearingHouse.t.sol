// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {accountOf, toParty} from "../../../contracts/types/Account.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Entry, KIND_DEPOSIT, KIND_RELEASE, makeEntry} from "../../../contracts/types/Entry.sol";
import {Clearing} from "../mocks/Clearing.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {TestPath} from "../mocks/TestPath.sol";

contract ClearingHouseTest is Clearing {
    function _assertBooks(uint128 credited, uint128 suspense, uint256 ledger) internal view {
        (uint128 credited_,) = hub.laneBook(eidA, USD);
        assertEq(credited_, credited, "credited");
        assertEq(hub.suspense(eidA, USD), suspense, "suspense");
        assertEq(hub.totalLedger(USD), ledger, "ledger");
    }

    // ── listing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_constructor_revertsForAnotherAppsGateway() public {
        bytes memory code = vm.getCode("ClearingHouse.sol:ClearingHouse");
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.AppMismatch.selector, next, address(hub)));
        Deploy.create(
            abi.encodePacked(
                code, abi.encode(chains[HUB].gateway, Deploy.LARGE_WAIT, Deploy.LARGE_BLOCKS, chains[HUB].manager)
            )
        );
    }

    function test_listAsset_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.AssetAlreadyOnLane.selector, eidA, USD));
        hub.listAsset(eidA, USD, 6, _laneRules());
        IClearingHouse.LaneRules memory zero = _laneRules();
        zero.minWithdrawal = 0;
        vm.expectRevert(IClearingHouse.MinimumZero.selector);
        hub.listAsset(eidA, 9, 6, zero);
        vm.expectEmit(address(hub));
        emit IClearingHouse.AssetListed(eidA, 9, 6);
        vm.expectEmit(address(hub));
        emit IClearingHouse.LaneRulesSet(eidA, 9, _laneRules());
        hub.listAsset(eidA, 9, 6, _laneRules());
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.CanonicalDecimalsDiffer.selector, 9, 6, 8));
        hub.listAsset(eidB, 9, 8, _laneRules());
        vm.prank(trader);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, trader));
        hub.listAsset(eidB, 9, 6, _laneRules());
    }

    // ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_onEntries_creditsTheLedger() public {
        vm.expectEmit(address(hub));
        emit IClearingHouse.Credited(eidA, account, USD, 4, 500);
        _onEntry(eidA, 4, _depositOf(eidA, USD, 500));
        assertEq(hub.balanceOf(account, USD), 500, "the account has it");
        _assertBooks(500, 0, 500);
        assertEq(hub.available(eidA, USD), 500, "and it may leave by its vault");
        assertEq(hub.available(eidB, USD), 0, "but not by another");
    }

    function test_onEntries_revertsForOthersThanTheGateway() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.OnlyOurGateway.selector, address(this)));
        hub.onEntries(eidA, 0, new Entry[](0));
    }

    function test_onEntries_holdsWhatIsNoDepositOfItsLane() public {
        Entry memory good = _depositOf(eidA, USD, 500);
        Entry memory release = makeEntry(KIND_RELEASE, USD, eidA, 0, 500, account, toParty(trader));
        _expectHeld(eidA, 0, Held.NotCreditable, release);
        _onEntry(eidA, 0, release);
        Entry memory spare = Entry(good.word | 0x80, good.account, good.party);
        _expectHeld(eidA, 1, Held.NotCreditable, spare);
        _onEntry(eidA, 1, spare);
        // One vault's chain can't credit for another's.
        Entry memory other = _depositOf(eidB, USD, 500);
        _expectHeld(eidA, 2, Held.NotCreditable, other);
        _onEntry(eidA, 2, other);
        _assertBooks(0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, 2));
        hub.finish(eidA, 2, other, Held.AssetUnlisted, _suspended(_now()));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.StillHeld.selector, eidA, 2, Held.NotCreditable));
        hub.finish(eidA, 2, other, Held.NotCreditable, _moneyless(_now()));
    }

    function test_onEntries_keepsAnUnlistedAssetInSuspense() public {
        Entry memory entry = _depositOf(eidA, 9, 500);
        _expectHeld(eidA, 0, Held.AssetUnlisted, entry);
        _onEntry(eidA, 0, entry);
        (uint128 credited,) = hub.laneBook(eidA, 9);
        assertEq(credited, 500, "it is the lane's");
        assertEq(hub.suspense(eidA, 9), 500, "but nobody's yet");
        assertEq(hub.available(eidA, 9), 0, "and backs nothing");
        assertEq(hub.totalLedger(9), 0, "nor is it in the ledger");
    }

    function test_onEntries_keepsAZeroOwnersDepositInSuspense() public {
        Entry memory entry = _depositOf(eidA, USD, 500);
        entry.account = bytes32(uint256(7));
        _expectHeld(eidA, 0, Held.OwnerZero, entry);
        _onEntry(eidA, 0, entry);
        _assertBooks(500, 500, 0);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, 0));
        hub.finish(eidA, 0, entry, Held.AssetUnlisted, _suspended(_now()));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.StillHeld.selector, eidA, 0, Held.OwnerZero));
        hub.finish(eidA, 0, entry, Held.OwnerZero, _suspended(_now()));
    }

    function test_onEntries_holdsWhatWouldOverflowTheBook() public {
        Entry memory ownerless = _depositOf(eidA, USD, type(uint128).max - 5);
        ownerless.account = bytes32(uint256(7));
        _onEntry(eidA, 0, ownerless);
        _onEntry(eidA, 1, _depositOf(eidA, USD, 5));
        Entry memory entry = _depositOf(eidA, USD, 1);
        _expectHeld(eidA, 2, Held.BookFull, entry);
        _onEntry(eidA, 2, entry);
        _assertBooks(type(uint128).max, type(uint128).max - 5, 5);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.StillHeld.selector, eidA, 2, Held.BookFull));
        hub.finish(eidA, 2, entry, Held.BookFull, _moneyless(_now()));
    }

    function testFuzz_onEntries_isTotal(Entry[] memory entries, uint32 srcEid, uint64 firstIndex) public {
        vm.assume(entries.length <= 16);
        firstIndex = uint64(bound(firstIndex, 0, type(uint64).max - 32));
        vm.prank(address(chains[HUB].gateway));
        hub.onEntries(srcEid, firstIndex, entries);
    }

    // ── finish ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_finish_creditsOnceTheAssetIsListed() public {
        Entry memory entry = _depositOf(eidA, 9, 500);
        uint64 parkedAt = uint64(vm.getBlockTimestamp());
        _onEntry(eidA, 3, entry);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.StillHeld.selector, eidA, 3, Held.AssetUnlisted));
        hub.finish(eidA, 3, entry, Held.AssetUnlisted, _suspended(parkedAt));
        hub.listAsset(eidA, 9, 6, _laneRules());
        vm.warp(parkedAt + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, 3));
        hub.finish(eidA, 3, entry, Held.AssetUnlisted, _suspended(parkedAt + 1));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidB, 3));
        hub.finish(eidB, 3, entry, Held.AssetUnlisted, _suspended(parkedAt));
        vm.expectEmit(address(hub));
        emit IClearingHouse.Credited(eidA, account, 9, 3, 500);
        hub.finish(eidA, 3, entry, Held.AssetUnlisted, _suspended(parkedAt));
        assertEq(hub.balanceOf(account, 9), 500, "credited");
        assertEq(hub.suspense(eidA, 9), 0, "and out of suspense");
        assertEq(hub.heldOf(eidA, 3), 0, "the word is gone");
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, 3));
        hub.finish(eidA, 3, entry, Held.AssetUnlisted, _suspended(parkedAt));
    }

    // ── withdraw ────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_withdraw_postsARelease() public {
        _onEntry(eidB, 0, _depositOf(eidB, USD, 500));
        vm.expectEmit(address(chains[HUB].gateway));
        emit IGateway.EntryPosted(eidB, 0, makeEntry(KIND_RELEASE, USD, eidB, 0, 200, account, toParty(recipient)));
        vm.expectEmit(address(hub));
        emit IClearingHouse.Withdrawn(eidB, account, USD, 0, 200, recipient);
        assertEq(_withdraw(B, USD, trader, 200, recipient), 0, "its index in the lane");
        (, uint128 authorised) = hub.laneBook(eidB, USD);
        assertEq(authorised, 200, "authorised");
        assertEq(hub.balanceOf(account, USD), 300, "debited");
        assertEq(hub.totalLedger(USD), 300, "from the ledger too");
        assertEq(hub.available(eidB, USD), 300, "that vault backs so much less");
    }

    function test_withdraw_reverts() public {
        _onEntry(eidA, 0, _depositOf(eidA, USD, 500));
        vm.startPrank(trader);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.AssetNotOnLane.selector, eidA, 9));
        hub.withdraw(0, eidA, 9, 100, recipient);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.AssetNotOnLane.selector, 77, USD));
        hub.withdraw(0, 77, USD, 100, recipient);
        vm.expectRevert(IClearingHouse.AmountZero.selector);
        hub.withdraw(0, eidA, USD, 0, recipient);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.BelowMinimumWithdrawal.selector, USD, MINIMUM, 9));
        hub.withdraw(0, eidA, USD, 9, recipient);
        vm.expectRevert(IClearingHouse.RecipientZero.selector);
        hub.withdraw(0, eidA, USD, 100, address(0));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.BalanceTooLow.selector, account, USD, 500, 501));
        hub.withdraw(0, eidA, USD, 501, recipient);
        // A subaccount is an account of its own.
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.BalanceTooLow.selector, accountOf(trader, 1), USD, 0, 100)
        );
        hub.withdraw(1, eidA, USD, 100, recipient);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.VaultTooLow.selector, eidB, USD, 0, 100));
        hub.withdraw(0, eidB, USD, 100, recipient);
        vm.stopPrank();
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.BalanceTooLow.selector, accountOf(recipient, 0), USD, 0, 100)
        );
        _withdraw(A, USD, recipient, 100, recipient);
    }

    function test_withdraw_neverExceedsTheChosenVault() public {
        _onEntry(eidA, 0, _depositOf(eidA, USD, 500));
        _onEntry(eidB, 0, _depositOf(eidB, USD, 300));
        (uint32[] memory eids, uint128[] memory amounts) = hub.availability(USD);
        assertEq(eids.length, 2, "listed on two lanes");
        assertEq(eids[0], eidA, "A");
        assertEq(amounts[0], 500, "so much in A");
        assertEq(amounts[1], 300, "so much in B");
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.VaultTooLow.selector, eidB, USD, 300, 301));
        _withdraw(B, USD, trader, 301, recipient);
        _withdraw(B, USD, trader, 300, recipient);
        _withdraw(A, USD, trader, 500, recipient);
        assertEq(hub.totalLedger(USD), 0, "all of it is out");
    }

    function test_withdraw_suspenseBacksNothing() public {
        _onEntry(eidA, 0, _depositOf(eidA, USD, 500));
        Entry memory zero = _depositOf(eidB, USD, 1000);
        zero.account = 0;
        _onEntry(eidB, 0, zero);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.VaultTooLow.selector, eidB, USD, 0, 100));
        _withdraw(B, USD, trader, 100, recipient);
    }

    function test_withdraw_stopsAfterAFalseAck() public {
        _onEntry(eidA, 0, _depositOf(eidA, USD, 500));
        Commitment memory lie = _commitment(A, HUB, 0);
        (lie.ackCount, lie.ackHead) = (5, "never sealed");
        TestPath(chains[HUB].network).attest(chains[A].name, lie.encode());
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneIsHalted.selector, eidA, Halt.FalseAck));
        _withdraw(A, USD, trader, 100, recipient);
    }

    // ── all of it ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_settlement_marginMovesAndComesBackElsewhere() public {
        _deposit(A, USD, trader, 1000);
        _deposit(B, USD, recipient, 700);
        _relay(A, HUB);
        _relay(B, HUB);
        assertEq(hub.balanceOf(account, USD), 1000, "margin on the hub");
        _withdraw(B, USD, trader, 600, trader);
        _relay(HUB, B);
        assertEq(tokenOf[B][USD].balanceOf(trader), 600e12, "paid where it was not deposited");
        (uint128 deposited, uint128 released) = chains[B].vault.book(USD);
        assertEq(deposited - released, 100, "the vault's book");
        assertEq(tokenOf[B][USD].balanceOf(address(chains[B].vault)), 100e12, "and what it holds");
    }
}
