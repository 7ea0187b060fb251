// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Limit} from "../types/Limit.sol";
import {Stage, Terms} from "../types/Terms.sol";
import {Gcra} from "./Gcra.sol";

/// @notice What an entry meets on its way out of a vault.
enum Barrier {
    None,
    Large,
    Share,
    Bucket
}

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

    /// @notice Asks level, share and bucket, as far as the entry has not passed them.
    /// @param stage What it has behind it.
    /// @param quorum Paths that vouch for it. Only asked for a large one that has not waited.
    /// @dev Full words, which hold no more than the fields that they come from.
    /// @return barrier What holds it back, or None.
    /// @return unlockAt Until when, but for a large one's wait.
    /// @return share The account's, afterwards. What is held back before it draws leaves both as they were.
    /// @return bucket Afterwards.
    function pass(
        Limit memory limit,
        Stage stage,
        uint256 quorum,
        uint64 clock,
        uint128 amount,
        uint128 shareFullAt,
        uint128 fullAt
    ) internal pure returns (Barrier barrier, uint256 unlockAt, uint256 share, uint256 bucket) {
        (unlockAt, share, bucket) = (clock, shareFullAt, fullAt);
        if (stage < Stage.Waited) {
            if (isLarge(limit, amount) && mustWait(stage, quorum)) return (Barrier.Large, unlockAt, share, bucket);
            (share, unlockAt) = wideDrawShare(limit, shareFullAt, clock, amount);
            if (unlockAt > clock) return (Barrier.Share, unlockAt, share, bucket);
        }
        if (stage < Stage.Drawn) {
            (bucket, unlockAt) = Gcra.wideDraw(fullAt, clock, amount, limit.capacity, limit.refill);
            if (unlockAt > clock) return (Barrier.Bucket, unlockAt, share, bucket);
        }
    }

    /// @return What the entry has behind it once it may pass the barrier.
    function stageBehind(Barrier barrier, Stage stage) internal pure returns (Stage) {
        if (barrier == Barrier.None) return stage;
        return barrier == Barrier.Bucket ? Stage.Drawn : Stage.Waited;
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
    function wideDrawShare(Limit memory limit, uint128 fullAt, uint64 clock, uint128 amount)
        internal
        pure
        returns (uint256, uint256)
    {
        uint256 share = limit.share;
        return Gcra.wideDraw(fullAt, clock, amount * PERCENT, limit.capacity * share, limit.refill * share);
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
