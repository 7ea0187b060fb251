// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {accountOf, toParty} from "../../../contracts/types/Account.sol";
import {Entry, KIND_RELEASE, makeEntry} from "../../../contracts/types/Entry.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {LimitedClearing} from "../mocks/LimitedClearing.sol";
import {TestPath} from "../mocks/TestPath.sol";

/// @dev What a lane may bring at once, how fast, and up to what.
contract ClearingLimitsTest is LimitedClearing {
    uint8 internal constant THIRD = 2;

    function _assertCredited(uint64 index, uint128 amount) internal {
        (Held reason,) = _arrive(index, amount);
        _assertReason(reason, Held.None);
        assertEq(hub.heldOf(eidA, index), 0, "nothing waits");
    }

    function _assertOverLimit(uint64 index, uint128 amount, uint64 wait) internal returns (Terms memory terms) {
        Held reason;
        (reason, terms) = _arrive(index, amount);
        _assertReason(reason, Held.OverLimit);
        _assertTerms(terms, Terms(_now(), _now() + wait, 0, Stage.Drawn));
    }

    // ── the bucket ──────────────────────────────────────────────────────────────────────────────────────────────────

    function test_bucket_holdsItsCapacity() public {
        _assertCredited(0, 500);
        _assertCredited(1, 300);
        _assertOverLimit(2, 1, 1);
        assertEq(hub.balanceOf(account, USD), 800, "the account has what passed");
        assertEq(hub.suspense(eidA, USD), 1, "the rest waits");
        assertEq(hub.available(eidA, USD), 800, "and backs nothing");
        _assertBacked(USD);
    }

    /// @dev To the second, in the order of arrival, and whoever comes later waits longer.
    function test_bucket_saysWhenAtOnce() public {
        _assertCredited(0, 500);
        _assertCredited(1, 300);
        _assertOverLimit(2, 5, 1);
        _assertOverLimit(3, 5, 1);
        _assertOverLimit(4, 5, 2);
        _assertOverLimit(5, 500, 52);
        _assertOverLimit(6, 5, 52);
        vm.warp(_now() + 30);
        _assertOverLimit(7, 500, 72);
        assertEq(hub.balanceOf(account, USD), 800, "nothing overtakes");
        _assertBacked(USD);
    }

    function test_bucket_refillsToTheSecond() public {
        _assertCredited(0, 500);
        _assertCredited(1, 300);
        vm.warp(_now() + 7);
        _assertCredited(2, 70);
        _assertOverLimit(3, 1, 1);
        vm.warp(_now() + 100 days);
        _assertCredited(4, 500);
        _assertCredited(5, 300);
        _assertOverLimit(6, 1, 1);
        assertEq(hub.bucketOf(eidA, USD), (uint128(_now()) << 64) + (uint128(801) << 64) / 10 + 1, "what is drawn");
    }

    function test_bucket_isOfOneLaneAndAsset() public {
        _assertCredited(0, 500);
        _assertCredited(1, 300);
        (Held reason,) = _arrive(2, _depositOf(eidA, ETHER, 600));
        _assertReason(reason, Held.None);
        vm.getRecordedLogs();
        _onEntry(eidB, 3, _depositOf(eidB, USD, 600));
        (reason,) = _lastHeld(3);
        _assertReason(reason, Held.None);
    }

    /// @dev An amount that would take longer than time lasts is held like any other: nothing a lane says stops the lane.
    function test_bucket_takesAnyAmount() public {
        IClearingHouse.LaneRules memory rules = _rules(1, 100, type(uint80).max, type(uint128).max);
        hub.loosenAsset(eidA, USD, rules);
        vm.mockCall(address(chains[HUB].gateway), abi.encodeWithSelector(IGateway.quorum.selector), abi.encode(3));
        for (uint64 i = 0; i < 3; ++i) {
            (Held reason, Terms memory terms) = _arrive(i, type(uint128).max / 4);
            _assertReason(reason, Held.OverLimit);
            assertGt(terms.unlockAt, _now() + 1000 * 365 days, "later than anybody waits");
            assertLt(terms.unlockAt, type(uint64).max, "and not vetoed");
        }
        _assertBacked(USD);
    }

    function test_finish_creditsAtItsTimeAndNotBefore() public {
        _assertCredited(0, 600);
        Terms memory terms = _assertOverLimit(1, 255, 6);
        _expectLocked(1, terms);
        _finish(1, 255, Held.OverLimit, terms);
        vm.warp(terms.unlockAt - 1);
        _expectLocked(1, terms);
        _finish(1, 255, Held.OverLimit, terms);
        vm.warp(terms.unlockAt);
        vm.expectEmit(address(hub));
        emit IClearingHouse.Credited(eidA, account, USD, 1, 255);
        vm.prank(makeAddr("anyone"));
        (Held next,) = _finish(1, 255, Held.OverLimit, terms);
        _assertReason(next, Held.None);
        assertEq(hub.balanceOf(account, USD), 855, "credited");
        assertEq(hub.suspense(eidA, USD), 0, "and out of suspense");
        _assertBacked(USD);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, 1));
        _finish(1, 255, Held.OverLimit, terms);
    }

    /// @dev It has drawn already: nothing that came since takes its turn, and it takes nobody's.
    function test_finish_drawsOnce() public {
        _assertCredited(0, 600);
        Terms memory terms = _assertOverLimit(1, 255, 6);
        vm.warp(terms.unlockAt + 20);
        uint128 fullAt = hub.bucketOf(eidA, USD);
        _assertCredited(2, 145);
        assertGt(hub.bucketOf(eidA, USD), fullAt, "another one draws");
        _assertCredited(3, 60);
        fullAt = hub.bucketOf(eidA, USD);
        (Held next,) = _finish(1, 255, Held.OverLimit, terms);
        _assertReason(next, Held.None);
        assertEq(hub.bucketOf(eidA, USD), fullAt, "it does not");
    }

    function test_finish_takesNoOtherTermsOrReason() public {
        _assertCredited(0, 600);
        Terms memory terms = _assertOverLimit(1, 255, 6);
        vm.warp(terms.unlockAt);
        bytes memory unknown = abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, 1);
        for (uint256 i = 0; i < 5; ++i) {
            Terms memory other = Terms(terms.parkedAt, terms.unlockAt, terms.unlockBlock, terms.stage);
            if (i == 0) other.parkedAt -= 1;
            if (i == 1) other.unlockAt -= 1;
            if (i == 2) other.unlockBlock = 1;
            if (i == 3) other.stage = Stage.Waited;
            vm.expectRevert(unknown);
            _finish(1, 255, i == 4 ? Held.OverExposure : Held.OverLimit, other);
        }
        vm.expectRevert(unknown);
        _finish(1, 254, Held.OverLimit, terms);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HeldUnknown.selector, eidA, 2));
        _finish(2, 255, Held.OverLimit, terms);
        _finish(1, 255, Held.OverLimit, terms);
    }

    // ── what is left for debts ──────────────────────────────────────────────────────────────────────────────────────

    function test_reserve_isForDebtsAlone() public {
        bytes32 debtor = accountOf(recipient, 0);
        _setBalance(debtor, -210);
        _assertCredited(0, 600);
        _assertCredited(1, ORDINARY - 600);
        Entry memory cover = _depositOf(eidA, USD, 150);
        cover.account = debtor;
        (Held reason, Terms memory terms) = _arrive(2, cover);
        _assertReason(reason, Held.None);
        assertEq(hub.balanceOf(debtor, USD), -60, "it lowers a risk at once");
        // More than the debt is no cover, nor is what another brings.
        cover.word = _depositOf(eidA, USD, 61).word;
        (reason, terms) = _arrive(3, cover);
        _assertReason(reason, Held.OverLimit);
        _assertTerms(terms, Terms(_now(), _now() + 22, 0, Stage.Drawn));
        _assertOverLimit(4, 1, 22);
    }

    /// @dev The whole bucket, and no more.
    function test_reserve_endsAtTheCapacity() public {
        bytes32 debtor = accountOf(recipient, 0);
        _setBalance(debtor, -10_000);
        _assertCredited(0, 600);
        Entry memory cover = _depositOf(eidA, USD, CAPACITY - 600);
        cover.account = debtor;
        (Held reason, Terms memory terms) = _arrive(1, cover);
        _assertReason(reason, Held.None);
        cover.word = _depositOf(eidA, USD, 11).word;
        (reason, terms) = _arrive(2, cover);
        _assertReason(reason, Held.OverLimit);
        _assertTerms(terms, Terms(_now(), _now() + 2, 0, Stage.Drawn));
        assertEq(hub.balanceOf(debtor, USD), -9600, "it waits for the refill");
        vm.warp(terms.unlockAt);
        hub.finish(eidA, 2, cover, reason, terms);
        assertEq(hub.balanceOf(debtor, USD), -9589, "and passes then");
    }

    // ── the cap ─────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Only the cap is in the way.
    function _onlyTheCap() internal {
        hub.loosenAsset(eidA, USD, _rules(1e12, 1e6, 1e12, CAP));
    }

    function test_cap_holdsUntilSomethingLeaves() public {
        _onlyTheCap();
        _assertCredited(0, CAP - 100);
        (Held reason, Terms memory terms) = _arrive(1, 101);
        _assertReason(reason, Held.OverExposure);
        _assertTerms(terms, Terms(_now(), _now(), 0, Stage.Arrived));
        _assertCredited(2, 100);
        assertEq(hub.available(eidA, USD), CAP, "the lane owes its cap");
        _expectStillHeld(1, Held.OverExposure);
        _finish(1, 101, reason, terms);
        _withdraw(A, USD, trader, 100, recipient);
        _expectStillHeld(1, Held.OverExposure);
        _finish(1, 101, reason, terms);
        _withdraw(A, USD, trader, 11, recipient);
        (reason,) = _finish(1, 101, reason, terms);
        _assertReason(reason, Held.None);
        assertEq(hub.available(eidA, USD), CAP - 10, "credited in place of what left");
        _assertBacked(USD);
    }

    /// @dev It has drawn nothing meanwhile, so it asks the bucket when there is room.
    function test_cap_comesBeforeTheBucket() public {
        hub.loosenAsset(eidA, USD, _rules(CAPACITY, REFILL, LARGE, 700));
        _assertCredited(0, 600);
        uint128 fullAt = hub.bucketOf(eidA, USD);
        (Held reason, Terms memory terms) = _arrive(1, 250);
        _assertReason(reason, Held.OverExposure);
        assertEq(hub.bucketOf(eidA, USD), fullAt, "it has drawn nothing");
        _withdraw(A, USD, trader, 600, recipient);
        Terms memory next;
        (reason, next) = _finish(1, 250, reason, terms);
        _assertReason(reason, Held.OverLimit);
        _assertTerms(next, Terms(_now(), _now() + 5, 0, Stage.Drawn));
        vm.warp(next.unlockAt);
        (reason,) = _finish(1, 250, reason, next);
        _assertReason(reason, Held.None);
        _assertBacked(USD);
    }

    /// @dev What waits in suspense is owed to nobody yet.
    function test_cap_suspenseDoesNotCount() public {
        _onlyTheCap();
        (Held reason,) = _arrive(0, CAP + 1);
        _assertReason(reason, Held.OverExposure);
        _assertCredited(1, CAP);
    }

    function test_cap_withinOneWindow() public {
        _onlyTheCap();
        Entry[] memory entries = new Entry[](4);
        uint128[4] memory amounts = [CAP - 10, 11, 10, 1];
        for (uint256 i = 0; i < 4; ++i) {
            entries[i] = _depositOf(eidA, USD, amounts[i]);
        }
        _expectHeld(eidA, 1, Held.OverExposure, entries[1]);
        _expectHeld(eidA, 3, Held.OverExposure, entries[3]);
        _onEntries(eidA, 0, entries);
        assertEq(hub.available(eidA, USD), CAP, "no order or number of entries gets past it");
    }

    /// @dev Its wait is over and the lane is full: it is refunded like any that is over the cap, after a week of its own.
    function test_cap_whatHasWaitedCanBeRefunded() public {
        _assertCredited(0, 600);
        Terms memory terms = _assertOverLimit(1, 500, 30);
        hub.tightenAsset(eidA, USD, _rules(CAPACITY, REFILL, LARGE, 1000));
        vm.warp(terms.unlockAt + 8 days);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotRefundable.selector, eidA, 1, Held.OverLimit));
        hub.refund(eidA, 1, _depositOf(eidA, USD, 500), Held.OverLimit, terms);
        (Held reason, Terms memory next) = _finish(1, 500, Held.OverLimit, terms);
        _assertReason(reason, Held.OverExposure);
        _assertTerms(next, Terms(_now(), _now(), 0, Stage.Drawn));
        // Not a second time: that would put the refund off.
        _expectStillHeld(1, Held.OverExposure);
        _finish(1, 500, reason, next);
        Entry memory entry = _depositOf(eidA, USD, 500);
        vm.warp(next.parkedAt + 7 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.RefundNotYet.selector, eidA, 1, next.parkedAt + 7 days));
        hub.refund(eidA, 1, entry, reason, next);
        uint256 state = vm.snapshotState();
        _withdraw(A, USD, trader, 500, recipient);
        (Held end,) = _finish(1, 500, reason, next);
        _assertReason(end, Held.None);
        vm.revertToState(state);
        vm.warp(next.parkedAt + 7 days);
        vm.expectEmit(address(chains[HUB].gateway));
        emit IGateway.EntryPosted(eidA, 0, makeEntry(KIND_RELEASE, USD, eidA, 0, 500, account, toParty(trader)));
        hub.refund(eidA, 1, entry, reason, next);
        assertEq(hub.suspense(eidA, USD), 0, "out of suspense");
        assertEq(hub.available(eidA, USD), 600, "and of no other's money");
        _assertBacked(USD);
    }

    /// @dev What can be refunded already keeps its time.
    function test_cap_doesNotPutARefundOff() public {
        Entry memory entry = _depositOf(eidA, 9, 500);
        (Held reason, Terms memory terms) = _arrive(0, entry);
        _assertReason(reason, Held.AssetUnlisted);
        vm.warp(_now() + 6 days);
        hub.listAsset(eidA, 9, 6, _rules(1e12, 1e6, 1e12, 100));
        _expectStillHeld(0, Held.OverExposure);
        hub.finish(eidA, 0, entry, reason, terms);
        vm.warp(terms.parkedAt + 7 days);
        hub.refund(eidA, 0, entry, reason, terms);
    }

    // ── large ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function _assertLarge(uint64 index, uint128 amount) internal returns (Terms memory terms) {
        Held reason;
        (reason, terms) = _arrive(index, amount);
        _assertReason(reason, Held.Large);
        _assertTerms(
            terms,
            Terms(_now(), _now() + Deploy.LARGE_WAIT, uint64(vm.getBlockNumber()) + Deploy.LARGE_BLOCKS, Stage.Waited)
        );
    }

    function _mockQuorum(uint64 index, uint256 quorum) internal {
        bytes memory call = abi.encodeCall(IGateway.quorum, (eidA, index));
        vm.mockCall(address(chains[HUB].gateway), call, abi.encode(quorum));
    }

    function test_large_waitsInTimeAndInBlocks() public {
        _assertCredited(0, LARGE - 1);
        vm.warp(_now() + 1 days);
        Terms memory terms = _assertLarge(1, LARGE);
        assertEq(hub.bucketOf(eidA, USD) >> 64, _now(), "it has drawn nothing yet");
        vm.warp(terms.unlockAt - 1);
        vm.roll(terms.unlockBlock);
        _expectLocked(1, terms);
        _finish(1, LARGE, Held.Large, terms);
        vm.warp(terms.unlockAt);
        vm.roll(terms.unlockBlock - 1);
        _expectLocked(1, terms);
        _finish(1, LARGE, Held.Large, terms);
        vm.roll(terms.unlockBlock);
        (Held next,) = _finish(1, LARGE, Held.Large, terms);
        _assertReason(next, Held.None);
        assertEq(hub.balanceOf(account, USD), 2 * int256(uint256(LARGE)) - 1, "credited");
        _assertBacked(USD);
    }

    function test_large_drawsWhenItHasWaited() public {
        Terms memory terms = _assertLarge(0, 5000 - 600);
        vm.warp(terms.unlockAt);
        vm.roll(terms.unlockBlock);
        _assertCredited(1, 600);
        (Held reason, Terms memory next) = _finish(0, 4400, Held.Large, terms);
        _assertReason(reason, Held.OverLimit);
        _assertTerms(next, Terms(_now(), _now() + 420, 0, Stage.Drawn));
        _mockQuorum(0, 3);
        _expectLocked(0, next);
        _finish(0, 4400, reason, next);
        vm.warp(next.unlockAt);
        (reason,) = _finish(0, 4400, reason, next);
        _assertReason(reason, Held.None);
        _assertBacked(USD);
    }

    function test_large_passesOnThreePathsWord() public {
        _mockQuorum(0, 3);
        _assertCredited(0, ORDINARY);
        _mockQuorum(1, 2);
        _assertLarge(1, LARGE);
        // But not past the bucket.
        _mockQuorum(2, 3);
        _assertOverLimit(2, LARGE, 70);
    }

    function test_large_aThirdPathEndsTheWait() public {
        Terms memory terms = _assertLarge(0, ORDINARY);
        _mockQuorum(0, 2);
        _expectLocked(0, terms);
        _finish(0, ORDINARY, Held.Large, terms);
        _mockQuorum(0, 3);
        (Held next,) = _finish(0, ORDINARY, Held.Large, terms);
        _assertReason(next, Held.None);
    }

    /// @dev By all that is real: a third path is added, and stands behind what two have executed.
    function test_large_byVouch() public {
        address path = address(Deploy.testPath(address(chains[HUB].gateway), eidA, chains[A].name));
        chains[HUB].gateway.addPath(eidA, THIRD, path, true);
        _deposit(A, USD, trader, ORDINARY);
        vm.chainId(chains[A].id);
        chains[A].gateway.seal(chains[HUB].eid);
        _follow();
        vm.chainId(chains[HUB].id);
        _attest(A, HUB, 1);
        Entry[] memory entries = new Entry[](1);
        entries[0] = laneLogs[A][HUB].entries[0];
        uint64[] memory counts = new uint64[](1);
        counts[0] = 1;
        chains[HUB].gateway.execute(eidA, counts, entries, "", BOTH);
        (Held reason, Terms memory terms) = _lastHeld(0);
        _assertReason(reason, Held.Large);
        _expectLocked(0, terms);
        hub.finish(eidA, 0, entries[0], reason, terms);
        TestPath(path).attest(chains[A].name, _commitment(A, HUB, 1).encode());
        chains[HUB].gateway.vouch(eidA, THIRD, 1, "");
        hub.finish(eidA, 0, entries[0], reason, terms);
        assertEq(hub.balanceOf(account, USD), int256(uint256(ORDINARY)), "credited");
        _assertBacked(USD);
    }

    /// @dev Its wait is over, its room is gone.
    function test_large_thenOverTheCap() public {
        Terms memory terms = _assertLarge(0, CAP);
        _assertCredited(1, 600);
        vm.warp(terms.unlockAt);
        vm.roll(terms.unlockBlock);
        (Held reason, Terms memory next) = _finish(0, CAP, Held.Large, terms);
        _assertReason(reason, Held.OverExposure);
        _assertTerms(next, Terms(_now(), _now(), 0, Stage.Waited));
        _withdraw(A, USD, trader, 600, recipient);
        (reason, next) = _finish(0, CAP, reason, next);
        _assertReason(reason, Held.OverLimit);
        _assertTerms(next, Terms(_now(), _now() + 420, 0, Stage.Drawn));
    }

    // ── refunds ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_refund_onlyOfWhatHasNoTime() public {
        _assertCredited(0, 600);
        Terms[3] memory terms;
        terms[0] = _assertOverLimit(1, 500, 30);
        terms[1] = _assertLarge(2, LARGE);
        _pauseAsset();
        (Held reason, Terms memory paused) = _arrive(3, 100);
        _assertReason(reason, Held.AssetPaused);
        terms[2] = paused;
        vm.warp(_now() + 30 days);
        vm.roll(vm.getBlockNumber() + Deploy.LARGE_BLOCKS);
        Held[3] memory reasons = [Held.OverLimit, Held.Large, Held.AssetPaused];
        uint128[3] memory amounts = [uint128(500), LARGE, 100];
        for (uint64 i = 0; i < 3; ++i) {
            Entry memory entry = _depositOf(eidA, USD, amounts[i]);
            vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotRefundable.selector, eidA, i + 1, reasons[i]));
            hub.refund(eidA, i + 1, entry, reasons[i], terms[i]);
            (Held next,) = _finish(i + 1, amounts[i], reasons[i], terms[i]);
            if (next != Held.None) _assertReason(next, Held.OverLimit);
        }
        _assertBacked(USD);
    }

    /// @dev Where it would go is nobody.
    function test_refund_notWithoutAnAddress() public {
        Entry memory entry = _depositOf(eidA, 9, 500);
        entry.party = 0;
        (Held reason, Terms memory terms) = _arrive(0, entry);
        vm.warp(_now() + 7 days);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotRefundable.selector, eidA, 0, reason));
        hub.refund(eidA, 0, entry, reason, terms);
    }
}
