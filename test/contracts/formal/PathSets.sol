// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Paths} from "../../../contracts/libraries/Paths.sol";

/// @notice Sets of paths. Counting an unknown set is more than the solver can do: Exhaustive.t.sol counts all of them.
/// @custom:engine bmc
/// @custom:loops 9
contract PathSets {
    function bits(uint8 path, uint8 other) external pure {
        require(path < 8 && other < 8);
        // proves: a path's bit is its own and nobody else's
        assert(Paths.has(Paths.bit(path), other) == (path == other));
    }

    function one(uint8 path) external pure {
        require(path < 8);
        // proves: one path, named twice, is one
        assert(Paths.size(Paths.bit(path) | Paths.bit(path)) == 1);
    }

    function subset(uint8 paths, uint8 others, uint8 path) external pure {
        require(path < 8 && Paths.isSubsetOf(paths, others));
        // proves: what is in a subset is in the set
        assert(!Paths.has(paths, path) || Paths.has(others, path));
    }

    function disable(uint8 enabled, uint8 named, uint8 path, uint8 other) external pure {
        require(path < 8 && other < 8);
        uint8 left = enabled & ~Paths.bit(path);
        // proves: a disabled path is in no set that is still enabled
        assert(!Paths.isSubsetOf(named, left) || !Paths.has(named, path));
        // proves: disabling one path enables and disables no other
        assert(path == other || Paths.has(left, other) == Paths.has(enabled, other));
        // proves: what is enabled without a path was enabled with it
        assert(!Paths.isSubsetOf(named, left) || Paths.isSubsetOf(named, enabled));
        // reaches: others stay enabled
        assert(named == 0 || !Paths.isSubsetOf(named, left));
    }
}
