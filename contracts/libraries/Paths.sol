// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Sets of paths: a lane's path indices 0 to 7 as the bits of a byte, so that none can be named twice
library Paths {
    uint8 internal constant MAX_INDICES = 8;
    uint256 internal constant MAX_ENABLED = 4;

    function bit(uint8 path) internal pure returns (uint8) {
        return uint8(1 << path);
    }

    function has(uint8 paths, uint8 path) internal pure returns (bool) {
        return (paths >> path) & 1 == 1;
    }

    function isSubsetOf(uint8 paths, uint8 others) internal pure returns (bool) {
        return paths & ~others == 0;
    }

    function size(uint8 paths) internal pure returns (uint256 n) {
        for (uint8 rest = paths; rest != 0; rest &= rest - 1) {
            ++n;
        }
    }
}
