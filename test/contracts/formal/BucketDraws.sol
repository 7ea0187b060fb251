// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Gcra} from "../../../contracts/libraries/Gcra.sol";

/// @notice Buckets of any capacity, in any state, from which any amounts are drawn at any times. The refill is a number, three
/// times another one (25 USDC a minute, a unit a second, 10^-4 of a token with 18 decimals a second): with a variable in its
/// place the solver would have to multiply and divide unknowns.
/// @custom:engine bmc
/// @custom:with REFILL 416_667, 1, 1e14
contract BucketDraws {
    uint256 internal constant REFILL = 416_667;
    uint256 internal constant SLOWER = REFILL / 2 + 1;
    uint256 internal constant ONE_SECOND = 1 << 64;
    /// @dev Seconds at which time ends, later than any clock here shows; there buckets saturate.
    uint64 internal constant END = 1 << 63;

    function one(uint128 fullAt, uint64 clock, uint128 amount, uint80 capacity) external pure {
        require(clock < END && fullAt <= Gcra.LAST);
        (uint256 next, uint256 unlockAt) = Gcra.wideDraw(fullAt, clock, amount, capacity, REFILL);
        // proves: the fields in which a bucket and an unlock time are stored hold them, and no time is that of a veto
        assert(next <= Gcra.LAST && unlockAt <= END);
        // proves: no draw leaves more in a bucket than there was
        assert(next >= fullAt && next >= clock * ONE_SECOND);
        // proves: nothing unlocks before it was drawn
        assert(unlockAt >= clock);
        // proves: what a full bucket holds unlocks at once
        assert(fullAt > clock * ONE_SECOND || amount + REFILL > capacity || unlockAt == clock);
    }

    function two(uint128 fullAt, uint64 clock, uint128 amount, uint64 later, uint128 other, uint80 capacity)
        external
        pure
    {
        require(later >= clock && later < END && fullAt <= Gcra.LAST);
        (uint256 next, uint256 unlockAt) = Gcra.wideDraw(fullAt, clock, amount, capacity, REFILL);
        (, uint256 otherUnlockAt) = Gcra.wideDraw(next, later, other, capacity, REFILL);
        // reaches: what is drawn later and smaller unlocks later
        assert(other >= amount || otherUnlockAt == unlockAt);
        // proves: what is drawn later unlocks no sooner
        assert(otherUnlockAt >= unlockAt);
        (, uint256 tighter) = Gcra.wideDraw(fullAt, clock, amount, capacity / 2, REFILL);
        // proves: a smaller capacity unlocks nothing sooner
        assert(tighter >= unlockAt);
    }

    /// @param total Units drawn since `from`.
    function since(uint128 fullAt, uint64 from, uint128 total, uint64 clock, uint128 amount, uint80 capacity)
        external
        pure
    {
        uint256 start = from * ONE_SECOND;
        require(clock >= from);
        require(total * ONE_SECOND <= REFILL * (fullAt > start ? fullAt - start : 0));
        (uint256 next, uint256 unlockAt) = Gcra.wideDraw(fullAt, clock, amount, capacity, REFILL);
        require(next < Gcra.LAST);
        // proves: (step) a draw moves the bucket by at least what it draws
        assert((uint256(total) + amount) * ONE_SECOND <= REFILL * (next - start));
        // proves: what is drawn from a moment on and unlocks within w seconds of it is ≤ capacity + refill · w
        assert(uint256(total) + amount <= capacity + REFILL * (unlockAt - from));
        // reaches: a sum that meets this bound
        assert(total == 0 || uint256(total) + amount != capacity + REFILL * (unlockAt - from));
    }

    /// @param sum Units that unlock at or after `from`, and were drawn so far. None is larger than the capacity.
    function window(uint128 fullAt, uint64 from, uint128 sum, uint64 clock, uint128 amount, uint80 capacity)
        external
        pure
    {
        require(from != 0 && amount <= capacity);
        uint256 start = (from - 1) * ONE_SECOND;
        require(sum == 0 || (fullAt >= start && sum * ONE_SECOND <= REFILL * (fullAt - start + 1)));
        (uint256 next, uint256 unlockAt) = Gcra.wideDraw(fullAt, clock, amount, capacity, REFILL);
        require(next < Gcra.LAST && unlockAt >= from);
        // proves: (step) what unlocks in a window is covered by what the bucket moved since a second before it
        assert((uint256(sum) + amount) * ONE_SECOND <= REFILL * (next - start + 1));
        // proves: what unlocks in any w whole seconds, of entries no larger than the capacity, is ≤ capacity + refill · w
        assert(uint256(sum) + amount <= capacity + REFILL * (unlockAt - from + 1));
        // reaches: a sum that is more than capacity + refill · (w - 1)
        assert(sum == 0 || uint256(sum) + amount <= capacity + REFILL * (unlockAt - from));
    }

    function slowDown(uint128 fullAt, uint64 clock) external pure {
        require(clock < END && fullAt <= Gcra.LAST && fullAt > clock * ONE_SECOND);
        uint256 slowed = Gcra.wideSlowDown(fullAt, clock, REFILL, SLOWER);
        // proves: a slower refill gives back nothing of what was drawn
        assert(slowed == Gcra.LAST || SLOWER * (slowed - clock * ONE_SECOND) >= REFILL * (fullAt - clock * ONE_SECOND));
        // proves: a slower refill makes no bucket full sooner
        assert(slowed >= fullAt);
    }
}
