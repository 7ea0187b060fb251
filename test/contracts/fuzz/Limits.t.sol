// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Test} from "forge-std/Test.sol";
import {Vm} from "forge-std/Vm.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Gcra} from "../../../contracts/libraries/Gcra.sol";
import {Levels} from "../../../contracts/libraries/Levels.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {NO_END} from "../../../contracts/types/Stops.sol";
import {NEVER, Stage, Terms} from "../../../contracts/types/Terms.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {OneVault} from "../mocks/OneVault.sol";
import {Mood} from "../mocks/Tokens.sol";

/// @dev The bucket alone, beside one of whole numbers that rounds nothing.
contract GcraFuzzTest is Test {
    using Levels for Limit;

    uint256 internal constant DRAWS = 24;
    uint64 internal constant START = 1_800_000_000;

    struct Draws {
        uint64[DRAWS] at;
        uint64[DRAWS] unlockAt;
        uint256[DRAWS] amount;
        uint256 largest;
    }

    function _random(uint256 seed, uint256 i, uint256 most) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, i))) % (most + 1);
    }

    /// @dev Most draws are a part of the capacity; some are more than it.
    function _draw(uint256 capacity, uint256 refill, uint256 seed) internal pure returns (Draws memory draws) {
        uint128 fullAt = uint128(START) << 64;
        uint64 clock = START;
        for (uint256 i = 0; i < DRAWS; ++i) {
            clock += uint64(_random(seed, 4 * i, capacity / refill / 2 + 2)) * uint64(_random(seed, 4 * i + 1, 1));
            uint256 most = _random(seed, 4 * i + 2, 7) == 0 ? capacity * 3 : capacity / 3 + 1;
            draws.at[i] = clock;
            draws.amount[i] = _random(seed, 4 * i + 3, most);
            if (draws.amount[i] > draws.largest) draws.largest = draws.amount[i];
            (fullAt, draws.unlockAt[i]) = Gcra.draw(fullAt, clock, draws.amount[i], capacity, refill);
        }
    }

    function _limits(uint256 capacity, uint256 refill) internal pure returns (uint256, uint256) {
        refill = bound(refill, 1, type(uint64).max);
        uint256 most = refill * 30 days;
        capacity = bound(capacity, 1, most < type(uint80).max ? most : type(uint80).max);
        return (capacity, refill);
    }

    /// @dev 7: in any n seconds at most the capacity, or the largest draw where that is more, and n seconds of refill.
    function testFuzz_gcra_boundsEveryWindow(uint256 capacity, uint256 refill, uint256 seed) public pure {
        (capacity, refill) = _limits(capacity, refill);
        Draws memory draws = _draw(capacity, refill, seed);
        uint256 burst = draws.largest > capacity ? draws.largest : capacity;
        for (uint256 first = 0; first < DRAWS; ++first) {
            uint256 unlocked;
            for (uint256 i = 0; i < DRAWS; ++i) {
                if (draws.unlockAt[i] < draws.unlockAt[first]) continue;
                unlocked += draws.amount[i];
                uint256 n = draws.unlockAt[i] - draws.unlockAt[first] + 1;
                assertLe(unlocked, burst + refill * n, "7: what unlocks in a window");
            }
        }
    }

    /// @dev Whatever their size: of what is drawn from a moment on, at most the capacity and the refill since then.
    function testFuzz_gcra_boundsWhatIsDrawnFromAnyMomentOn(uint256 capacity, uint256 refill, uint256 seed)
        public
        pure
    {
        (capacity, refill) = _limits(capacity, refill);
        Draws memory draws = _draw(capacity, refill, seed);
        for (uint256 first = 0; first < DRAWS; ++first) {
            uint256 unlocked;
            for (uint256 i = first; i < DRAWS; ++i) {
                unlocked += draws.amount[i];
                uint256 elapsed = draws.unlockAt[i] - draws.at[first];
                assertLe(unlocked, capacity + refill * elapsed, "7: what unlocks from a moment on");
            }
        }
    }

    /// @dev The first second at which whole numbers say so, or the one after it: never sooner.
    function testFuzz_gcra_unlocksAtTheSecondOrOneLater(uint256 capacity, uint256 refill, uint256 seed) public pure {
        (capacity, refill) = _limits(capacity, refill);
        Draws memory draws = _draw(capacity, refill, seed);
        uint256 drawn;
        uint64 before = START;
        for (uint256 i = 0; i < DRAWS; ++i) {
            uint256 refilled = refill * (draws.at[i] - before);
            drawn = (drawn > refilled ? drawn - refilled : 0) + draws.amount[i];
            before = draws.at[i];
            uint256 wait = drawn > capacity ? (drawn - capacity + refill - 1) / refill : 0;
            assertGe(draws.unlockAt[i], draws.at[i] + wait, "not sooner");
            assertLe(draws.unlockAt[i], draws.at[i] + wait + 1, "a rounding later at most");
        }
    }

    function testFuzz_gcra_laterDrawsNeverUnlockSooner(uint256 capacity, uint256 refill, uint256 seed) public pure {
        (capacity, refill) = _limits(capacity, refill);
        Draws memory draws = _draw(capacity, refill, seed);
        for (uint256 i = 1; i < DRAWS; ++i) {
            assertGe(draws.unlockAt[i], draws.unlockAt[i - 1], "in the order in which they drew");
        }
    }

    /// @dev Split or not, the bucket is never left fuller: each part rounds up.
    function testFuzz_gcra_splittingNeverUnlocksTheLastPartSooner(
        uint256 capacity,
        uint256 refill,
        uint256 seed,
        uint256 parts
    ) public pure {
        (capacity, refill) = _limits(capacity, refill);
        parts = bound(parts, 1, 12);
        uint128 whole;
        uint128 split;
        uint256 total;
        uint64 lastAt;
        for (uint256 i = 0; i < parts; ++i) {
            uint256 part = _random(seed, i, capacity * 2);
            total += part;
            (split, lastAt) = Gcra.draw(split, START, part, capacity, refill);
        }
        uint64 wholeAt;
        (whole, wholeAt) = Gcra.draw(whole, START, total, capacity, refill);
        assertGe(split, whole, "not fuller");
        assertGe(lastAt, wholeAt, "not sooner");
        assertLe(lastAt, wholeAt + 1, "a rounding later at most");
    }

    /// @dev Below the end of time nothing overflows, and no time is the one that says "vetoed".
    function testFuzz_gcra_isTotal(uint128 fullAt, uint64 clock, uint128 amount, Limit memory limit) public pure {
        fullAt = uint128(bound(fullAt, 0, Gcra.LAST));
        clock = uint64(bound(clock, 0, type(uint64).max >> 1));
        limit.refill = uint64(bound(limit.refill, 1, type(uint64).max));
        limit.share = uint8(bound(limit.share, 1, 100));
        (uint128 next, uint64 unlockAt) = limit.draw(fullAt, clock, amount);
        assertGe(next, fullAt, "it draws");
        assertGe(unlockAt, clock, "a time to come");
        assertLt(unlockAt, NEVER, "which is a time");
        (uint256 wideNext, uint256 wideUnlockAt) = limit.wideDrawShare(fullAt, clock, amount);
        (next, unlockAt) = (uint128(wideNext), uint64(wideUnlockAt));
        assertGe(next, fullAt, "it draws");
        assertGe(unlockAt, clock, "a time to come");
        assertLt(unlockAt, NEVER, "which is a time");
    }

    /// @dev A slower refill: what is short stays short, in units.
    function testFuzz_slowDown_keepsWhatWasDrawn(uint256 drawn, uint256 refill, uint256 slower) public pure {
        refill = bound(refill, 1, type(uint64).max);
        slower = bound(slower, 1, refill);
        drawn = bound(drawn, 0, slower * 1000 days);
        (uint128 fullAt,) = Gcra.draw(0, START, drawn, 1, refill);
        uint128 later = Gcra.slowDown(fullAt, START, refill, slower);
        assertGe(later, fullAt, "later");
        uint256 short = uint256(later - (uint128(START) << 64)) * slower;
        assertGe(short, drawn << 64, "not less than was drawn");
        assertLe(short, (drawn << 64) + refill + slower, "and two roundings more at most");
    }
}

