// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AssetPause} from "../../../contracts/types/AssetPause.sol";
import {NO_END} from "../../../contracts/types/Stops.sol";

/// @notice The clock of an asset on a lane, by the lane's own clock, which stands still at times: one step at a time, from every
/// state in which the invariant holds.
/// @custom:engine bmc
contract AssetPauseStep {
    function _isSound(AssetPause memory self, uint40 laneClock) internal pure returns (bool) {
        return self.total <= self.since && self.since <= self.until && self.since <= laneClock && laneClock < NO_END;
    }

    function start() external pure {
        AssetPause memory none;
        // proves: an asset that was never paused satisfies the invariant
        assert(_isSound(none, 0));
    }

    function pass(AssetPause memory self, uint40 laneClock, uint40 later) external pure {
        require(_isSound(self, laneClock) && later >= laneClock && later < NO_END);
        uint40 before = self.clock(laneClock);
        uint40 clock = self.clock(later);
        // proves: an asset's clock never runs back, and never faster than its lane's
        assert(clock >= before && clock - before <= later - laneClock);
        // proves: without a pause it runs as its lane's
        assert(self.until > laneClock || clock - before == later - laneClock);
        // proves: time alone keeps the invariant
        assert(_isSound(self, later));
        // reaches: a pause that ends between the two
        assert(clock == before || clock - before == later - laneClock);
    }

    function pause(AssetPause memory self, uint40 laneClock, uint40 now_, uint40 until, uint40 laneLater, uint40 later)
        external
        pure
    {
        require(_isSound(self, laneClock) && laneClock <= now_ && now_ < NO_END);
        // No pause that ends is longer than this; the pause controller's are a day.
        require(until == NO_END || until <= now_ || (until - now_ < 365 days && laneClock < NO_END - 365 days));
        AssetPause memory next = self.paused(laneClock, now_, until);
        // proves: no pause, prolonging or ending moves an asset's clock
        assert(next.clock(laneClock) == self.clock(laneClock));
        // proves: they keep the invariant
        assert(_isSound(next, laneClock));
        require(laneLater >= laneClock && laneLater < NO_END && later >= now_);
        uint40 left = until > now_ ? until - now_ : 0;
        // proves: a pause that ends takes no more than its length of the lane's time
        assert(until == NO_END || next.clock(laneLater) - next.clock(laneClock) + left >= laneLater - laneClock);
        require(laneLater - laneClock <= later - now_ && later < until);
        // proves: an asset's clock stands still while the asset is paused, whatever its lane does meanwhile
        assert(next.clock(laneLater) == next.clock(laneClock));
        // reaches: it was paused before
        assert(self.total == 0);
    }
}
