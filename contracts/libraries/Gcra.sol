// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A token bucket as one number (GCRA, ITU-T I.371): the time at which it will be full again
/// @notice What exceeds it gets the time at which it fits, at once. So nothing that comes later can overtake or delay what
/// has its time. Of what is drawn from any moment on, at most the capacity and `refill · n` unlocks within n seconds. In any
/// n seconds at all it is at most the capacity, or the largest single draw where that is more, and `refill · n`.
/// @dev Times are seconds of a clock that stands still while payments do, as 64.64 fixed point numbers (`fullAt`) or whole
/// (`clock`, `unlockAt`, below 2^63). Every rounding makes a draw larger and a time later.
library Gcra {
    uint256 internal constant ONE_SECOND = 1 << 64;
    /// @dev Where the bucket saturates: no unlock time overflows, nor is the largest number, which says more than a time.
    uint256 internal constant LAST = 1 << 127;

    /// @param amount In units of which `capacity` is what the full bucket holds.
    /// @param refill Units a second, not zero.
    /// @return next The bucket afterwards.
    /// @return unlockAt The first second at which all that was drawn so far is refilled but for `capacity`: `clock` for what
    /// fits now.
    function draw(uint128 fullAt, uint64 clock, uint256 amount, uint256 capacity, uint256 refill)
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
        if (next > LAST) next = LAST;
        uint256 within = now_ + capacity * ONE_SECOND / refill;
        unlockAt = next <= within ? clock : clock + (next - within + ONE_SECOND - 1) / ONE_SECOND;
    }

    /// @dev What was drawn stays drawn: at a slower refill it takes longer to come back.
    /// @return The bucket, told in the slower refill's time.
    function slowDown(uint128 fullAt, uint64 clock, uint256 refill, uint256 slower) internal pure returns (uint128) {
        return uint128(wideSlowDown(fullAt, clock, refill, slower));
    }

    function wideSlowDown(uint256 fullAt, uint256 clock, uint256 refill, uint256 slower)
        internal
        pure
        returns (uint256 slowed)
    {
        uint256 now_ = clock * ONE_SECOND;
        if (fullAt <= now_) return fullAt;
        slowed = now_ + ((fullAt - now_) * refill + slower - 1) / slower;
        if (slowed > LAST) slowed = LAST;
    }
}
