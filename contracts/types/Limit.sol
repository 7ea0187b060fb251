// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What may pass of one asset, one way, on the word of two paths: one word. Each field is stricter where it is less.
/// @param capacity Canonical units that may pass at once.
/// @param refill Canonical units a second.
/// @param large Canonical units from which on an entry is large: it takes three paths, or a wait.
/// @param share Percent of the bucket for one account (out of a vault), or for what does not lower a risk (into the hub).
struct Limit {
    uint80 capacity;
    uint64 refill;
    uint80 large;
    uint8 share;
}

using {isValid, isLooserThan} for Limit global;

/// @dev A bucket that takes longer to fill bounds nothing that anybody would wait for.
uint256 constant MAX_FILL_SECONDS = 30 days;

function isValid(Limit memory self) pure returns (bool) {
    return self.capacity != 0 && self.refill != 0 && self.large != 0 && self.share != 0 && self.share <= 100
        && self.capacity <= self.refill * MAX_FILL_SECONDS;
}

function isLooserThan(Limit memory self, Limit memory other) pure returns (bool) {
    return self.capacity > other.capacity || self.refill > other.refill || self.large > other.large
        || self.share > other.share;
}
