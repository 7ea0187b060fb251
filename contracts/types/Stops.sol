// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice How long something has been stopped, and until when it is: what a clock that stands still meanwhile is made of.
/// @param total Seconds of all stops before the current one.
/// @param since Unix seconds at which the current one began; zero where none was.
/// @param until Unix seconds at which it ends, or ended.
struct Stops {
    uint40 total;
    uint40 since;
    uint40 until;
}

using {isStopped, stoppedFor, clock, stop} for Stops global;

/// @dev Until somebody ends it.
uint40 constant NO_END = type(uint40).max;

function isStopped(Stops memory self, uint256 at) pure returns (bool) {
    return self.until > at;
}

/// @return Seconds, up to `at`, which is not before the last change.
function stoppedFor(Stops memory self, uint256 at) pure returns (uint256) {
    return self.total + (at < self.until ? at : self.until) - self.since;
}

/// @return Seconds that never run while it is stopped, and never back.
function clock(Stops memory self, uint256 at) pure returns (uint64) {
    return uint64(at - stoppedFor(self, at));
}

/// @dev From `at` on it is stopped until `until`, and no longer: not at all if that is not later. The clock goes on from
/// where it is.
function stop(Stops memory self, uint256 at, uint40 until) pure returns (Stops memory) {
    return Stops(uint40(stoppedFor(self, at)), uint40(at), until > at ? until : uint40(at));
}
