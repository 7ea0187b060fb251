// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A token bucket as one number (GCRA, ITU-T I.371): the time at which it will be full again
/// @notice What exceeds it gets the time at which it fits, at once. So nothing that comes later can overtake or delay what
/// has its time, and what unlocks in any span of time is at most `capacity + refill · span`.
/// @dev Times are seconds of a clock that stands still while payments do, as 64.64 fixed point numbers (`fullAt`) or whole
/// (`clock`, `unlockAt`). Every rounding makes the bucket fuller, never emptier.
library Gcra {
    uint256 internal constant ONE_SECOND = 1 << 64;

    /// @param amount Canonical units.
    /// @param capacity Canonical units that the full bucket holds.
    /// @param refill Canonical units a second, not zero.
    /// @return next The bucket afterwards. It saturates, after 2^64 seconds of refill.
    /// @return unlockAt The first second at which all that was drawn so far is refilled but for `capacity`: `clock` for what
    /// fits now. It saturates too.
    function draw(uint128 fullAt, uint64 clock, uint128 amount, uint256 capacity, uint256 refill)
        internal
        pure
        returns (uint128 next, uint64 unlockAt)
    {
        (uint256 wideNext, uint256 wideUnlockAt) = wideDraw(fullAt, clock, amount, capacity, refill);
        return (uint128(wideNext), uint64(wideUnlockAt));
    }

    /// @dev The same in full words, which fit: the model checker gives up on narrowing.
    function wideDraw(uint256 fullAt, uint256 clock, uint256 amount, uint256 capacity, uint256 refill)
        internal
        pure
        returns (uint256 next, uint256 unlockAt)
    {
        uint256 now_ = clock * ONE_SECOND;
        next = (fullAt > now_ ? fullAt : now_) + (amount * ONE_SECOND + refill - 1) / refill;
        if (next > type(uint128).max) next = type(uint128).max;
        uint256 within = now_ + capacity * ONE_SECOND / refill;
        unlockAt = next <= within ? clock : clock + (next - within + ONE_SECOND - 1) / ONE_SECOND;
        if (unlockAt > type(uint64).max) unlockAt = type(uint64).max;
    }
}
