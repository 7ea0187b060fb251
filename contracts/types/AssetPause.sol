// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {NO_END, Stops} from "./Stops.sol";

/// @notice What pauses an asset, on the chain and on one lane's clock: `Stops` of the lane's seconds, so that no second in which
/// both are stopped counts twice, and the asset's clock never runs back.
/// @param total Seconds of the lane's clock, of all pauses before the current one.
/// @param since The lane's clock when the current one began.
/// @param until The lane's clock when it ends. Where the lane is stopped meanwhile that comes later than `pausedUntil`: unlock
/// times come later, never sooner.
/// @param pausedUntil Unix seconds.
struct AssetPause {
    uint40 total;
    uint40 since;
    uint40 until;
    uint40 pausedUntil;
}

using {clock, paused} for AssetPause global;

/// @param laneClock The lane's clock, which never runs back.
function clock(AssetPause memory self, uint40 laneClock) pure returns (uint40) {
    return Stops(self.total, self.since, self.until).clock(laneClock);
}

/// @param at Unix seconds now.
/// @param pausedUntil Unix seconds from which on it is not paused, `NO_END` until somebody ends it.
function paused(AssetPause memory self, uint40 laneClock, uint40 at, uint40 pausedUntil)
    pure
    returns (AssetPause memory)
{
    uint40 left = pausedUntil > at ? pausedUntil - at : 0;
    // What has no end has none on this clock either.
    uint40 until = pausedUntil == NO_END ? NO_END : laneClock + left;
    Stops memory next = Stops(self.total, self.since, self.until).stop(laneClock, until);
    return AssetPause(next.total, next.since, next.until, pausedUntil);
}
