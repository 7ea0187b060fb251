// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held} from "../../../contracts/interfaces/IClearingHouse.sol";
import {accountOf} from "../../../contracts/types/Account.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
import {LimitedClearing} from "../mocks/LimitedClearing.sol";

/// @dev What two paths' owners can bring to accounts over one lane, however they cut, order and finish it.
contract InflowFuzz is LimitedClearing {
    uint256 internal constant STEPS = 20;

    struct Waiting {
        uint64 index;
        uint128 amount;
        Held reason;
        Terms terms;
    }

    /// @dev The bucket as plain numbers: units that are drawn and not refilled.
    struct Shadow {
        uint256 drawn;
        uint64 at;
        uint128 credited;
        uint128 authorised;
        uint128 suspense;
    }

    struct Passed {
        uint64 at;
        uint128 amount;
    }

    Waiting[] internal waiting;
    Passed[] internal passed;
    Shadow internal shadow;
    uint80 internal capacity;
    uint64 internal refill;
    uint80 internal large;
    uint128 internal cap;

    function _pick(uint256 seed, uint256 salt, uint256 size) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, salt))) % size;
    }

    function _setLimits(uint256 seed, uint64 refill_) internal {
        refill = refill_;
        capacity = uint80(100 + uint256(refill) * (1 + _pick(seed, 1, 100)));
        large = uint80(1 + _pick(seed, 2, uint256(capacity) * 2));
        cap = uint128(uint256(capacity) * (1 + _pick(seed, 3, 6)));
        hub.loosenAsset(eidA, USD, _rules(capacity, refill, large, cap));
        shadow.at = _now();
    }

    function _ordinary() internal view returns (uint256) {
        return uint256(capacity) * SHARE / 100;
    }

    /// @dev From nothing to somewhat more than the bucket, mostly near what matters.
    function _amount(uint256 seed) internal view returns (uint128) {
        uint256 kind = _pick(seed, 10, 6);
        uint256 whole = kind == 0 ? large : kind == 1 ? _ordinary() : _pick(seed, 11, capacity) / (kind * kind);
        return uint128(whole + _pick(seed, 12, 3) + (_pick(seed, 13, 12) == 0 ? capacity : 0));
    }

    // ── any window ──────────────────────────────────────────────────────────────────────────────────────────────────

    function _keep(uint64 index, uint128 amount, Held reason, Terms memory terms) internal {
        if (reason == Held.None) passed.push(Passed(_now(), amount));
        else waiting.push(Waiting(index, amount, reason, terms));
    }

    /// @dev Finishes what is due, as a keeper would who misses nothing.
    function _finishDue() internal {
        for (uint256 i = 0; i < waiting.length; ++i) {
            Waiting memory item = waiting[i];
            if (item.reason == Held.None || !_isDue(item.terms)) continue;
            (item.reason, item.terms) = _finish(item.index, item.amount, item.reason, item.terms);
            waiting[i] = item;
            if (item.reason == Held.None) passed.push(Passed(_now(), item.amount));
        }
    }

    function _isDue(Terms memory terms) internal view returns (bool) {
        return hub.clockOf(eidA, USD) >= terms.unlockAt && vm.getBlockNumber() >= terms.unlockBlock;
    }

    /// @dev To the second at which the next one is due, or `end`.
    function _nextDue(uint64 end) internal view returns (uint64 at) {
        at = end;
        for (uint256 i = 0; i < waiting.length; ++i) {
            uint64 unlockAt = waiting[i].terms.unlockAt;
            if (waiting[i].reason != Held.None && unlockAt > _now() && unlockAt < at) at = unlockAt;
        }
    }

    function _passTime(uint64 duration) internal {
        uint64 end = _now() + duration;
        while (_now() < end) {
            vm.warp(_nextDue(end));
            _finishDue();
        }
    }

    /// @dev One that is more than the bucket holds passes as a whole, when all of it but the bucket is refilled. Unlock times
    /// are whole seconds, so a window's first second counts.
    function _assertWindows() internal view {
        for (uint256 i = 0; i < passed.length; ++i) {
            uint256 sum;
            uint256 most = _ordinary();
            for (uint256 j = i; j < passed.length; ++j) {
                sum += passed[j].amount;
                if (passed[j].amount > most) most = passed[j].amount;
                uint256 window = passed[j].at - passed[i].at + 1;
                assertLe(sum, most + refill * window, "7, inwards: at most capacity + refill * window");
            }
        }
    }

    /// @dev In any order, of any size, and finished the second it may be.
    function testFuzz_inflow_anyWindowIsBounded(uint256 seed, uint64 refill_) public {
        _setLimits(seed, uint64(bound(refill_, 1, 1e12)));
        hub.loosenAsset(eidA, USD, _rules(capacity, refill, large, type(uint128).max));
        vm.roll(1);
        for (uint256 step = 0; step < STEPS; ++step) {
            uint256 own = uint256(keccak256(abi.encode(seed, "step", step)));
            uint128 amount = _amount(own);
            (Held reason, Terms memory terms) = _arrive(uint64(step), amount);
            _keep(uint64(step), amount, reason, terms);
            _passTime(uint64(_pick(own, 21, 40)));
        }
        vm.roll(1_000_000);
        _passTime(3 days);
        _assertWindows();
        _assertBacked(USD);
    }

    /// @dev However late: of what came since a moment, no more is credited than could have passed since.
    function testFuzz_inflow_lateFinishingGainsNothing(uint256 seed, uint64 refill_) public {
        _setLimits(seed, uint64(bound(refill_, 1, 1e12)));
        hub.loosenAsset(eidA, USD, _rules(capacity, refill, type(uint80).max, type(uint128).max));
        uint64 start = _now();
        for (uint256 step = 0; step < STEPS; ++step) {
            uint256 own = uint256(keccak256(abi.encode(seed, "step", step)));
            uint128 amount = _amount(own);
            (Held reason, Terms memory terms) = _arrive(uint64(step), amount);
            if (reason != Held.None) waiting.push(Waiting(uint64(step), amount, reason, terms));
            vm.warp(_now() + _pick(own, 21, 40));
            uint256 i = waiting.length == 0 ? 0 : _pick(own, 23, waiting.length);
            if (waiting.length != 0 && waiting[i].reason != Held.None && _isDue(waiting[i].terms)) {
                _finish(waiting[i].index, waiting[i].amount, waiting[i].reason, waiting[i].terms);
                waiting[i].reason = Held.None;
            }
            uint256 most = _ordinary() + uint256(refill) * (_now() - start);
            assertLe(uint256(hub.balanceOf(account, USD)), most, "credited since the start");
        }
        _assertBacked(USD);
    }

    // ── splitting ───────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev The last part has to wait as long as the whole would, and what passes at once is no more than may.
    function testFuzz_inflow_splittingGainsNothing(uint256 seed, uint64 refill_, uint128 before, uint128 whole) public {
        _setLimits(seed, uint64(bound(refill_, 1, 1e12)));
        hub.loosenAsset(eidA, USD, _rules(capacity, refill, type(uint80).max, type(uint128).max));
        (before, whole) = (uint128(bound(before, 1, uint256(capacity) * 2)), uint128(bound(whole, 10, 1e18)));
        _arrive(0, before);
        uint256 state = vm.snapshotState();
        (Held reason, Terms memory terms) = _arrive(1, whole);
        uint64 wholeAt = reason == Held.None ? _now() : terms.unlockAt;
        uint128 wholeFullAt = hub.bucketOf(eidA, USD);
        vm.revertToState(state);

        uint256 credited = uint256(hub.balanceOf(account, USD));
        uint128 left = whole;
        Entry[] memory parts = new Entry[](2 + _pick(seed, 30, 8));
        for (uint256 i = 0; i < parts.length; ++i) {
            uint128 part = i + 1 == parts.length ? left : uint128(_pick(seed, 31 + i, left + 1));
            left -= part;
            parts[i] = _depositOf(eidA, USD, part);
        }
        vm.getRecordedLogs();
        _onEntries(eidA, 1, parts);
        (reason, terms) = _lastHeld(uint64(parts.length));
        assertGe(reason == Held.None ? _now() : terms.unlockAt, wholeAt, "the last part passes no sooner");
        assertGe(hub.bucketOf(eidA, USD), wholeFullAt, "and the bucket is as empty");
        credited = uint256(hub.balanceOf(account, USD)) - credited;
        uint256 room = before < _ordinary() ? _ordinary() - before : 0;
        assertLe(credited, room, "at once passes what may");
    }

    // ── the shadow ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev What must become of a deposit, by numbers of its own: whole units, since the clock has whole seconds.
    function _expected(uint128 amount) internal returns (Held reason, Terms memory terms) {
        uint64 clock = hub.clockOf(eidA, USD);
        terms = Terms(_now(), clock, 0, Stage.Arrived);
        uint256 refilled = uint256(refill) * (clock - shadow.at);
        shadow.drawn = shadow.drawn > refilled ? shadow.drawn - refilled : 0;
        shadow.at = clock;
        shadow.credited += amount;
        shadow.suspense += amount;
        if (hub.assetPausedUntil(USD) > _now()) return (Held.AssetPaused, terms);
        if (amount >= large) {
            (terms.unlockAt, terms.unlockBlock) =
            (clock + hub.largeWait(), uint64(vm.getBlockNumber()) + hub.largeBlocks());
            terms.stage = Stage.Waited;
            return (Held.Large, terms);
        }
        uint256 owed = uint256(shadow.credited) - shadow.suspense - shadow.authorised;
        if (owed + amount > cap) return (Held.OverExposure, terms);
        shadow.drawn += amount;
        if (shadow.drawn > _ordinary()) {
            terms.unlockAt = clock + uint64((shadow.drawn - _ordinary() + refill - 1) / refill);
            terms.stage = Stage.Drawn;
            return (Held.OverLimit, terms);
        }
        shadow.suspense -= amount;
        return (Held.None, terms);
    }

    function _assertShadow() internal view {
        (uint128 credited, uint128 authorised) = hub.laneBook(eidA, USD);
        assertEq(credited, shadow.credited, "credited");
        assertEq(authorised, shadow.authorised, "authorised");
        assertEq(hub.suspense(eidA, USD), shadow.suspense, "suspense");
        uint256 ledger = uint256(credited) - authorised - shadow.suspense;
        assertLe(ledger, cap, "never more than the cap");
        assertEq(hub.totalLedger(USD), ledger, "the ledger");
        assertEq(uint256(hub.balanceOf(account, USD)), ledger, "and the account");
    }

    /// @dev A refill of a power of two is divided without a rest: then the two agree to the second.
    function testFuzz_inflow_aShadowAgrees(uint256 seed, uint8 exponent) public {
        _setLimits(seed, uint64(1) << uint8(bound(exponent, 0, 40)));
        for (uint64 step = 0; step < STEPS; ++step) {
            uint256 own = uint256(keccak256(abi.encode(seed, "step", step)));
            uint128 amount = _amount(own);
            (Held expected, Terms memory terms) = _expected(amount);
            (Held reason, Terms memory actual) = _arrive(step, amount);
            _assertReason(reason, expected);
            if (reason != Held.None) {
                _assertTerms(actual, terms);
                waiting.push(Waiting(step, amount, reason, actual));
            }
            _actInShadow(own);
            _assertShadow();
            vm.warp(_now() + _pick(own, 21, 40));
        }
        _assertBacked(USD);
    }

    function _actInShadow(uint256 seed) internal {
        uint256 action = _pick(seed, 40, 6);
        uint128 there = hub.available(eidA, USD);
        if (action == 0 && there >= MINIMUM && hub.assetPausedUntil(USD) <= _now()) {
            uint128 amount = uint128(MINIMUM + _pick(seed, 41, there - MINIMUM + 1));
            _withdraw(A, USD, trader, amount, recipient);
            shadow.authorised += amount;
        } else if (action == 1 && capacity > 200) {
            capacity = uint80(capacity - _pick(seed, 42, capacity / 2) - 1);
            hub.tightenAsset(eidA, USD, _rules(capacity, refill, large, cap));
        } else if (action == 2 && _pick(seed, 43, 4) == 0) {
            vm.prank(address(chains[HUB].pauseController));
            hub.setAssetPause(USD, _now() + 100);
        } else if (action == 3) {
            _finishDrawnInShadow();
        }
    }

    /// @dev What has drawn only asks for room.
    function _finishDrawnInShadow() internal {
        for (uint256 i = 0; i < waiting.length; ++i) {
            Waiting memory item = waiting[i];
            if (item.reason != Held.OverLimit || !_isDue(item.terms)) continue;
            uint256 owed = uint256(shadow.credited) - shadow.suspense - shadow.authorised;
            bool isPaused = hub.assetPausedUntil(USD) > _now();
            if (isPaused) _expectStillHeld(item.index, Held.AssetPaused);
            (Held next,) = _finish(item.index, item.amount, item.reason, item.terms);
            if (isPaused) return;
            _assertReason(next, owed + item.amount > cap ? Held.OverExposure : Held.None);
            if (next == Held.None) shadow.suspense -= item.amount;
            waiting[i].reason = Held.None;
            return;
        }
    }

    // ── debts ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Covering and ordinary deposits together pass no more than the whole bucket; ordinary ones leave its reserve.
    function testFuzz_inflow_debtsUseTheReserve(uint256 seed, uint64 refill_) public {
        _setLimits(seed, uint64(bound(refill_, 1, 1e12)));
        hub.loosenAsset(eidA, USD, _rules(capacity, refill, type(uint80).max, type(uint128).max));
        bytes32 debtor = accountOf(recipient, 0);
        _setBalance(debtor, -int256(uint256(capacity)) * 3);
        uint256 ordinary;
        uint256 covering;
        for (uint64 step = 0; step < STEPS; ++step) {
            uint256 own = uint256(keccak256(abi.encode(seed, "step", step)));
            Entry memory entry = _depositOf(eidA, USD, uint128(_pick(own, 50, capacity / 4) + 1));
            bool isCover = _pick(own, 51, 2) == 0;
            if (isCover) entry.account = debtor;
            (Held reason,) = _arrive(step, entry);
            if (reason != Held.None) continue;
            if (isCover) covering += entry.amount();
            else ordinary += entry.amount();
            assertLe(ordinary + covering, capacity, "the whole bucket at most");
            if (!isCover) assertLe(ordinary + covering, _ordinary(), "ordinary ones stop before");
        }
        assertLe(ordinary, _ordinary(), "the reserve is for debts");
    }
}
