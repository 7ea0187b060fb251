// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice In the real one's place where a proof is about what follows from unlock times: it gives any time from `clock` on,
/// since any `fullAt` is given to it. BucketDraws proves of the real one that it gives no other.
library Gcra {
    function draw(uint128 fullAt, uint64 clock, uint256, uint256, uint256) internal pure returns (uint128, uint64) {
        return (fullAt, clock);
    }

    function wideDraw(uint256 fullAt, uint256 clock, uint256, uint256, uint256)
        internal
        pure
        returns (uint256, uint256)
    {
        return (fullAt, fullAt > clock ? fullAt : clock);
    }
}
