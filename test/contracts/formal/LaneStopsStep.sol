// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Halt} from "../../../contracts/interfaces/IGateway.sol";
import {Counters} from "../../../contracts/types/Counters.sol";
import {NO_END, prolongs, Stops} from "../../../contracts/types/Stops.sol";

/// @notice What stops a lane, pauses and halts together: its word in the counters, and the clock that follows it.
/// @custom:engine bmc
contract LaneStopsStep {
    /// @dev The clock has been set whenever halt or pause changed, the last time at `since`.
    function _isSound(Counters memory counters, Stops memory stops, uint40 now_) internal pure returns (bool) {
        uint40 until = counters.stoppedUntil();
        return stops.since <= now_ && stops.since <= stops.until && stops.total <= stops.since && now_ < NO_END
            && (stops.until == until || (until <= stops.since && stops.until == stops.since));
    }

    function change(Counters memory counters, Stops memory stops, uint40 now_, Counters memory next) external pure {
        require(_isSound(counters, stops, now_));
        Stops memory after_ = stops.stop(now_, next.stoppedUntil());
        // proves: whatever pauses, halts and ends of them follow each other, the clock is set to what the lane's word says
        assert(_isSound(next, after_, now_));
        // proves: none of them moves the clock
        assert(after_.clock(now_) == stops.clock(now_));
    }

    function pass(Counters memory counters, Stops memory stops, uint40 now_, uint40 later) external pure {
        require(_isSound(counters, stops, now_) && later >= now_ && later < NO_END);
        // proves: time alone changes nothing of that
        assert(_isSound(counters, stops, later));
        // proves: unlock times come nearer only while what came over the lane may take effect, or it is not open
        assert(stops.isStopped(later) == !counters.isFlowing(later) || counters.windowLimit == 0);
        // proves: while the lane is stopped its clock stands still
        assert(counters.isFlowing(later) || counters.windowLimit == 0 || stops.clock(later) == stops.clock(now_));
        // proves: while what came over the lane may take effect its clock runs with time
        assert(!counters.isFlowing(now_) || stops.clock(later) - stops.clock(now_) == later - now_);
        // reaches: the clock goes on after a stop
        assert(stops.total == 0 || stops.clock(later) == stops.clock(now_));
    }

    function halt(Counters memory counters, Halt reason, Halt other) external pure {
        Halt before = counters.halt;
        Halt first = counters.afterHalt(reason);
        // proves: a halt is the reason given or what was there, and ends no halt and hides no greater one
        assert((first == reason || first == before) && first >= before && first >= reason);
        Halt second = counters.afterHalt(other);
        counters.halt = first;
        Halt both = counters.afterHalt(other);
        // proves: a halt again changes nothing
        assert(counters.afterHalt(reason) == first);
        counters.halt = second;
        // proves: two halts leave the same whichever came first
        assert(counters.afterHalt(reason) == both);
    }

    function pause(uint64 current, uint64 until, uint40 now_) external pure {
        uint64 next = prolongs(current, until, now_) ? until : current;
        // proves: what asks for a pause shortens none
        assert(current <= now_ || next >= current || until <= now_);
        // proves: a freeze always takes
        assert(until != NO_END || next >= NO_END);
        // proves: a repeat of a pause that has an end prolongs nothing
        assert(current <= now_ || until == NO_END || next == current);
        // proves: a freeze is not undone by a pause
        assert(current != NO_END || current <= now_ || next == NO_END);
        // reaches: a pause with an end becomes one without
        assert(current <= now_ || next != NO_END || current == NO_END);
    }
}
