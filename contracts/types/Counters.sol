// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Halt} from "../interfaces/IGateway.sol";
import {NO_END} from "./Stops.sol";

/// @notice The first word of a lane: everything that posting, attesting and executing read together.
/// @dev 48 bits count more entries than a chain can hold; on the wire they have 64. Always executed rises, and
/// sealed_ ≤ posted. What changes is returned, not written into the caller's memory, where the model checker does not see it.
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

using {afterPost, afterSeal, afterHalt, mustSeal, open, isFlowing, stoppedUntil} for Counters global;

/// @return posted
function afterPost(Counters memory self) pure returns (uint48) {
    return self.posted + 1;
}

/// @return sealed_
function afterSeal(Counters memory self) pure returns (uint48) {
    return self.posted;
}

/// @return halt: reasons are in the order of what they stop, and a lesser one hides no greater one.
function afterHalt(Counters memory self, Halt reason) pure returns (Halt) {
    return reason > self.halt ? reason : self.halt;
}

/// @return Entries in the window that is not sealed.
function open(Counters memory self) pure returns (uint256) {
    return self.posted - self.sealed_;
}

function mustSeal(Counters memory self) pure returns (bool) {
    return open(self) >= self.windowLimit;
}

/// @return Whether what came over the lane may take effect.
function isFlowing(Counters memory self, uint40 at) pure returns (bool) {
    return self.windowLimit != 0 && self.halt == Halt.None && self.pausedInUntil <= at;
}

/// @return Unix seconds until which a pause or a halt stops the direction in.
function stoppedUntil(Counters memory self) pure returns (uint40) {
    return self.halt == Halt.None ? self.pausedInUntil : NO_END;
}
