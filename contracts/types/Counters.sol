// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Halt} from "../interfaces/IGateway.sol";

/// @notice The first word of a lane: everything that posting, attesting and executing read together.
/// @dev 48 bits count more entries than a chain can hold; on the wire they have 64. Always executed rises, and
/// sealed_ ≤ posted.
struct Counters {
    uint48 posted;
    uint48 sealed_;
    uint48 executed;
    uint8 enabled; // paths
    uint8 networks; // of all paths ever added
    uint8 windowLimit; // zero: the lane is not open
    Halt halt;
    // Unix seconds
    uint40 pausedInUntil;
    uint40 pausedOutUntil;
}

using {afterPost, afterSeal, afterExecute, mustSeal, open} for Counters global;

function afterPost(Counters memory self) pure {
    self.posted += 1;
}

function afterSeal(Counters memory self) pure {
    self.sealed_ = self.posted;
}

function afterExecute(Counters memory self, uint64 count) pure {
    self.executed = uint48(count);
}

/// @return Entries in the window that is not sealed.
function open(Counters memory self) pure returns (uint256) {
    return self.posted - self.sealed_;
}

function mustSeal(Counters memory self) pure returns (bool) {
    return open(self) >= self.windowLimit;
}
