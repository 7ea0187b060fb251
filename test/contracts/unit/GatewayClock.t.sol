// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Halt} from "../../../contracts/interfaces/IGateway.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {StoppedLane} from "../mocks/StoppedLane.sol";

/// @dev A lane's clock, on which unlock times are told: it stands still while nothing may be paid.
contract GatewayClockTest is StoppedLane {
    function _clock() internal view returns (uint64) {
        return dst.clock(SRC);
    }

    function test_clock_isTheTimeOfALaneThatNeverStopped() public {
        assertEq(_clock(), start, "Unix seconds");
        vm.warp(start + 1234);
        assertEq(_clock(), start + 1234, "and runs");
    }

    function test_clock_standsStillWhilePausedIn() public {
        _pauseIn(start + 100);
        vm.warp(start + 60);
        assertEq(_clock(), start, "still");
        vm.warp(start + 130);
        assertEq(_clock(), start + 30, "runs from the pause's end on, though nobody has ended it");
        _pauseOut(start + 1000);
        vm.warp(start + 150);
        assertEq(_clock(), start + 50, "what leaves has no part in it");
    }

    function test_clock_standsStillWhileHalted() public {
        vm.warp(start + 10);
        _contradictEachOther();
        vm.warp(start + 1010);
        assertEq(_clock(), start + 10, "still");
        _liftHalt();
        vm.warp(start + 1015);
        assertEq(_clock(), start + 15, "and goes on from there");
    }

    function test_clock_overlapsCountOnce() public {
        _pauseIn(start + 100);
        vm.warp(start + 50);
        _contradictEachOther();
        vm.warp(start + 300);
        assertEq(_clock(), start, "the pause is over, the halt is not");
        _pauseIn(start + 400);
        _liftHalt();
        vm.warp(start + 350);
        assertEq(_clock(), start, "the halt is over, the second pause is not");
        vm.warp(start + 410);
        assertEq(_clock(), start + 10, "ten seconds in all");
    }

    function test_clock_aPauseThatIsEndedEarly() public {
        _pauseIn(start + 100);
        vm.warp(start + 30);
        _pauseIn(0);
        vm.warp(start + 50);
        assertEq(_clock(), start + 20, "thirty seconds were stopped, not a hundred");
    }

    function test_clock_quarantineAndClosing() public {
        _attest(0, _commitment(7, JUNK));
        _quarantine(0, 7, JUNK);
        vm.warp(start + 500);
        _liftQuarantine(0, 7);
        vm.warp(start + 600);
        assertEq(_clock(), start, "the pause stays");
        _pauseIn(0);
        vm.warp(start + 601);
        assertEq(_clock(), start + 1, "until it is ended");
        dst.closeLane(SRC);
        vm.warp(start + 10_000 days);
        assertEq(_clock(), start + 1, "a closed lane's never runs again");
    }

    /// @dev Anything in any order, with any time between, against a model that counts seconds: the clock never runs while it
    /// is stopped, never back, never faster than time.
    function testFuzz_clock_countsTheSecondsThatFlow(uint256 seed) public {
        uint256 flowed;
        for (uint256 step = 0; step < 24; ++step) {
            uint256 random = uint256(keccak256(abi.encode(seed, step)));
            _act(random % 7, random >> 16);
            uint64 at_ = _now();
            uint64 before = _clock();
            uint64 pausedUntil = dst.pausedUntil(SRC, Direction.In);
            bool isHalted = dst.haltOf(SRC) != Halt.None;
            uint64 next = at_ + uint64((random >> 128) % 300);
            vm.warp(next);
            uint64 from = pausedUntil > at_ ? pausedUntil : at_;
            if (!isHalted && next > from) flowed += next - from;
            assertEq(_clock(), start + flowed, "the seconds that flowed");
            assertGe(_clock(), before, "never back");
            assertLe(_clock() - before, next - at_, "never faster");
        }
    }

    function _act(uint256 what, uint256 random) internal {
        uint64 until = _now() + uint64(random % 400);
        if (what == 0 || what == 1) {
            if (dst.quarantined(SRC) == 0) _pauseIn(until);
        } else if (what == 2) {
            if (dst.quarantined(SRC) == 0) _pauseIn(0);
        } else if (what == 3) {
            _reportFalseReturn();
        } else if (what == 4) {
            if (dst.haltOf(SRC) != Halt.None && dst.quarantined(SRC) == 0) _liftHalt();
        } else if (what == 5) {
            uint64 count = uint64(1 + random % 5);
            _attest(0, _commitment(count, JUNK));
            if (!dst.isQuarantined(SRC, 0, count)) _quarantine(0, count, JUNK);
        } else {
            for (uint64 count = 1; count < 6; ++count) {
                if (dst.isQuarantined(SRC, 0, count)) _liftQuarantine(0, count);
            }
        }
    }
}
