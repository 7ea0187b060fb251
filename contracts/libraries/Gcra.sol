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
    /// fits now.
    function draw(uint128 fullAt, uint64 clock, uint128 amount, uint256 capacity, uint256 refill)
        internal
        pure
        returns (uint128 next, uint64 unlockAt)
    {
        uint256 now_ = uint256(clock) * ONE_SECOND;
        uint256 start = fullAt > now_ ? fullAt : now_;
        uint256 drawn = start + (uint256(amount) * ONE_SECOND + refill - 1) / refill;
        next = drawn > type(uint128).max ? type(uint128).max : uint128(drawn);
        uint256 within = now_ + capacity * ONE_SECOND / refill;
        unlockAt = next <= within ? clock : clock + uint64((next - within + ONE_SECOND - 1) / ONE_SECOND);
    }
}
