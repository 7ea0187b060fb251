// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {NO_END} from "../../../contracts/types/Stops.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {LimitedClearing} from "../mocks/LimitedClearing.sol";

/// @dev An asset's rules on a lane: set at listing, stricter at once, looser by another function; and their ramp.
contract ClearingRulesTest is LimitedClearing {
    uint16 internal constant FRESH = 9;

    function _assertRules(uint16 asset, IClearingHouse.LaneRules memory expected) internal view {
        assertEq(abi.encode(hub.rulesOf(eidA, asset)), abi.encode(expected), "the rules");
    }

    function _invalid() internal view returns (IClearingHouse.LaneRules[] memory bad) {
        bad = new IClearingHouse.LaneRules[](7);
        for (uint256 i = 0; i < bad.length; ++i) {
            bad[i] = _laneRules();
        }
        bad[0].cap = 0;
        bad[1].limit.capacity = 0;
        bad[2].limit.refill = 0;
        bad[3].limit.large = 0;
        bad[4].limit.share = 0;
        bad[5].limit.share = 101;
        // It would take more than 30 days to fill.
        bad[6].limit.capacity = REFILL * 30 days + 1;
    }

    // ── listing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_constructor_revertsWithoutAWait() public {
        bytes memory code = vm.getCode("ClearingHouse.sol:ClearingHouse");
        for (uint64 i = 0; i < 2; ++i) {
            address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
            vm.mockCall(address(chains[HUB].gateway), abi.encodeWithSignature("app()"), abi.encode(next));
            vm.expectRevert(IClearingHouse.LargeWaitZero.selector);
            Deploy.create(abi.encodePacked(code, abi.encode(chains[HUB].gateway, i, 1 - i, chains[HUB].manager)));
        }
        assertEq(hub.largeWait(), Deploy.LARGE_WAIT, "seconds");
        assertEq(hub.largeBlocks(), Deploy.LARGE_BLOCKS, "blocks");
    }

    function test_listAsset_setsRules() public {
        IClearingHouse.LaneRules memory rules = _rules(REFILL * 30 days, REFILL, 1, 1);
        rules.limit.share = 100;
        vm.expectEmit(address(hub));
        emit IClearingHouse.AssetListed(eidA, FRESH, 6);
        vm.expectEmit(address(hub));
        emit IClearingHouse.LaneRulesSet(eidA, FRESH, rules);
        hub.listAsset(eidA, FRESH, 6, rules);
        _assertRules(FRESH, rules);
        assertEq(hub.bucketOf(eidA, FRESH), uint128(_now()) << 64, "its bucket is full");
    }

    function test_listAsset_revertsForBadRules() public {
        IClearingHouse.LaneRules[] memory bad = _invalid();
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IClearingHouse.LaneLimitInvalid.selector, eidA, FRESH));
            hub.listAsset(eidA, FRESH, 6, bad[i]);
        }
        bad[0].minWithdrawal = 0;
        vm.expectRevert(IClearingHouse.MinimumZero.selector);
        hub.listAsset(eidA, FRESH, 6, bad[0]);
    }

    // ── tightening ──────────────────────────────────────────────────────────────────────────────────────────────────

    function test_tightenAsset_eachFieldAlone() public {
        for (uint256 i = 0; i < 6; ++i) {
            IClearingHouse.LaneRules memory rules = hub.rulesOf(eidA, USD);
            if (i == 0) rules.minWithdrawal += 1;
            if (i == 1) rules.cap -= 1;
            if (i == 2) rules.limit.capacity -= 1;
            if (i == 3) rules.limit.refill -= 1;
            if (i == 4) rules.limit.large -= 1;
            if (i == 5) rules.limit.share -= 1;
            vm.expectEmit(address(hub));
            emit IClearingHouse.LaneRulesSet(eidA, USD, rules);
            hub.tightenAsset(eidA, USD, rules);
            _assertRules(USD, rules);
        }
    }

    /// @dev Looser in one thing is not stricter, whatever else it is.
    function test_tightenAsset_revertsUnlessStricter() public {
        bytes memory notTighter = abi.encodeWithSelector(IClearingHouse.LaneRulesNotTighter.selector, eidA, USD);
        for (uint256 i = 0; i < 13; ++i) {
            IClearingHouse.LaneRules memory rules = _laneRules();
            // The second time with all else stricter.
            if (i > 6) {
                rules = _rules(CAPACITY - 1, REFILL - 1, LARGE - 1, CAP - 1);
                rules.minWithdrawal += 1;
                rules.limit.share -= 1;
            }
            if (i == 1 || i == 7) rules.minWithdrawal = uint64(MINIMUM) - 1;
            if (i == 2 || i == 8) rules.cap = CAP + 1;
            if (i == 3 || i == 9) rules.limit.capacity = CAPACITY + 1;
            if (i == 4 || i == 10) rules.limit.refill = REFILL + 1;
            if (i == 5 || i == 11) rules.limit.large = LARGE + 1;
            if (i == 6 || i == 12) rules.limit.share = SHARE + 1;
            vm.expectRevert(notTighter);
            hub.tightenAsset(eidA, USD, rules);
        }
        _assertRules(USD, _laneRules());
    }

    function test_tightenAsset_revertsForBadRules() public {
        IClearingHouse.LaneRules[] memory bad = _invalid();
        for (uint256 i = 0; i < 5; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IClearingHouse.LaneLimitInvalid.selector, eidA, USD));
            hub.tightenAsset(eidA, USD, bad[i]);
        }
        // Less refill makes it too slow.
        IClearingHouse.LaneRules memory slow = _rules(REFILL * 30 days, REFILL, LARGE, CAP);
        hub.loosenAsset(eidA, USD, slow);
        slow.limit.refill -= 1;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.LaneLimitInvalid.selector, eidA, USD));
        hub.tightenAsset(eidA, USD, slow);
    }

    function test_rules_revertWhereNotListed() public {
        bytes memory unlisted = abi.encodeWithSelector(IClearingHouse.AssetNotOnLane.selector, eidA, FRESH);
        IClearingHouse.LaneRules memory none;
        vm.expectRevert(unlisted);
        hub.tightenAsset(eidA, FRESH, none);
        vm.expectRevert(unlisted);
        hub.tightenAsset(eidA, FRESH, _laneRules());
        vm.expectRevert(unlisted);
        hub.loosenAsset(eidA, FRESH, _laneRules());
    }

    function test_rules_revertForOthers() public {
        bytes memory unauthorized = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, trader);
        vm.startPrank(trader);
        vm.expectRevert(unauthorized);
        hub.listAsset(eidA, FRESH, 6, _laneRules());
        vm.expectRevert(unauthorized);
        hub.tightenAsset(eidA, USD, _laneRules());
        vm.expectRevert(unauthorized);
        hub.loosenAsset(eidA, USD, _laneRules());
        vm.stopPrank();
    }

    function test_tightenAsset_keepsUnlockTimes() public {
        _arrive(0, 600);
        (Held reason, Terms memory terms) = _arrive(1, 500);
        hub.tightenAsset(eidA, USD, _rules(100, 1, 50, CAP));
        vm.warp(terms.unlockAt);
        (reason,) = _finish(1, 500, reason, terms);
        _assertReason(reason, Held.None);
    }

    /// @dev The bucket counts in seconds of refill: less of it must not give back what was drawn.
    function test_tightenAsset_keepsWhatWasDrawn() public {
        _arrive(0, 600);
        _arrive(1, 200);
        hub.tightenAsset(eidA, USD, _rules(CAPACITY, 1, LARGE, CAP));
        (Held reason, Terms memory terms) = _arrive(2, 5);
        _assertReason(reason, Held.OverLimit);
        _assertTerms(terms, Terms(_now(), _now() + 5, 0, Stage.Drawn));
        vm.warp(_now() + 5 + 100);
        (reason,) = _arrive(3, 100);
        _assertReason(reason, Held.None);
        (reason,) = _arrive(4, 1);
        _assertReason(reason, Held.OverLimit);
    }

    /// @dev As much as could pass before it, to the unit, for any refill.
    function testFuzz_tightenAsset_givesNothingBack(uint64 refill, uint64 less, uint80 capacity, uint128 drawn) public {
        refill = uint64(bound(refill, 2, type(uint64).max));
        less = uint64(bound(less, 1, refill - 1));
        uint256 most = uint256(less) * 30 days;
        capacity = uint80(bound(capacity, 2, most < type(uint80).max ? most : type(uint80).max));
        drawn = uint128(bound(drawn, 1, capacity));
        IClearingHouse.LaneRules memory rules = _rules(capacity, refill, type(uint80).max, type(uint128).max);
        rules.limit.share = 100;
        hub.loosenAsset(eidA, USD, rules);
        _arrive(0, drawn);
        rules.limit.refill = less;
        hub.tightenAsset(eidA, USD, rules);
        (Held reason,) = _arrive(1, capacity - drawn + 1);
        _assertReason(reason, Held.OverLimit);
    }

    // ── loosening ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_loosenAsset_fillsTheBucket() public {
        _arrive(0, 600);
        (Held reason,) = _arrive(1, 500);
        _assertReason(reason, Held.OverLimit);
        IClearingHouse.LaneRules memory rules = _rules(2000, 20, 1500, 9000);
        vm.expectEmit(address(hub));
        emit IClearingHouse.LaneRulesSet(eidA, USD, rules);
        hub.loosenAsset(eidA, USD, rules);
        _assertRules(USD, rules);
        assertEq(hub.bucketOf(eidA, USD), uint128(_now()) << 64, "what was drawn is forgotten");
        (reason,) = _arrive(2, 1499);
        _assertReason(reason, Held.None);
    }

    function test_loosenAsset_revertsForBadRules() public {
        IClearingHouse.LaneRules[] memory bad = _invalid();
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IClearingHouse.LaneLimitInvalid.selector, eidA, USD));
            hub.loosenAsset(eidA, USD, bad[i]);
        }
        bad[0].minWithdrawal = 0;
        vm.expectRevert(IClearingHouse.MinimumZero.selector);
        hub.loosenAsset(eidA, USD, bad[0]);
    }

    // ── the ramp ────────────────────────────────────────────────────────────────────────────────────────────────────

    function _assertNow(uint128 cap, uint80 capacity, uint80 large) internal view {
        (uint128 capNow, Limit memory limit) = hub.limitsNow(eidA, FRESH);
        assertEq(capNow, cap, "cap");
        assertEq(limit.capacity, capacity, "capacity");
        assertEq(limit.large, large, "large");
        assertEq(limit.refill, REFILL, "the refill is whole from the start");
        assertEq(limit.share, SHARE, "and so is the share");
    }

    function test_ramp_fromATenthOverThirtyDays() public {
        uint64 listedAt = _now();
        hub.listAsset(eidA, FRESH, 6, _laneRules());
        _assertNow(500, 100, 70);
        vm.warp(listedAt + 15 days);
        _assertNow(2750, 550, 385);
        vm.warp(listedAt + 30 days - 1);
        _assertNow(4999, 999, 699);
        vm.warp(listedAt + 30 days);
        _assertNow(CAP, CAPACITY, LARGE);
        vm.warp(listedAt + 300 days);
        _assertNow(CAP, CAPACITY, LARGE);
    }

    function _assertOnTheDay(uint128 ordinary, uint128 large, uint128 cap) internal {
        uint256 state = vm.snapshotState();
        (Held reason,) = _arrive(0, _depositOf(eidA, FRESH, large));
        _assertReason(reason, Held.Large);
        uint128 half = ordinary / 2;
        (reason,) = _arrive(1, _depositOf(eidA, FRESH, half));
        _assertReason(reason, Held.None);
        (reason,) = _arrive(2, _depositOf(eidA, FRESH, ordinary - half));
        _assertReason(reason, Held.None);
        (reason,) = _arrive(3, _depositOf(eidA, FRESH, 1));
        _assertReason(reason, Held.OverLimit);
        vm.mockCall(address(chains[HUB].gateway), abi.encodeWithSignature("quorum(uint32,uint64)"), abi.encode(3));
        (reason,) = _arrive(4, _depositOf(eidA, FRESH, cap - ordinary + 1));
        _assertReason(reason, Held.OverExposure);
        (reason,) = _arrive(5, _depositOf(eidA, FRESH, cap - ordinary));
        _assertReason(reason, Held.OverLimit);
        vm.clearMockedCalls();
        vm.revertToState(state);
    }

    function test_ramp_isMetByDeposits() public {
        uint64 listedAt = _now();
        hub.listAsset(eidA, FRESH, 6, _laneRules());
        _assertOnTheDay(80, 70, 500);
        vm.warp(listedAt + 15 days);
        _assertOnTheDay(440, 385, 2750);
        vm.warp(listedAt + 30 days);
        _assertOnTheDay(ORDINARY, LARGE, CAP);
    }

    /// @dev It starts once: neither way of setting rules starts it again, or ends it.
    function test_ramp_goesOnUnderNewRules() public {
        uint64 listedAt = _now();
        hub.listAsset(eidA, FRESH, 6, _laneRules());
        vm.warp(listedAt + 15 days);
        hub.tightenAsset(eidA, FRESH, _rules(500, REFILL, LARGE, CAP));
        _assertNow(2750, 275, 385);
        hub.loosenAsset(eidA, FRESH, _laneRules());
        _assertNow(2750, 550, 385);
    }

    /// @dev Nobody waits out a new lane's first days while it is stopped.
    function test_ramp_standsStillWhileTheLaneDoes() public {
        uint64 listedAt = _now();
        hub.listAsset(eidA, FRESH, 6, _laneRules());
        vm.warp(listedAt + 15 days);
        vm.startPrank(address(chains[HUB].pauseController));
        chains[HUB].gateway.setPause(eidA, Direction.In, NO_END);
        vm.warp(listedAt + 100 days);
        _assertNow(2750, 550, 385);
        chains[HUB].gateway.setPause(eidA, Direction.In, 0);
        hub.setAssetPause(FRESH, NO_END);
        vm.warp(listedAt + 200 days);
        _assertNow(2750, 550, 385);
        hub.setAssetPause(FRESH, 0);
        vm.warp(listedAt + 215 days);
        _assertNow(CAP, CAPACITY, LARGE);
    }

    /// @dev Nor before it is open.
    function test_listAsset_revertsWhereNoLaneIsOpen() public {
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9999));
        hub.listAsset(9999, FRESH, 6, _laneRules());
    }

    /// @dev Where nothing is listed, nothing rises.
    function test_ramp_ofWhatIsNotListed() public view {
        (uint128 cap, Limit memory limit) = hub.limitsNow(eidA, FRESH);
        assertEq(cap, 0, "no cap");
        assertEq(limit.capacity, 0, "no bucket");
    }
}
