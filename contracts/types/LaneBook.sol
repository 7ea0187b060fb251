// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What a lane has brought to the hub and what was let out again, of one asset: cumulative canonical units.
/// @param authorised Net of returns that were settled.
struct LaneBook {
    uint128 credited;
    uint128 authorised;
}

using {available, authorise, giveBack} for LaneBook global;

/// @param suspense The part of `credited` that backs no withdrawal.
/// @dev Reverts where the book is broken: authorised ≤ credited − suspense.
function available(LaneBook memory self, uint128 suspense) pure returns (uint128) {
    return self.credited - suspense - self.authorised;
}

/// @dev Reverts beyond what is available.
function authorise(LaneBook memory self, uint128 suspense, uint128 amount) pure returns (LaneBook memory) {
    return LaneBook(self.credited, self.credited - suspense - (available(self, suspense) - amount));
}

/// @dev Reverts beyond what was authorised.
function giveBack(LaneBook memory self, uint128 amount) pure returns (LaneBook memory) {
    return LaneBook(self.credited, self.authorised - amount);
}
