// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollateralVault, Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {toParty} from "../../../contracts/types/Account.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry, KIND_DEPOSIT, KIND_RELEASE, makeEntry} from "../../../contracts/types/Entry.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
import {OneVault} from "../mocks/OneVault.sol";
import {Mood} from "../mocks/Tokens.sol";

contract VaultReleaseTest is OneVault {
    function setUp() public override {
        super.setUp();
        _depositAs(trader, FICKLE, 10_000);
    }

    function _assertUnpaid(uint64 index) internal view {
        assertTrue(_parkOf(index) != 0, "it is parked");
        (, uint128 released) = vault.book(FICKLE);
        assertEq(released, 0, "nothing is booked as released");
        assertEq(vault.releasedTo(account, FICKLE), 0, "nor for the account");
        assertEq(fickle.balanceOf(address(vault)), 10_000, "the vault holds all of it");
    }

    // ── paid ────────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_onEntries_paysARelease() public {
        vm.expectEmit(address(vault));
        emit ICollateralVault.Released(3, account, FICKLE, recipient, 400);
        _release(3, _releaseOf(FICKLE, 400, recipient));
        assertEq(fickle.balanceOf(recipient), 400, "the recipient has it");
        (uint128 deposited, uint128 released) = vault.book(FICKLE);
        assertEq(deposited, 10_000, "deposits are cumulative");
        assertEq(released, 400, "releases too");
        assertEq(vault.releasedTo(account, FICKLE), 400, "by account, for the escape");
        assertEq(_parkOf(3), 0, "nothing is parked");
    }

    function test_onEntries_scalesToLocalUnits() public {
        _deposit(B, USD, trader, 500);
        Entry[] memory entries = new Entry[](1);
        entries[0] = makeEntry(KIND_RELEASE, USD, chains[B].eid, 0, 123, account, toParty(recipient));
        vm.prank(address(chains[B].gateway));
        chains[B].vault.onEntries(hubEid, 0, entries);
        assertEq(tokenOf[B][USD].balanceOf(recipient), 123e12, "18 decimals from 6 canonical ones");
    }

    function test_onEntries_takesATokenThatReturnsNothingOrTooMuch() public {
        fickle.setMood(Mood.ReturnsNothing);
        _release(0, _releaseOf(FICKLE, 100, recipient));
        fickle.setMood(Mood.ReturnBomb);
        _release(1, _releaseOf(FICKLE, 100, recipient));
        assertEq(fickle.balanceOf(recipient), 200, "both are paid");
    }

    function test_onEntries_revertsForOthersThanTheGateway() public {
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.CallerNotGateway.selector, address(this)));
        vault.onEntries(hubEid, 0, new Entry[](0));
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.OnlySelf.selector, address(this)));
        vault.push(address(fickle), address(this), 1);
    }

    // ── parked, by reason ───────────────────────────────────────────────────────────────────────────────────────────

    function test_onEntries_parksWhatIsNoReleaseOfThisVault() public {
        Entry memory good = _releaseOf(FICKLE, 100, recipient);
        Entry memory deposit = makeEntry(KIND_DEPOSIT, FICKLE, chains[A].eid, 0, 100, account, toParty(recipient));
        _expectParked(0, deposit, Parked.NotPayable, recipient);
        _release(0, deposit);
        Entry memory unknown = makeEntry(200, FICKLE, chains[A].eid, 0, 100, account, toParty(recipient));
        _expectParked(1, unknown, Parked.NotPayable, recipient);
        _release(1, unknown);
        Entry memory spare = Entry(good.word | 1, good.account, good.party);
        _expectParked(2, spare, Parked.NotPayable, recipient);
        _release(2, spare);
        Entry memory elsewhere = makeEntry(KIND_RELEASE, FICKLE, chains[B].eid, 0, 100, account, toParty(recipient));
        _expectParked(3, elsewhere, Parked.NotPayable, recipient);
        _release(3, elsewhere);
        // From a lane that is not the hub's, whatever it says.
        _expectParked(chains[B].eid, 4, good, Parked.NotPayable, recipient);
        _onEntry(chains[B].eid, 4, good);
        assertEq(_parkOf(4), 0, "the hub's parks are another lane's");
        _assertUnpaid(3);
    }

    function test_onEntries_parksAnUnlistedAsset() public {
        Entry memory entry = _releaseOf(99, 100, recipient);
        _expectParked(0, entry, Parked.AssetUnlisted, recipient);
        _release(0, entry);
    }

    function test_onEntries_parksARecipientThatIsNoAddress() public {
        Entry memory zero = _releaseOf(FICKLE, 100, address(0));
        _expectParked(0, zero, Parked.RecipientInvalid, address(0));
        _release(0, zero);
        Entry memory dirty = _releaseOf(FICKLE, 100, recipient);
        dirty.party |= bytes32(uint256(1) << 160);
        _expectParked(1, dirty, Parked.RecipientInvalid, address(0));
        _release(1, dirty);
        _assertUnpaid(1);
    }

    function test_onEntries_parksWhatIsBeyondTheBook() public {
        Entry memory entry = _releaseOf(FICKLE, 10_001, recipient);
        // Tokens sent in by hand are in no book.
        fickle.mint(address(vault), 1_000_000);
        _expectParked(0, entry, Parked.BeyondBook, recipient);
        _release(0, entry);
        Entry memory most = _releaseOf(FICKLE, type(uint128).max, recipient);
        _expectParked(1, most, Parked.BeyondBook, recipient);
        _release(1, most);
        _release(2, _releaseOf(FICKLE, 10_000, recipient));
        assertEq(fickle.balanceOf(recipient), 10_000, "all of it, and not one unit more");
    }

    function test_onEntries_parksWhatTheTokenRefuses() public {
        // A fee on the way out is missing here: the vault gives what it owes, and the token's fee is the recipient's.
        Mood[6] memory moods =
            [Mood.ReturnsFalse, Mood.Reverts, Mood.BurnsGas, Mood.RevertBomb, Mood.MovesTwice, Mood.MovesNothing];
        for (uint64 i = 0; i < moods.length; ++i) {
            fickle.setMood(moods[i]);
            Entry memory entry = _releaseOf(FICKLE, 100, recipient);
            _expectParked(i, entry, Parked.Refused, recipient);
            _release(i, entry);
            _assertUnpaid(i);
        }
    }

    function test_onEntries_parksForABlacklistedRecipientAlone() public {
        fickle.setBlacklisted(recipient, true);
        Entry[] memory entries = new Entry[](3);
        entries[0] = _releaseOf(FICKLE, 100, stranger);
        entries[1] = _releaseOf(FICKLE, 100, recipient);
        entries[2] = _releaseOf(FICKLE, 100, stranger);
        _onEntries(hubEid, 10, entries);
        assertEq(fickle.balanceOf(stranger), 200, "the others are paid");
        assertTrue(_parkOf(11) != 0, "one waits");
        assertEq(_parkOf(10), 0, "one alone");
    }

    function testFuzz_onEntries_isTotal(Entry[] memory entries, uint32 srcEid, uint64 firstIndex, bool fromHub) public {
        vm.assume(entries.length <= 16);
        firstIndex = uint64(bound(firstIndex, 0, type(uint64).max - 32));
        _onEntries(fromHub ? hubEid : srcEid, firstIndex, entries);
    }

    // ── gas ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Whatever gas the caller brings: either the call reverts, or the honest transfer is paid. Never parked.
    function testFuzz_onEntries_revertsRatherThanParksForWantOfGas(uint256 gas_) public {
        gas_ = bound(gas_, 20_000, 400_000);
        Entry[] memory entries = new Entry[](1);
        entries[0] = _releaseOf(FICKLE, 100, recipient);
        vm.prank(address(gateway));
        try vault.onEntries{gas: gas_}(hubEid, 0, entries) {
            assertEq(fickle.balanceOf(recipient), 100, "what could be paid is paid");
            assertEq(_parkOf(0), 0, "and not parked");
        } catch {}
    }

    function test_onEntries_revertsWhenGasIsTooLow() public {
        Entry[] memory entries = new Entry[](1);
        entries[0] = _releaseOf(FICKLE, 100, recipient);
        vm.prank(address(gateway));
        vm.expectPartialRevert(ICollateralVault.GasTooLow.selector);
        vault.onEntries{gas: 110_000}(hubEid, 0, entries);
    }

    // ── retry ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_retry_paysWhenTheRefusalIsGone() public {
        (Entry memory entry, Terms memory terms) = _park();
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkNotPayable.selector, hubEid, 5, Parked.Refused));
        vault.retry(hubEid, 5, entry, terms, recipient);
        fickle.setMood(Mood.Honest);
        vault.retry(hubEid, 5, entry, terms, recipient);
        assertEq(fickle.balanceOf(recipient), 100, "paid");
        assertEq(_parkOf(5), 0, "the word is gone");
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkUnknown.selector, hubEid, 5));
        vault.retry(hubEid, 5, entry, terms, recipient);
        assertEq(fickle.balanceOf(recipient), 100, "once");
    }

    function test_retry_revertsForAnythingElseThanWhatWasParked() public {
        (Entry memory entry, Terms memory terms) = _park();
        fickle.setMood(Mood.Honest);
        bytes memory unknown = abi.encodeWithSelector(ICollateralVault.ParkUnknown.selector, hubEid, 5);
        vm.expectRevert(unknown);
        vault.retry(hubEid, 5, entry, terms, trader);
        Terms[4] memory others = [
            Terms(terms.parkedAt + 1, terms.unlockAt, 0, terms.stage),
            Terms(terms.parkedAt, terms.unlockAt + 1, 0, terms.stage),
            Terms(terms.parkedAt, terms.unlockAt, 1, terms.stage),
            Terms(terms.parkedAt, terms.unlockAt, 0, Stage.Drawn)
        ];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(unknown);
            vault.retry(hubEid, 5, entry, others[i], recipient);
        }
        vm.expectRevert(unknown);
        vault.retry(hubEid, 5, _releaseOf(FICKLE, 101, recipient), terms, recipient);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkUnknown.selector, hubEid, 6));
        vault.retry(hubEid, 6, entry, terms, recipient);
    }

    function test_retry_revertsWhenGasIsTooLow() public {
        (Entry memory entry, Terms memory terms) = _park();
        fickle.setMood(Mood.Honest);
        vm.expectPartialRevert(ICollateralVault.GasTooLow.selector);
        vault.retry{gas: 100_000}(hubEid, 5, entry, terms, recipient);
    }

    function test_retry_paysWhatWasBeyondTheBookOnceItIsNot() public {
        Entry memory entry = _releaseOf(FICKLE, 10_500, recipient);
        _release(0, entry);
        Terms memory terms = _termsNow(Stage.Unbacked);
        _depositAs(trader, FICKLE, 500);
        vault.retry(hubEid, 0, entry, terms, recipient);
        assertEq(fickle.balanceOf(recipient), 10_500, "paid out of the grown book");
    }

    function test_retry_neverPaysWhatAnotherLaneAskedFor() public {
        Entry memory entry = _releaseOf(FICKLE, 100, recipient);
        uint32 other = chains[B].eid;
        _onEntry(other, 5, entry);
        Terms memory terms = _termsNow(Stage.Unbacked);
        assertTrue(vault.parkOf(other, 5) != 0, "it is parked under its own lane");
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkNotPayable.selector, other, 5, Parked.NotPayable));
        vault.retry(other, 5, entry, terms, recipient);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkUnknown.selector, hubEid, 5));
        vault.retry(hubEid, 5, entry, terms, recipient);
    }

    function test_onEntries_anotherLaneLeavesTheHubsParksAlone() public {
        (Entry memory entry, Terms memory terms) = _park();
        _onEntry(chains[B].eid, 5, _releaseOf(FICKLE, 1, trader));
        fickle.setMood(Mood.Honest);
        vault.retry(hubEid, 5, entry, terms, recipient);
        assertEq(fickle.balanceOf(recipient), 100, "the same index of another lane is another park");
    }

    /// @dev Whatever halted it: what is paid out under a halted lane may be what halted it.
    function test_retry_stopsWhileTheLaneIsHalted() public {
        (Entry memory entry, Terms memory terms) = _park();
        fickle.setMood(Mood.Honest);
        bytes memory stopped = abi.encodeWithSelector(ICollateralVault.PaymentsStopped.selector, hubEid);
        uint256 before = vm.snapshotState();
        _haltByFalseAck();
        vm.expectRevert(stopped);
        vault.retry(hubEid, 5, entry, terms, recipient);
        vm.revertToState(before);
        _haltByContradiction();
        vm.expectRevert(stopped);
        vault.retry(hubEid, 5, entry, terms, recipient);
        _liftHalt();
        vault.retry(hubEid, 5, entry, terms, recipient);
        assertEq(fickle.balanceOf(recipient), 100, "paid when the council has lifted it");
    }

    // ── pause ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_retry_stopsWhileWhatArrivesIsPaused() public {
        (Entry memory entry, Terms memory terms) = _park();
        fickle.setMood(Mood.Honest);
        uint64 until = _pause(Direction.In);
        bytes memory paused = abi.encodeWithSelector(ICollateralVault.PaymentsStopped.selector, hubEid);
        vm.expectRevert(paused);
        vault.retry(hubEid, 5, entry, terms, recipient);
        vm.warp(until - 1);
        vm.expectRevert(paused);
        vault.retry(hubEid, 5, entry, terms, recipient);
        assertTrue(_parkOf(5) != 0, "it waits");
        vm.warp(until);
        vault.retry(hubEid, 5, entry, terms, recipient);
        assertEq(fickle.balanceOf(recipient), 100, "a pause ends by itself");
    }

    function test_retry_goesOnWhenThePauseIsLifted() public {
        (Entry memory entry, Terms memory terms) = _park();
        fickle.setMood(Mood.Honest);
        _pause(Direction.In);
        _resume(Direction.In);
        vault.retry(hubEid, 5, entry, terms, recipient);
        assertEq(fickle.balanceOf(recipient), 100, "paid");
    }

    function test_retry_goesOnWhileOnlyWhatLeavesIsPaused() public {
        (Entry memory entry, Terms memory terms) = _park();
        fickle.setMood(Mood.Honest);
        uint64 until = _pause(Direction.Out);
        vault.retry(hubEid, 5, entry, terms, recipient);
        assertEq(fickle.balanceOf(recipient), 100, "each direction is a scope of its own");
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneIsPaused.selector, hubEid, Direction.Out, until));
        vm.prank(trader, trader);
        vault.deposit(FICKLE, 100, trader, 0, trader, false);
    }
}
