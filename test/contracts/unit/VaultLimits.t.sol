// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollateralVault, Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {accountOf} from "../../../contracts/types/Account.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {NEVER, Stage, Terms} from "../../../contracts/types/Terms.sol";
import {LimitedVault} from "../mocks/LimitedVault.sol";
import {Mood} from "../mocks/Tokens.sol";

/// @dev The bucket, an account's share of it, and what is set aside.
contract VaultLimitsTest is LimitedVault {
    // ── the bucket ──────────────────────────────────────────────────────────────────────────────────────────────────

    function test_limit_paysWhatTheBucketHolds() public {
        _release(0, _releaseOf(FICKLE, 600, recipient));
        _release(1, _releaseOf(FICKLE, 400, recipient));
        assertEq(_paid(), 1000, "all that it holds");
        _parks(2, _releaseOf(FICKLE, 5, recipient), Parked.AccountShare, _termsUntil(_now() + 1, Stage.Waited));
        _parks(3, _releaseFor(other, 5, recipient), Parked.OverLimit, _termsUntil(_now() + 1, Stage.Drawn));
        assertEq(_queued(), 10, "what waits is set aside");
        (, uint128 released) = vault.book(FICKLE);
        assertEq(released, 1000, "and not released");
    }

    function test_limit_unlocksAtTheSecond() public {
        _drain();
        uint64 start = _now();
        uint128[4] memory amounts = [uint128(15), 15, 5, 25];
        // Half a second is none: 1.5, 3, 3.5, 6.
        uint64[4] memory seconds_ = [uint64(2), 3, 4, 6];
        Entry[4] memory entries;
        Terms[4] memory terms;
        for (uint64 i = 0; i < 4; ++i) {
            entries[i] = _releaseFor(address(uint160(100 + i)), amounts[i], recipient);
            terms[i] = _termsUntil(start + seconds_[i], Stage.Drawn);
            _parks(i, entries[i], Parked.OverLimit, terms[i]);
        }
        uint256 paid;
        for (uint64 i = 0; i < 4; ++i) {
            vm.warp(start + seconds_[i] - 1);
            _expectLocked(i, terms[i]);
            _retry(i, entries[i], terms[i]);
            vm.warp(start + seconds_[i]);
            _expectReleasedFor(i, entries[i]);
            _retry(i, entries[i], terms[i]);
            paid += amounts[i];
            assertEq(_paid(), paid, "paid at its second");
        }
        assertEq(_queued(), 0, "nothing waits");
    }

    function _expectReleasedFor(uint64 index, Entry memory entry) internal {
        vm.expectEmit(address(vault));
        emit ICollateralVault.Released(index, entry.account, FICKLE, recipient, entry.amount());
    }

    /// @dev A tenth of a second can't be said in binary: it is rounded up, so ten tenths are a bit more than one second.
    function test_limit_roundsToLater() public {
        _drain();
        for (uint64 i = 0; i < 9; ++i) {
            _parks(
                i,
                _releaseFor(address(uint160(100 + i)), 1, recipient),
                Parked.OverLimit,
                _termsUntil(_now() + 1, Stage.Drawn)
            );
        }
        _parks(9, _releaseFor(address(109), 1, recipient), Parked.OverLimit, _termsUntil(_now() + 2, Stage.Drawn));
    }

    function test_limit_refillsByTheSecondUpToItsCapacity() public {
        _drain();
        vm.warp(_now() + 50);
        _release(0, _releaseOf(FICKLE, 500, recipient));
        assertEq(_paid(), 500, "50 seconds of refill");
        _parks(1, _releaseFor(stranger, 5, recipient), Parked.OverLimit, _termsUntil(_now() + 1, Stage.Drawn));
        vm.warp(_now() + 30 days);
        _release(2, _releaseFor(makeAddr("a"), 1000, recipient));
        assertEq(_paid(), 1500, "it holds its capacity");
        _parks(3, _releaseFor(makeAddr("b"), 5, recipient), Parked.OverLimit, _termsUntil(_now() + 1, Stage.Drawn));
    }

    function test_limit_moreThanTheCapacityHasItsTimeToo() public {
        Entry memory whale = _releaseFor(other, 3000, recipient);
        Terms memory terms = _termsUntil(_now() + 200, Stage.Waited);
        _parks(0, whale, Parked.AccountShare, terms);
        vm.warp(_now() + 200);
        // It draws when its share lets it: the bucket is full, and brings 2,000 more in 200 seconds.
        Terms memory drawn = Terms(terms.parkedAt, _now() + 200, 0, Stage.Drawn);
        _expectParked(hubEid, 0, whale, Parked.OverLimit, drawn, recipient);
        _retry(0, whale, terms);
        _parks(1, _releaseOf(FICKLE, 5, recipient), Parked.OverLimit, _termsUntil(_now() + 201, Stage.Drawn));
        vm.warp(_now() + 200);
        _retry(0, whale, drawn);
        assertEq(_paid(), 3000, "whole");
    }

    function test_limit_theOrderOfRetriesIsIrrelevant() public {
        _drain();
        uint64 start = _now();
        Entry[3] memory entries;
        Terms[3] memory terms;
        for (uint64 i = 0; i < 3; ++i) {
            entries[i] = _releaseFor(address(uint160(100 + i)), 100, recipient);
            terms[i] = _termsUntil(start + 10 * (i + 1), Stage.Drawn);
            _parks(i, entries[i], Parked.OverLimit, terms[i]);
        }
        vm.warp(start + 20);
        _retry(1, entries[1], terms[1]);
        assertEq(_paid(), 100, "the second, though nobody asked for the first");
        _expectLocked(2, terms[2]);
        _retry(2, entries[2], terms[2]);
        vm.warp(start + 30);
        // What arrives later takes nobody's place.
        _parks(3, _releaseFor(address(103), 995, recipient), Parked.OverLimit, _termsUntil(start + 130, Stage.Drawn));
        _retry(2, entries[2], terms[2]);
        _retry(0, entries[0], terms[0]);
        assertEq(_paid(), 300, "each at its time or after it");
    }

    /// @dev Nor does what was paid, refused or returned before change what is told now.
    function test_retry_ofWhatHasDrawnAsksTheBucketNoMore() public {
        _drain();
        Entry memory entry = _releaseOf(FICKLE, 100, recipient);
        Terms memory terms = _termsUntil(_now() + 10, Stage.Drawn);
        _parks(0, entry, Parked.OverLimit, terms);
        vm.warp(_now() + 10);
        _parks(1, _releaseFor(stranger, 900, recipient), Parked.OverLimit, _termsUntil(_now() + 90, Stage.Drawn));
        uint128 before = _fullAt();
        fickle.setMood(Mood.Reverts);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkNotPayable.selector, hubEid, 0, Parked.Refused));
        _retry(0, entry, terms);
        fickle.setMood(Mood.Honest);
        _retry(0, entry, terms);
        assertEq(_paid(), 100, "paid");
        assertEq(_fullAt(), before, "it drew once");
    }

    /// @dev It saturates where it would be refilled after the end of time: nothing reverts, and it is no veto.
    function test_limit_saturates() public {
        _limitTo(1, 1, type(uint80).max, 100);
        fickle.mint(trader, 1 << 126);
        _depositAs(trader, FICKLE, 1 << 126);
        Entry memory entry = _releaseFor(other, 1 << 79, recipient);
        Terms memory terms = _termsUntil((1 << 63) - 1, Stage.Waited);
        _parks(0, entry, Parked.AccountShare, terms);
        _parks(1, entry, Parked.AccountShare, terms);
        Terms memory vetoed = _termsUntil(NEVER, Stage.Waited);
        _expectParked(hubEid, 0, entry, Parked.Vetoed, vetoed, recipient);
        vault.vetoRelease(hubEid, 0, entry, terms, recipient);
        vault.clearRelease(hubEid, 0, entry, vetoed, recipient);
        Terms memory drawn = _termsUntil((1 << 63) - 1, Stage.Drawn);
        _expectParked(hubEid, 0, entry, Parked.OverLimit, drawn, recipient);
        _retry(0, entry, _termsUntil(_now(), Stage.Waited));
        assertEq(_fullAt(), 1 << 127, "full at the end of time");
        _parks(2, _releaseFor(stranger, 1, recipient), Parked.OverLimit, drawn);
        vault.vetoRelease(hubEid, 0, entry, drawn, recipient);
    }

    // ── an account's share ──────────────────────────────────────────────────────────────────────────────────────────

    function test_share_isEachAccounts() public {
        _limitTo(CAPACITY, REFILL, NO_LARGE, 40);
        _release(0, _releaseFor(other, 400, recipient));
        assertEq(_paid(), 400, "40 percent at once");
        // 4 a second.
        Entry memory entry = _releaseFor(other, 100, recipient);
        Terms memory terms = _termsUntil(_now() + 25, Stage.Waited);
        uint128 before = _fullAt();
        _parks(1, entry, Parked.AccountShare, terms);
        assertEq(_fullAt(), before, "what waits for its share has not drawn from the bucket");
        assertEq(vault.shareOf(accountOf(other, 0), FICKLE), uint128(_now() + 125) << 64, "but from the share");

        _release(2, _releaseFor(stranger, 400, recipient));
        assertEq(_paid(), 800, "another account has its own");
        assertEq(vault.shareOf(accountOf(stranger, 0), FICKLE), uint128(_now() + 100) << 64, "by account");
        assertEq(vault.shareOf(accountOf(stranger, 0), USD), 0, "and asset");

        vm.warp(terms.unlockAt - 1);
        _expectLocked(1, terms);
        _retry(1, entry, terms);
        vm.warp(terms.unlockAt);
        _retry(1, entry, terms);
        assertEq(_paid(), 900, "at its second");
        assertEq(vault.releasedTo(accountOf(other, 0), FICKLE), 500, "both are the account's");
    }

    function test_share_thenDrawsFromTheBucket() public {
        _limitTo(CAPACITY, REFILL, NO_LARGE, 40);
        Entry memory entry = _releaseFor(other, 500, recipient);
        Terms memory terms = _termsUntil(_now() + 25, Stage.Waited);
        _parks(0, entry, Parked.AccountShare, terms);
        vm.warp(terms.unlockAt);
        _release(1, _releaseFor(stranger, 400, recipient));
        _release(2, _releaseFor(trader, 400, recipient));
        // 200 are left, 30 seconds bring the rest.
        Terms memory drawn = Terms(terms.parkedAt, _now() + 30, 0, Stage.Drawn);
        _expectParked(hubEid, 0, entry, Parked.OverLimit, drawn, recipient);
        _retry(0, entry, terms);
        _expectUnknown(0);
        _retry(0, entry, terms);
        vm.warp(drawn.unlockAt);
        _retry(0, entry, drawn);
        assertEq(_paid(), 1300, "paid");
    }

    /// @dev A third of ten a second is told without rounding.
    function test_share_isExact() public {
        _limitTo(CAPACITY, REFILL, NO_LARGE, 33);
        _release(0, _releaseFor(other, 330, recipient));
        assertEq(_paid(), 330, "all of the share");
        _parks(1, _releaseFor(other, 33, recipient), Parked.AccountShare, _termsUntil(_now() + 10, Stage.Waited));
        // One that is less than one unit lets nothing pass at once, and still has its pace.
        _limitTo(50, REFILL, NO_LARGE, 1);
        _parks(2, _releaseFor(stranger, 1, recipient), Parked.AccountShare, _termsUntil(_now() + 5, Stage.Waited));
    }

    // ── set aside ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_beyondBook_countsWhatIsQueued() public {
        _limitTo(1e6, REFILL, 8000, 100);
        Entry memory large = _releaseOf(FICKLE, 8000, recipient);
        Terms memory waiting = _termsLarge();
        _parks(0, large, Parked.Large, waiting);
        assertEq(_queued(), 8000, "it will be paid");
        Entry memory beyond = _releaseFor(other, 2001, recipient);
        Terms memory unbacked = _termsUntil(_now(), Stage.Unbacked);
        _parks(1, beyond, Parked.BeyondBook, unbacked);
        assertEq(_queued(), 8000, "this one may never be");
        _release(2, _releaseFor(other, 2000, other));
        assertEq(fickle.balanceOf(other), 2000, "the rest of the book");
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkNotPayable.selector, hubEid, 1, Parked.BeyondBook));
        _retry(1, beyond, unbacked);
        // Its owner gives the large one back.
        vm.prank(trader, trader);
        vault.returnRelease(0, large, waiting, recipient);
        assertEq(_queued(), 0, "nothing is set aside");
        _retry(1, beyond, unbacked);
        assertEq(_paid(), 2001, "what it held is free again");
    }

    function test_beyondBook_isAskedAnewWithAllLimits() public {
        Entry memory beyond = _releaseFor(other, 10_001, recipient);
        Terms memory unbacked = _termsUntil(_now(), Stage.Unbacked);
        _parks(0, beyond, Parked.BeyondBook, unbacked);
        _depositAs(trader, FICKLE, 10);
        Terms memory waiting = Terms(unbacked.parkedAt, _now() + 901, 0, Stage.Waited);
        _expectParked(hubEid, 0, beyond, Parked.AccountShare, waiting, recipient);
        _retry(0, beyond, unbacked);
        assertEq(_queued(), 10_001, "set aside now");
    }

    function test_refusal_atArrivalDrawsNothing() public {
        uint128 before = _fullAt();
        fickle.setMood(Mood.Reverts);
        Entry memory entry = _releaseOf(FICKLE, 600, recipient);
        Terms memory terms = _termsUntil(_now(), Stage.Arrived);
        _parks(0, entry, Parked.Refused, terms);
        assertEq(_fullAt(), before, "not from the bucket");
        assertEq(vault.shareOf(account, FICKLE), 0, "not from its share");
        assertEq(_queued(), 600, "but it is set aside");
        fickle.setMood(Mood.Honest);
        _release(1, _releaseFor(other, 700, recipient));
        assertEq(_paid(), 700, "another one draws");
        // 300 are left: it has to ask like any other when it is tried again.
        Terms memory drawn = Terms(terms.parkedAt, _now() + 30, 0, Stage.Drawn);
        _expectParked(hubEid, 0, entry, Parked.OverLimit, drawn, recipient);
        _retry(0, entry, terms);
        vm.warp(drawn.unlockAt);
        _retry(0, entry, drawn);
        assertEq(_paid(), 1300, "paid");
        assertEq(_queued(), 0, "nothing waits");
    }

    // ── giving back what waits ──────────────────────────────────────────────────────────────────────────────────────

    /// @dev Else the same money comes back at once and draws again: everybody else waits for what is never paid.
    function test_returnRelease_ofWhatHasDrawnWaitsForItsTime() public {
        _drain();
        Entry memory entry = _releaseOf(FICKLE, 100, recipient);
        Terms memory terms = _termsUntil(_now() + 10, Stage.Drawn);
        _parks(0, entry, Parked.OverLimit, terms);
        bytes memory signature = _sign(traderKey, vault.returnDigest(0, entry, type(uint256).max));
        vm.warp(terms.unlockAt - 1);
        _expectLocked(0, terms);
        vm.prank(recipient);
        vault.returnRelease(0, entry, terms, recipient);
        _expectLocked(0, terms);
        vm.prank(trader, trader);
        vault.returnRelease(0, entry, terms, recipient);
        _expectLocked(0, terms);
        vault.returnReleaseSigned(0, entry, terms, recipient, type(uint256).max, signature);
        vm.warp(terms.unlockAt);
        vault.returnReleaseSigned(0, entry, terms, recipient, type(uint256).max, signature);
        assertEq(_queued(), 0, "given back");
    }

    function test_returnRelease_ofWhatHasNotDrawnGoesAtOnce() public {
        _limitTo(CAPACITY, REFILL, 500, 10);
        Entry memory large = _releaseOf(FICKLE, 500, recipient);
        Terms memory waiting = _termsLarge();
        _parks(0, large, Parked.Large, waiting);
        vm.prank(recipient);
        vault.returnRelease(0, large, waiting, recipient);
        Entry memory over = _releaseOf(FICKLE, 200, recipient);
        Terms memory shared = _termsUntil(_now() + 100, Stage.Waited);
        _parks(1, over, Parked.AccountShare, shared);
        vm.prank(recipient);
        vault.returnRelease(1, over, shared, recipient);
        assertEq(_queued(), 0, "both are given back");
        (uint64 posted,,) = gateway.outbox(hubEid);
        assertEq(posted, 3, "the hub is told of both");
    }

    function test_returnRelease_byAStrangerMovesOnWhatOnlyWaits() public {
        _limitTo(CAPACITY, REFILL, 500, 100);
        Entry memory entry = _releaseOf(FICKLE, 3000, recipient);
        Terms memory terms = _termsLarge();
        _parks(0, entry, Parked.Large, terms);
        vm.roll(terms.unlockBlock);
        vm.warp(terms.unlockAt + 7 days);
        Terms memory drawn = Terms(terms.parkedAt, _now() + 200, 0, Stage.Drawn);
        _expectParked(hubEid, 0, entry, Parked.OverLimit, drawn, recipient);
        vm.prank(stranger);
        vault.returnRelease(0, entry, terms, recipient);
        (uint64 posted,,) = gateway.outbox(hubEid);
        assertEq(posted, 1, "nothing goes back");
        vm.warp(drawn.unlockAt + 7 days);
        vm.prank(stranger);
        vault.returnRelease(0, entry, drawn, recipient);
        assertEq(_paid(), 3000, "what can be paid is paid");
    }
}
