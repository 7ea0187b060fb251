// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Limit} from "../../../contracts/types/Limit.sol";

/// @notice What a hot key may do to a limit: anything that is not looser.
/// @custom:engine bmc
contract LimitOrder {
    function tighten(Limit memory next, Limit memory current) external pure {
        require(!next.isLooserThan(current));
        // proves: what is not looser is larger in nothing
        assert(
            next.capacity <= current.capacity && next.refill <= current.refill && next.large <= current.large
                && next.share <= current.share
        );
        // proves: two limits of which neither is looser are the same
        assert(
            current.isLooserThan(next)
                || (next.capacity == current.capacity
                    && next.refill == current.refill
                    && next.large == current.large
                    && next.share == current.share)
        );
        // reaches: one that is stricter in one thing alone
        assert(
            next.capacity == current.capacity || next.refill != current.refill || next.large != current.large
                || next.share != current.share
        );
    }

    function twice(Limit memory last, Limit memory next, Limit memory first) external pure {
        require(!last.isLooserThan(next) && !next.isLooserThan(first));
        // proves: two tightenings are one
        assert(!last.isLooserThan(first));
    }

    function valid(Limit memory limit) external pure {
        require(limit.isValid());
        // proves: a valid limit lets something pass, and its bucket fills within 30 days
        assert(limit.capacity != 0 && limit.refill != 0 && limit.capacity <= uint256(limit.refill) * 30 days);
        // proves: a valid limit has a level from which on entries are large, and a share of at most the whole
        assert(limit.large != 0 && limit.share != 0 && limit.share <= 100);
        // reaches: a bucket that takes the whole 30 days
        assert(limit.capacity != uint256(limit.refill) * 30 days);
    }
}
