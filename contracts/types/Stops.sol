// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice How long something has been stopped, and until when it is: what a clock that stands still meanwhile is made of.
/// @param total Seconds of all stops before the current one.
/// @param since Unix seconds at which the current one began; zero where none was.
/// @param until Unix seconds at which it ends, or ended.
/// @dev Times are 40 bits here, and whoever asks cuts them: the model checker gives up on narrowing.
struct Stops {
    uint40 total;
    uint40 since;
    uint40 until;
}

using {isStopped, stoppedFor, clock, stop} for Stops global;

/// @dev Until somebody ends it.
uint40 constant NO_END = type(uint40).max;

/// @dev What a hot key asks for again changes nothing, so it can't prolong a pause; what has no end does.
/// @param current Unix seconds until which it is stopped, and `until` those that are asked for.
function prolongs(uint64 current, uint64 until, uint64 at) pure returns (bool) {
    return current <= at || (until == NO_END && current < NO_END);
}

function isStopped(Stops memory self, uint40 at) pure returns (bool) {
    return self.until > at;
}

/// @return Seconds, up to `at`, which is not before the last change.
function stoppedFor(Stops memory self, uint40 at) pure returns (uint40) {
    return self.total + ((at < self.until ? at : self.until) - self.since);
}

/// @return Seconds that never run while it is stopped, and never back.
function clock(Stops memory self, uint40 at) pure returns (uint40) {
    return at - stoppedFor(self, at);
}

/// @dev From `at` on it is stopped until `until`, and no longer: not at all if that is not later. The clock goes on from
/// where it is.
function stop(Stops memory self, uint40 at, uint40 until) pure returns (Stops memory) {
    return Stops(stoppedFor(self, at), at, until > at ? until : at);
}