/// @dev A total that leaves a vault in parts, over any accounts, below and above the large level, each tried again as soon as it
/// may be.
contract SplittingFuzzTest is OneVault {
    uint256 internal constant MAX_PARTS = 8;

    struct Waiting {
        uint64 index;
        Entry entry;
        Terms terms;
    }

    uint64 internal start;
    Limit internal limit;
    uint256 internal pending;
    Waiting[MAX_PARTS] internal waiting;

    function _set(uint256 capacity, uint256 refill, uint256 large, uint256 share, bool hasThirdPath) internal {
        refill = bound(refill, 1, 1e6);
        capacity = bound(capacity, 10, refill * 1 days);
        // From "all are large" to "none is".
        large = bound(large, 1, capacity * 8);
        limit = Limit(uint80(capacity), uint64(refill), uint80(large), uint8(bound(share, 1, 100)));
        _limitTo(limit.capacity, limit.refill, limit.large, limit.share);
        uint256 quorum = hasThirdPath ? 3 : 2;
        vm.mockCall(address(gateway), abi.encodeWithSelector(IGateway.quorum.selector), abi.encode(quorum));
        fickle.mint(trader, 1e15);
        _depositAs(trader, FICKLE, 1e15);
        start = _now();
    }

    /// @dev What an event says of a park.
    function _read() internal {
        Vm.Log[] memory seen = vm.getRecordedLogs();
        for (uint256 i = 0; i < seen.length; ++i) {
            if (seen[i].topics[0] != ICollateralVault.ReleaseParked.selector) continue;
            (Entry memory entry, Terms memory terms,) = abi.decode(seen[i].data, (Entry, Terms, address));
            waiting[pending++] = Waiting(uint64(uint256(seen[i].topics[2])), entry, terms);
        }
    }

    /// @dev On to the first that may be tried, and tries it.
    function _tryNext() internal {
        uint256 next;
        for (uint256 i = 1; i < pending; ++i) {
            if (waiting[i].terms.unlockAt < waiting[next].terms.unlockAt) next = i;
        }
        Waiting memory it = waiting[next];
        waiting[next] = waiting[--pending];
        if (it.terms.unlockAt > _now()) vm.warp(it.terms.unlockAt);
        if (it.terms.unlockBlock > vm.getBlockNumber()) vm.roll(it.terms.unlockBlock);
        _retry(it.index, it.entry, it.terms);
        _read();
    }

    function _assertBounded() internal view returns (uint256 paid) {
        paid = fickle.balanceOf(recipient);
        assertLe(paid, limit.capacity + uint256(limit.refill) * (_now() - start), "7: paid since the bucket was full");
    }

    /// @dev Splitting gains nothing over the bucket: however a total is split, and whoever vouches, at any time no more is
    /// paid than the full bucket held and its refill since then. So the last part is never paid sooner than the bucket alone,
    /// asked for the total in one draw, would let it: what no wait and no share holds back at all.
    function testFuzz_splitting_gainsNothing(
        uint256 capacity,
        uint256 refill,
        uint256 large,
        uint256 share,
        bool hasThirdPath,
        uint256 parts,
        uint256 seed
    ) public {
        _set(capacity, refill, large, share, hasThirdPath);
        parts = bound(parts, 1, MAX_PARTS);
        Entry[] memory entries = new Entry[](parts);
        uint256 total;
        for (uint256 i = 0; i < parts; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            uint128 part = uint128(1 + random % (limit.capacity * 2));
            entries[i] = _releaseFor(address(uint160(1000 + (random >> 128) % parts)), part, recipient);
            total += part;
        }
        (, uint64 wholeAt) = Gcra.draw(uint128(start) << 64, start, total, limit.capacity, limit.refill);
        vm.getRecordedLogs();
        _onEntries(hubEid, 0, entries);
        _read();
        _assertBounded();
        while (pending != 0) {
            _tryNext();
            _assertBounded();
        }
        assertEq(_assertBounded(), total, "all of it is paid in the end");
        assertGe(_now(), wholeAt, "the last part not sooner than the bucket lets the whole");
        (, uint128 queued) = vault.bucketOf(FICKLE);
        assertEq(queued, 0, "nothing is set aside");
    }

    /// @dev Across the large level: what two paths alone brought and is not large draws from the bucket; what is large waits its
    /// day and blocks first, in however many parts.
    function testFuzz_splitting_noLargePartIsPaidBeforeItsWait(uint256 large, uint256 parts, uint256 seed) public {
        _set(1e6, 100, large, 100, false);
        uint256 firstBlock = vm.getBlockNumber();
        parts = bound(parts, 1, MAX_PARTS);
        Entry[] memory entries = new Entry[](parts);
        uint256 small;
        for (uint256 i = 0; i < parts; ++i) {
            uint128 part = uint128(1 + uint256(keccak256(abi.encode(seed, i))) % (limit.capacity * 2));
            entries[i] = _releaseFor(address(uint160(1000 + i)), part, recipient);
            if (part < limit.large) small += part;
        }
        vm.getRecordedLogs();
        _onEntries(hubEid, 0, entries);
        _read();
        while (true) {
            bool hasWaited =
                _now() >= start + Deploy.LARGE_WAIT && vm.getBlockNumber() >= firstBlock + Deploy.LARGE_BLOCKS;
            if (!hasWaited) assertLe(fickle.balanceOf(recipient), small, "6: nothing large before its wait");
            if (pending == 0) break;
            _tryNext();
        }
    }

    /// @dev Whatever comes, under whatever limit: nothing reverts, and what waits has a time.
    function testFuzz_onEntries_isTotalUnderAnyLimit(
        Limit memory any,
        uint128[6] memory amounts,
        bytes32 sender,
        uint8 quorum,
        bool isRefused
    ) public {
        any.refill = uint64(bound(any.refill, 1, type(uint64).max));
        uint256 most = uint256(any.refill) * 30 days;
        any.capacity = uint80(bound(any.capacity, 1, most < type(uint80).max ? most : type(uint80).max));
        any.large = uint80(bound(any.large, 1, type(uint80).max));
        any.share = uint8(bound(any.share, 1, 100));
        _limitTo(any.capacity, any.refill, any.large, any.share);
        fickle.mint(trader, type(uint128).max);
        _depositAs(trader, FICKLE, type(uint128).max);
        vm.mockCall(address(gateway), abi.encodeWithSelector(IGateway.quorum.selector), abi.encode(quorum));
        if (isRefused) fickle.setMood(Mood.Reverts);
        Entry[] memory entries = new Entry[](6);
        for (uint256 i = 0; i < 6; ++i) {
            entries[i] = _releaseOf(FICKLE, amounts[i] >> (16 * i), recipient);
            entries[i].account = i % 2 == 0 ? sender : account;
        }
        vm.getRecordedLogs();
        _onEntries(hubEid, 0, entries);
        uint256 aside;
        Vm.Log[] memory seen = vm.getRecordedLogs();
        for (uint256 i = 0; i < seen.length; ++i) {
            if (seen[i].topics[0] != ICollateralVault.ReleaseParked.selector) continue;
            (Entry memory entry, Terms memory terms,) = abi.decode(seen[i].data, (Entry, Terms, address));
            assertGe(terms.unlockAt, _now(), "a time to come");
            assertLt(terms.unlockAt, NEVER, "which is a time");
            if (terms.stage != Stage.Unbacked) aside += entry.amount();
        }
        (uint128 deposited, uint128 released) = vault.book(FICKLE);
        (, uint128 queued) = vault.bucketOf(FICKLE);
        assertEq(queued, aside, "what may be paid is set aside");
        assertLe(uint256(released) + queued, deposited, "and is there");
    }
}

