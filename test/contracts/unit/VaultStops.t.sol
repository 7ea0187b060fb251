// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ICollateralVault, Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {NO_END} from "../../../contracts/types/Stops.sol";
import {NEVER, Stage, Terms} from "../../../contracts/types/Terms.sol";
import {OneVault} from "../mocks/OneVault.sol";
import {Mood} from "../mocks/Tokens.sol";

/// @dev 1,000 at once and 10 a second; 500 is large.
contract VaultStopsTest is OneVault {
    uint64 internal constant LARGE_WAIT = 1 days;

    address internal other = makeAddr("other");

    function setUp() public override {
        super.setUp();
        _depositAs(trader, FICKLE, 10_000);
        _depositAs(trader, USD, 10_000);
        _limitTo(1000, 10, 500, 100);
    }

    function _clock() internal view returns (uint64) {
        return vault.clockOf(FICKLE);
    }

    function _queued() internal view returns (uint128 queued) {
        (, queued) = vault.bucketOf(FICKLE);
    }

    function _posted() internal view returns (uint64 posted) {
        (posted,,) = gateway.outbox(hubEid);
    }

    function _asController() internal {
        vm.prank(address(chains[A].pauseController));
    }

    function _skip(uint64 seconds_) internal {
        vm.warp(_now() + seconds_);
    }

    function _veto(uint64 index, Entry memory entry, Terms memory terms) internal returns (Terms memory vetoed) {
        vault.vetoRelease(hubEid, index, entry, terms, recipient);
        return Terms(terms.parkedAt, NEVER, terms.unlockBlock, terms.stage);
    }

    /// @dev A release of 100 that has its time, in 10 seconds.
    function _overLimit(uint64 index) internal returns (Entry memory entry, Terms memory terms) {
        _release(index + 100, _releaseFor(other, 495, other));
        _release(index + 101, _releaseFor(stranger, 495, other));
        _release(index + 102, _releaseFor(makeAddr("third"), 10, other));
        entry = _releaseOf(FICKLE, 100, recipient);
        terms = _termsUntil(_clock() + 10, Stage.Drawn);
        _parks(index, entry, Parked.OverLimit, terms);
    }

    function _large(uint64 index) internal returns (Entry memory entry, Terms memory terms) {
        entry = _releaseOf(FICKLE, 600, recipient);
        terms = _termsLarge();
        _parks(index, entry, Parked.Large, terms);
    }

    // ── the clock ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_clock_standsStillWhileTheLaneIsPaused() public {
        (Entry memory entry, Terms memory terms) = _overLimit(0);
        uint64 start = _clock();
        assertEq(start, _now(), "it has never stood still");
        _skip(4);
        uint64 until = _pause(Direction.In);
        vm.warp(until - 1);
        assertEq(_clock(), start + 4, "not while it is paused");
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.PaymentsStopped.selector, hubEid));
        _retry(0, entry, terms);
        vm.warp(until);
        assertEq(_clock(), start + 4, "nor has it run meanwhile");
        _skip(5);
        assertEq(_clock(), start + 9, "it goes on");
        _expectLocked(0, terms);
        _retry(0, entry, terms);
        _skip(1);
        _retry(0, entry, terms);
        assertEq(fickle.balanceOf(recipient), 100, "at its second");
    }

    function test_clock_standsStillWhileTheLaneIsHalted() public {
        (Entry memory entry, Terms memory terms) = _overLimit(0);
        _skip(4);
        uint64 start = _clock();
        _haltByContradiction();
        _skip(30 days);
        assertEq(_clock(), start, "a halt has no end of its own");
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.PaymentsStopped.selector, hubEid));
        _retry(0, entry, terms);
        _liftHalt();
        _skip(5);
        _expectLocked(0, terms);
        _retry(0, entry, terms);
        _skip(1);
        _retry(0, entry, terms);
        assertEq(fickle.balanceOf(recipient), 100, "six seconds were left, and are");
    }

    function test_clock_standsStillWhileTheAssetIsPaused() public {
        (Entry memory entry, Terms memory terms) = _overLimit(0);
        _skip(4);
        uint64 start = _clock();
        uint64 until = _pauseAsset(FICKLE);
        assertEq(vault.assetPausedUntil(FICKLE), until, "it is told until when");
        _skip(12 hours);
        assertEq(_clock(), start, "not while it is paused");
        assertEq(vault.clockOf(USD), _now(), "another asset's does not stand still");
        vm.warp(until);
        assertEq(_clock(), start, "nor has it run meanwhile");
        _skip(5);
        _expectLocked(0, terms);
        _retry(0, entry, terms);
        _skip(1);
        _retry(0, entry, terms);
        assertEq(fickle.balanceOf(recipient), 100, "at its second");
        assertEq(vault.assetPausedUntil(FICKLE), until, "which has passed");
    }

    function test_clock_countsASecondOfBothStopsOnce() public {
        uint64 start = _clock();
        _pause(Direction.In);
        _asController();
        vault.setAssetPause(FICKLE, NO_END);
        _skip(6 hours);
        assertEq(_clock(), start, "it stands still, and does not run back");
        _resume(Direction.In);
        _skip(1 hours);
        assertEq(_clock(), start, "the asset is paused still");
        _resumeAsset(FICKLE);
        assertEq(_clock(), start, "it goes on from where it was");
        _skip(10);
        assertEq(_clock(), start + 10, "second by second");
    }

    /// @dev Nobody told the vault when it ended: it takes its length of the lane's time. Later, never sooner.
    function test_clock_ofAnAssetsPauseThatEndedWhileTheLaneWasStopped() public {
        uint64 start = _clock();
        _haltByContradiction();
        uint64 until = _pauseAsset(FICKLE);
        vm.warp(until + 5 days);
        _liftHalt();
        assertEq(_clock(), start, "not back");
        _skip(1 days);
        assertEq(_clock(), start, "a day of the lane's");
        _skip(1);
        assertEq(_clock(), start + 1, "it goes on");
    }

    function test_clock_whenAPauseIsProlongedOrCutShort() public {
        uint64 start = _clock();
        _asController();
        vault.setAssetPause(FICKLE, _now() + 100);
        _skip(50);
        _asController();
        vault.setAssetPause(FICKLE, _now() + 100);
        _skip(100);
        assertEq(_clock(), start, "150 seconds in all");
        _skip(7);
        assertEq(_clock(), start + 7, "it goes on");
        _asController();
        vault.setAssetPause(FICKLE, _now() + 100);
        _skip(30);
        _resumeAsset(FICKLE);
        _skip(5);
        assertEq(_clock(), start + 12, "180 seconds in all");
        assertEq(vault.assetPausedUntil(FICKLE), 0, "it is not paused");
    }

    // ── an asset's pause ────────────────────────────────────────────────────────────────────────────────────────────

    function test_assetPause_parksWhatArrivesAndPaysItLater() public {
        _asController();
        vm.expectEmit(address(vault));
        emit ICollateralVault.AssetPauseSet(FICKLE, NO_END);
        vault.setAssetPause(FICKLE, NO_END);
        Entry memory entry = _releaseOf(FICKLE, 400, recipient);
        Terms memory terms = _termsUntil(_clock(), Stage.Arrived);
        (uint128 before,) = vault.bucketOf(FICKLE);
        _parks(0, entry, Parked.AssetPaused, terms);
        (uint128 fullAt, uint128 queued) = vault.bucketOf(FICKLE);
        assertEq(fullAt, before, "it draws nothing");
        assertEq(queued, 400, "and is set aside");
        _release(1, _releaseOf(USD, 400, recipient));
        assertEq(usd.balanceOf(recipient), 400, "another asset is paid");

        bytes memory paused = abi.encodeWithSelector(ICollateralVault.AssetIsPaused.selector, FICKLE, NO_END);
        vm.expectRevert(paused);
        _retry(0, entry, terms);
        _skip(8 days);
        // A stranger's return would first try to pay.
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ReturnNotYet.selector, 0, terms.unlockAt + 7 days));
        vm.prank(stranger);
        vault.returnRelease(0, entry, terms, recipient);
        _resumeAsset(FICKLE);
        _retry(0, entry, terms);
        assertEq(fickle.balanceOf(recipient), 400, "paid");
    }

    function test_assetPause_stopsAStrangersReturnAndNotThePayees() public {
        Entry memory entry = _releaseOf(FICKLE, 400, recipient);
        fickle.setMood(Mood.Reverts);
        _release(0, entry);
        Terms memory terms = _termsUntil(_clock(), Stage.Arrived);
        _skip(7 days);
        uint64 until = _pauseAsset(FICKLE);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.AssetIsPaused.selector, FICKLE, until));
        vm.prank(stranger);
        vault.returnRelease(0, entry, terms, recipient);
        vm.prank(recipient);
        vault.returnRelease(0, entry, terms, recipient);
        assertEq(_posted(), 3, "the hub is told");
    }

    function test_assetPause_revertsDeposits() public {
        uint64 until = _pauseAsset(FICKLE);
        bytes memory paused = abi.encodeWithSelector(ICollateralVault.AssetIsPaused.selector, FICKLE, until);
        ICollateralVault.Permit memory permit;
        ICollateralVault.Permit2Transfer memory permit2;
        vm.startPrank(trader, trader);
        vm.expectRevert(paused);
        vault.deposit(FICKLE, 100, trader, 0, trader, false);
        vm.expectRevert(paused);
        vault.depositWithPermit(FICKLE, 100, trader, 0, trader, false, permit);
        vm.expectRevert(paused);
        vault.depositWithPermit2(FICKLE, 100, trader, 0, trader, false, permit2);
        vault.deposit(USD, 100, trader, 0, trader, false);
        vm.warp(until);
        vault.deposit(FICKLE, 100, trader, 0, trader, false);
        vm.stopPrank();
    }

    // ── veto ────────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_vetoRelease_stopsWhatWaits() public {
        (Entry memory entry, Terms memory terms) = _large(0);
        Terms memory vetoed = Terms(terms.parkedAt, NEVER, terms.unlockBlock, Stage.Waited);
        _expectParked(hubEid, 0, entry, Parked.Vetoed, vetoed, recipient);
        vault.vetoRelease(hubEid, 0, entry, terms, recipient);
        assertEq(_queued(), 600, "it is set aside still");
        _skip(365 days);
        vm.roll(terms.unlockBlock);
        _expectUnknown(0);
        _retry(0, entry, terms);
        _expectLocked(0, vetoed);
        _retry(0, entry, vetoed);
        _expectLocked(0, vetoed);
        vm.prank(stranger);
        vault.returnRelease(0, entry, vetoed, recipient);
        // Nor do three paths undo it.
        vm.mockCall(address(gateway), abi.encodeWithSelector(IGateway.quorum.selector), abi.encode(3));
        _expectLocked(0, vetoed);
        _retry(0, entry, vetoed);
        assertEq(fickle.balanceOf(recipient), 0, "nothing is paid");
        // Who would have been paid may give it back.
        vm.prank(recipient);
        vault.returnRelease(0, entry, vetoed, recipient);
        assertEq(_parkOf(0), 0, "it ended");
        assertEq(_queued(), 0, "nothing is set aside");
    }

    function test_vetoRelease_stopsAnyPark() public {
        Entry memory unlisted = _releaseOf(99, 100, recipient);
        _release(0, unlisted);
        Terms memory unbacked = _termsUntil(_clock(), Stage.Unbacked);
        Terms memory vetoed = _veto(0, unlisted, unbacked);
        vault.clearRelease(hubEid, 0, unlisted, vetoed, recipient);
        assertEq(_parkOf(0), _wordOf(unlisted, unbacked), "cleared, it is what it was");
        (Entry memory over, Terms memory terms) = _overLimit(1);
        _skip(10);
        vetoed = _veto(1, over, terms);
        _expectLocked(1, vetoed);
        _retry(1, over, vetoed);
        // What has drawn is given back before its time where it has none.
        vm.prank(recipient);
        vault.returnRelease(1, over, vetoed, recipient);
        assertEq(_queued(), 0, "nothing is set aside");
    }

    function _wordOf(Entry memory entry, Terms memory terms) internal view returns (bytes32) {
        return keccak256(abi.encode(entry.word, entry.account, entry.party, terms, recipient));
    }

    function test_vetoRelease_reverts() public {
        (Entry memory entry, Terms memory terms) = _large(0);
        vm.prank(trader);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, trader));
        vault.vetoRelease(hubEid, 0, entry, terms, recipient);
        _expectUnknown(1);
        vault.vetoRelease(hubEid, 1, entry, terms, recipient);
        _expectUnknown(0);
        vault.vetoRelease(hubEid, 0, entry, terms, trader);
        Terms memory vetoed = _veto(0, entry, terms);
        _expectLocked(0, vetoed);
        vault.vetoRelease(hubEid, 0, entry, vetoed, recipient);
    }

    // ── clear ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_clearRelease_letsItGoOn() public {
        (Entry memory entry, Terms memory terms) = _large(0);
        Terms memory vetoed = _veto(0, entry, terms);
        _skip(100);
        Terms memory cleared = Terms(terms.parkedAt, _clock(), 0, Stage.Waited);
        _expectParked(hubEid, 0, entry, Parked.None, cleared, recipient);
        vault.clearRelease(hubEid, 0, entry, vetoed, recipient);
        _retry(0, entry, cleared);
        assertEq(fickle.balanceOf(recipient), 600, "the council's word is its wait");
    }

    /// @dev Veto and clear are no way past the bucket.
    function test_clearRelease_drawsAnew() public {
        (Entry memory entry, Terms memory terms) = _overLimit(0);
        Terms memory vetoed = _veto(0, entry, terms);
        Terms memory cleared = Terms(terms.parkedAt, _clock(), 0, Stage.Waited);
        _expectParked(hubEid, 0, entry, Parked.None, cleared, recipient);
        vault.clearRelease(hubEid, 0, entry, vetoed, recipient);
        assertEq(_queued(), 100, "set aside once");
        Terms memory drawn = Terms(terms.parkedAt, _clock() + 20, 0, Stage.Drawn);
        _expectParked(hubEid, 0, entry, Parked.OverLimit, drawn, recipient);
        _retry(0, entry, cleared);
        assertEq(fickle.balanceOf(recipient), 0, "the bucket is empty");
        _skip(20);
        _retry(0, entry, drawn);
        assertEq(fickle.balanceOf(recipient), 100, "at its time");
    }

    function test_clearRelease_reverts() public {
        (Entry memory entry, Terms memory terms) = _large(0);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkNotVetoed.selector, hubEid, 0));
        vault.clearRelease(hubEid, 0, entry, terms, recipient);
        Terms memory vetoed = Terms(terms.parkedAt, NEVER, terms.unlockBlock, terms.stage);
        _expectUnknown(0);
        vault.clearRelease(hubEid, 0, entry, vetoed, recipient);
        _veto(0, entry, terms);
        vm.prank(trader);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, trader));
        vault.clearRelease(hubEid, 0, entry, vetoed, recipient);
    }

    // ── strike ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_strike_endsAForgedReleaseVoid() public {
        (Entry memory entry, Terms memory terms) = _large(0);
        Terms memory vetoed = _veto(0, entry, terms);
        vm.expectEmit(address(vault));
        emit ICollateralVault.ReleaseStruck(hubEid, 0, entry);
        vault.strike(hubEid, 0, entry, vetoed, recipient);
        assertEq(_parkOf(0), 0, "the word is gone");
        assertEq(vault.struck(FICKLE), 600, "and counted");
        assertEq(_queued(), 0, "what it held is free");
        (, uint128 released) = vault.book(FICKLE);
        assertEq(released, 0, "nothing was released");
        _expectUnknown(0);
        _retry(0, entry, vetoed);
        _expectUnknown(0);
        vm.prank(recipient);
        vault.returnRelease(0, entry, vetoed, recipient);
        _expectUnknown(0);
        vault.strike(hubEid, 0, entry, vetoed, recipient);
        assertEq(vault.struck(FICKLE), 600, "once");
    }

    function test_strike_needsNoVeto() public {
        (Entry memory entry, Terms memory terms) = _overLimit(0);
        vault.strike(hubEid, 0, entry, terms, recipient);
        assertEq(vault.struck(FICKLE), 100, "counted");
        assertEq(_queued(), 0, "free");
    }

    /// @dev What no money was set aside for voids nothing.
    function test_strike_countsOnlyWhatWasSetAside() public {
        Entry memory beyond = _releaseOf(FICKLE, type(uint128).max, recipient);
        Terms memory unbacked = _termsUntil(_clock(), Stage.Unbacked);
        for (uint64 i = 0; i < 2; ++i) {
            _parks(i, beyond, Parked.BeyondBook, unbacked);
            vault.strike(hubEid, i, beyond, unbacked, recipient);
        }
        assertEq(vault.struck(FICKLE), 0, "nothing");
    }

    function test_strike_reverts() public {
        (Entry memory entry, Terms memory terms) = _large(0);
        vm.prank(trader);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, trader));
        vault.strike(hubEid, 0, entry, terms, recipient);
        _expectUnknown(0);
        vault.strike(hubEid, 0, entry, terms, trader);
    }

    // ── under halts and pauses ──────────────────────────────────────────────────────────────────────────────────────

    /// @dev Whatever is stopped, a guardian vetoes and the council clears and strikes, and who was to be paid gives back.
    function test_stopped_whatTightensStaysOpen() public {
        (Entry memory entry, Terms memory terms) = _large(0);
        _parks(1, entry, Parked.Large, terms);
        _pause(Direction.In);
        _asController();
        vault.setAssetPause(FICKLE, NO_END);
        _haltByContradiction();
        Terms memory vetoed = _veto(0, entry, terms);
        vault.clearRelease(hubEid, 0, entry, vetoed, recipient);
        vault.strike(hubEid, 0, entry, Terms(terms.parkedAt, _clock(), 0, Stage.Waited), recipient);
        vm.prank(recipient);
        vault.returnRelease(1, entry, terms, recipient);
        assertEq(_queued(), 0, "both ended");
    }

    // ── a closed lane ───────────────────────────────────────────────────────────────────────────────────────────────

    function test_closed_nothingMovesAndTheWordsStay() public {
        Entry[3] memory entries;
        Terms[3] memory terms;
        (entries[0], terms[0]) = _large(0);
        (entries[1], terms[1]) = _overLimit(1);
        entries[2] = _releaseOf(FICKLE, 20_000, recipient);
        terms[2] = _termsUntil(_clock(), Stage.Unbacked);
        _release(2, entries[2]);
        (Entry memory stopped, Terms memory vetoed) = _large(3);
        vetoed = _veto(3, stopped, vetoed);
        bytes32 vetoedWord = _parkOf(3);

        gateway.closeLane(hubEid);
        _skip(30 days);
        vm.roll(1e6);
        bytes memory payments = abi.encodeWithSelector(ICollateralVault.PaymentsStopped.selector, hubEid);
        for (uint64 i = 0; i < 3; ++i) {
            bytes32 word = _parkOf(i);
            vm.expectRevert(payments);
            _retry(i, entries[i], terms[i]);
            vm.expectRevert(payments);
            vm.prank(recipient);
            vault.returnRelease(i, entries[i], terms[i], recipient);
            vm.expectRevert(payments);
            vm.prank(stranger);
            vault.returnRelease(i, entries[i], terms[i], recipient);
            bytes memory signature = _sign(traderKey, vault.returnDigest(i, entries[i], type(uint256).max));
            vm.expectRevert(payments);
            vault.returnReleaseSigned(i, entries[i], terms[i], recipient, type(uint256).max, signature);
            vm.expectRevert(payments);
            vault.vetoRelease(hubEid, i, entries[i], terms[i], recipient);
            vm.expectRevert(payments);
            vault.strike(hubEid, i, entries[i], terms[i], recipient);
            assertEq(_parkOf(i), word, "the word stays");
        }
        vm.expectRevert(payments);
        vault.clearRelease(hubEid, 3, stopped, vetoed, recipient);
        assertEq(_parkOf(3), vetoedWord, "the word stays");
        assertEq(_queued(), 600 + 100 + 600, "what is set aside too");
        assertEq(fickle.balanceOf(recipient), 0, "nothing is paid");
        assertEq(_posted(), 2, "nothing is posted");
    }
}
