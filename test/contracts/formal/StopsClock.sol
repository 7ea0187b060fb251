// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Stops} from "../../../contracts/types/Stops.sol";

/// @notice The clock of something that is stopped, prolonged, cut short and let go in any order.
/// @custom:engine chc
contract StopsClock {
    Stops internal _stops;
    uint40 internal _now;

    function pass(uint40 seconds_) external {
        uint40 before = _stops.clock(_now);
        bool wasStopped = _stops.isStopped(_now);
        _now += seconds_;
        uint40 clock = _stops.clock(_now);
        // proves: the clock never runs back, and never faster than time
        assert(clock >= before && clock - before <= seconds_);
        // proves: the clock stands still while it is stopped
        assert(!_stops.isStopped(_now) || clock == before);
        // proves: the clock runs with time while it is not stopped
        assert(wasStopped || clock - before == seconds_);
    }

    function stop(uint40 until) external {
        uint40 before = _stops.clock(_now);
        _stops = _stops.stop(_now, until);
        // proves: a stop, longer or shorter or none, moves the clock neither on nor back
        assert(_stops.clock(_now) == before);
        // proves: a stop lasts until the time that was asked for, and not at all if that is past
        assert(_stops.isStopped(_now) == (until > _now));
    }

    function check() external view {
        // proves: no more seconds were stopped than have passed
        assert(_stops.total <= _now);
        // reaches: it was stopped twice, and runs
        assert(_stops.total == 0 || _stops.since < 9 || _stops.isStopped(_now));
    }
}