/// @dev Lane and asset are stopped and go on, in any order and at once.
contract ClocksFuzzTest is OneVault {
    uint64 internal laneClock;
    uint64 internal assetClock;
    uint64 internal at;

    function _isLaneStopped() internal view returns (bool) {
        return !gateway.isFlowing(hubEid);
    }

    function _isAssetStopped() internal view returns (bool) {
        return vault.assetPausedUntil(FICKLE) > _now();
    }

    /// @dev One of what stops and starts them.
    function _act(uint256 action, uint64 length) internal {
        address controller = address(chains[A].pauseController);
        uint64 until = length % 5 == 0 ? NO_END : _now() + length;
        if (action == 0) {
            vm.prank(controller);
            gateway.setPause(hubEid, Direction.In, until);
        } else if (action == 1) {
            _resume(Direction.In);
        } else if (action == 2) {
            vm.prank(controller);
            vault.setAssetPause(FICKLE, until);
        } else if (action == 3) {
            _resumeAsset(FICKLE);
        } else if (action == 4) {
            _haltByContradiction();
        } else if (gateway.haltOf(hubEid) != Halt.None) {
            _liftHalt();
        }
    }

    function _check(bool wasLaneStopped, bool wasAssetStopped) internal {
        uint64 lane = gateway.clock(hubEid);
        uint64 asset = vault.clockOf(FICKLE);
        assertGe(lane, laneClock, "the lane's clock never runs back");
        assertGe(asset, assetClock, "the asset's neither");
        assertLe(lane - laneClock, _now() - at, "nor faster than time");
        assertLe(asset - assetClock, lane - laneClock, "and an asset's not faster than its lane's");
        // Where it was stopped before and is still, by something that has not ended meanwhile.
        if (wasLaneStopped && _isLaneStopped()) assertEq(lane, laneClock, "it stands still while the lane does");
        if (wasAssetStopped && _isAssetStopped()) assertEq(asset, assetClock, "it stands still while the asset does");
        (laneClock, assetClock, at) = (lane, asset, _now());
    }

    function testFuzz_clocks_neverRunBack(uint8[24] memory actions, uint32[24] memory lengths, uint32[24] memory spans)
        public
    {
        (laneClock, assetClock, at) = (gateway.clock(hubEid), vault.clockOf(FICKLE), _now());
        for (uint256 i = 0; i < actions.length; ++i) {
            _act(actions[i] % 6, lengths[i] % 3 days);
            _check(false, false);
            (bool wasLaneStopped, bool wasAssetStopped) = (_isLaneStopped(), _isAssetStopped());
            vm.warp(_now() + spans[i] % 2 days);
            _check(wasLaneStopped, wasAssetStopped);
        }
    }

    /// @dev Where nothing overlaps, not a second is lost.
    function testFuzz_clocks_loseOnlyWhatWasStopped(uint32 lane, uint32 asset, uint32 between) public {
        (uint64 start, uint64 before) = (vault.clockOf(FICKLE), _now());
        // Not a multiple of five, which would be without an end.
        (uint64 first, uint64 second) = (1 + 5 * uint64(lane), 1 + 5 * uint64(asset));
        _act(0, first);
        vm.warp(_now() + first + between);
        _act(2, second);
        vm.warp(_now() + second + between);
        uint64 stopped = first + second;
        assertEq(vault.clockOf(FICKLE), start + (_now() - before) - stopped, "to the second");
    }
}
