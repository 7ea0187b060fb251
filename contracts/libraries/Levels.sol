// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Limit} from "../types/Limit.sol";
import {Stage, Terms} from "../types/Terms.sol";
import {Gcra} from "./Gcra.sol";

/// @title Levels: what an entry must have behind it before its money moves
/// @notice An entry below the large level passes on two paths' word, out of the bucket, at once or at its unlock time. A
/// large one needs a third path's word, or a wait in time and blocks in which it can be vetoed; then it draws from the
/// bucket like any other. So nothing passes the bucket by: not by being split, not by being large.
library Levels {
    /// @dev Fixed, not a share of what is alive: a path that is disabled lowers no quorum.
    uint256 internal constant LARGE_QUORUM = 3;
    uint256 internal constant PERCENT = 100;

    function isLarge(Limit memory limit, uint128 amount) internal pure returns (bool) {
        return amount >= limit.large;
    }

    /// @param quorum Paths that vouch for the entry. Only asked for a large one.
    function mustWait(Stage stage, uint256 quorum) internal pure returns (bool) {
        return stage < Stage.Waited && quorum < LARGE_QUORUM;
    }

    /// @dev A wait in time and blocks is cut short by a third path; the bucket's time, an account's share and a veto by
    /// nothing.
    function isUnlocked(Terms memory terms, uint64 clock, uint256 blockNumber, uint256 quorum)
        internal
        pure
        returns (bool)
    {
        if (terms.isVetoed()) return false;
        if (clock >= terms.unlockAt && blockNumber >= terms.unlockBlock) return true;
        return terms.unlockBlock != 0 && quorum >= LARGE_QUORUM;
    }

    function draw(Limit memory limit, uint128 fullAt, uint64 clock, uint128 amount)
        internal
        pure
        returns (uint128, uint64)
    {
        return Gcra.draw(fullAt, clock, amount, limit.capacity, limit.refill);
    }

    /// @dev From the share alone, counted in hundredths of a unit, so that nothing is rounded.
    function drawShare(Limit memory limit, uint128 fullAt, uint64 clock, uint128 amount)
        internal
        pure
        returns (uint128, uint64)
    {
        uint256 share = limit.share;
        return Gcra.draw(fullAt, clock, amount * PERCENT, limit.capacity * share, limit.refill * share);
    }

    /// @dev From the whole bucket, of which what is beyond the share stays for what lowers a risk.
    function drawOrdinary(Limit memory limit, uint128 fullAt, uint64 clock, uint128 amount)
        internal
        pure
        returns (uint128, uint64)
    {
        return Gcra.draw(fullAt, clock, amount, uint256(limit.capacity) * limit.share / PERCENT, limit.refill);
    }
}
