// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollateralVault, Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {accountOf} from "../../../contracts/types/Account.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {LimitedVault} from "../mocks/LimitedVault.sol";
import {Log, Logs} from "../mocks/Logs.sol";
import {TestPath} from "../mocks/TestPath.sol";

/// @dev What is large waits in time and blocks, or for a third path's word, and draws after.
contract VaultLargeTest is LimitedVault {
    using Logs for Log;

    function test_large_waitsInTimeAndBlocks() public {
        _limitTo(CAPACITY, REFILL, 500, 100);
        Entry memory entry = _releaseOf(FICKLE, 500, recipient);
        Terms memory terms = _termsLarge();
        uint128 before = _fullAt();
        _parks(0, entry, Parked.Large, terms);
        assertEq(_fullAt(), before, "it has not drawn");
        assertEq(vault.shareOf(account, FICKLE), 0, "nor from its share");
        _release(1, _releaseOf(FICKLE, 499, recipient));
        assertEq(_paid(), 499, "one unit less is not large");

        vm.warp(terms.unlockAt);
        _expectLocked(0, terms);
        _retry(0, entry, terms);
        vm.roll(terms.unlockBlock - 1);
        _expectLocked(0, terms);
        _retry(0, entry, terms);
        vm.warp(terms.unlockAt - 1);
        vm.roll(terms.unlockBlock);
        _expectLocked(0, terms);
        _retry(0, entry, terms);
        vm.warp(terms.unlockAt);
        _retry(0, entry, terms);
        assertEq(_paid(), 999, "both have passed");
    }

    function test_large_thenDrawsFromTheBucketLikeAnyOther() public {
        _limitTo(CAPACITY, REFILL, 500, 100);
        Entry memory entry = _releaseOf(FICKLE, 3000, recipient);
        Terms memory terms = _termsLarge();
        _parks(0, entry, Parked.Large, terms);
        vm.warp(terms.unlockAt);
        vm.roll(terms.unlockBlock);
        Terms memory drawn = Terms(terms.parkedAt, terms.unlockAt + 200, 0, Stage.Drawn);
        _expectParked(hubEid, 0, entry, Parked.OverLimit, drawn, recipient);
        _retry(0, entry, terms);
        assertEq(_paid(), 0, "it had its wait, and has its time");
        vm.warp(drawn.unlockAt - 1);
        _expectLocked(0, drawn);
        _retry(0, entry, drawn);
        vm.warp(drawn.unlockAt);
        _retry(0, entry, drawn);
        assertEq(_paid(), 3000, "paid");
    }

    function test_large_passesOnThreePathsWord() public {
        _limitTo(CAPACITY, REFILL, 500, 100);
        _mockQuorum(2);
        _parks(0, _releaseOf(FICKLE, 500, recipient), Parked.Large, _termsLarge());
        _mockQuorum(3);
        _release(1, _releaseOf(FICKLE, 500, recipient));
        assertEq(_paid(), 500, "at once");
        // Out of share and bucket, as what is not large.
        _parks(2, _releaseOf(FICKLE, 505, recipient), Parked.AccountShare, _termsUntil(_now() + 1, Stage.Waited));
        _parks(3, _releaseFor(other, 505, recipient), Parked.OverLimit, _termsUntil(_now() + 1, Stage.Drawn));
    }

    /// @dev Without blocks there was no time in which anybody could have vetoed it, however late it is.
    function test_large_isNotPaidByAStrangersReturnBeforeItsBlocks() public {
        _limitTo(CAPACITY, REFILL, 500, 100);
        Entry memory entry = _releaseOf(FICKLE, 500, recipient);
        Terms memory terms = _termsLarge();
        _parks(0, entry, Parked.Large, terms);
        vm.warp(terms.unlockAt + 7 days);
        _expectLocked(0, terms);
        vm.prank(stranger);
        vault.returnRelease(0, entry, terms, recipient);
        vm.roll(terms.unlockBlock);
        vm.prank(stranger);
        vault.returnRelease(0, entry, terms, recipient);
        assertEq(_paid(), 500, "then it is, since it can be");
    }

    // ── a third path, on the real lane ──────────────────────────────────────────────────────────────────────────────

    /// @dev A release of 500 that two paths brought, with a third one that can speak of it.
    function _executeLarge() internal returns (TestPath third, Entry memory entry, Terms memory terms) {
        _limitTo(CAPACITY, REFILL, 500, 100);
        ICollateralVault.AssetRules memory rules = vault.rulesOf(FICKLE);
        vault.loosenAsset(USD, rules);
        third = Deploy.testPath(address(gateway), hubEid, chains[HUB].name);
        gateway.addPath(hubEid, 2, address(third), true);
        _deposit(A, USD, trader, 5000);
        _relay(A, HUB);
        _withdraw(A, USD, trader, 500, recipient);
        entry = _releaseOf(USD, 500, recipient);
        terms = _termsLarge();
        _relay(HUB, A);
        bytes32 word = keccak256(abi.encode(entry.word, entry.account, entry.party, terms, recipient));
        assertEq(_parkOf(0), word, "it waits as a large one");
        assertEq(gateway.quorum(hubEid, 0), 2, "two paths vouch for it");
    }

    function _vouch(TestPath third) internal {
        uint64 count = laneLogs[HUB][A].sealedCount();
        third.attest(chains[HUB].name, _commitment(HUB, A, count).encode());
        gateway.vouch(hubEid, 2, count, "");
        assertEq(gateway.quorum(hubEid, 0), 3, "three do");
    }

    function test_vouch_cutsTheWaitOfALargeRelease() public {
        (TestPath third, Entry memory entry, Terms memory terms) = _executeLarge();
        _expectLocked(0, terms);
        _retry(0, entry, terms);
        _vouch(third);
        _retry(0, entry, terms);
        assertEq(usd.balanceOf(recipient), 500, "paid before its time");
        (uint128 fullAt,) = vault.bucketOf(USD);
        assertEq(fullAt, uint128(_now() + 50) << 64, "out of the bucket");
    }

    function test_disablePath_restoresTheWait() public {
        (TestPath third, Entry memory entry, Terms memory terms) = _executeLarge();
        _vouch(third);
        gateway.disablePath(hubEid, 2);
        _expectLocked(0, terms);
        _retry(0, entry, terms);
        vm.warp(terms.unlockAt);
        vm.roll(terms.unlockBlock);
        _retry(0, entry, terms);
        assertEq(usd.balanceOf(recipient), 500, "it waits for time and blocks, and no longer");
    }

    function test_vouch_cutsNothingButTheWait() public {
        (TestPath third, Entry memory entry, Terms memory terms) = _executeLarge();
        vm.prank(address(gateway));
        Entry[] memory drain = new Entry[](1);
        drain[0] = _releaseOf(USD, 499, other);
        vault.onEntries(hubEid, 50, drain);
        vm.prank(address(gateway));
        drain[0].account = accountOf(other, 0);
        vault.onEntries(hubEid, 51, drain);
        assertEq(usd.balanceOf(other), 998, "2 are left");
        _vouch(third);
        // 498 of 500 have to come: 49.8 seconds.
        Terms memory drawn = Terms(terms.parkedAt, _now() + 50, 0, Stage.Drawn);
        _expectParked(hubEid, 0, entry, Parked.OverLimit, drawn, recipient);
        _retry(0, entry, terms);
        _expectLocked(0, drawn);
        _retry(0, entry, drawn);
        vm.warp(drawn.unlockAt);
        _retry(0, entry, drawn);
        assertEq(usd.balanceOf(recipient), 500, "at its time");
    }
}
