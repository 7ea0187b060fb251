// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Attesters} from "../../../contracts/types/Attesters.sol";

/// @notice The word that says which paths attested a count, when, and what differs. More than the solver can do: see
/// Exhaustive.t.sol.
/// @custom:engine bmc
contract AttesterBits {
    uint256 internal constant OF_PATH_0 = 0x0101 | (uint256(type(uint32).max >> 2) << 16);

    function with(uint256 word, bool isDifferent, uint256 secondsSinceDeployment) external pure {
        Attesters next = Attesters.wrap(word).with(0, isDifferent, secondsSinceDeployment);
        // proves: what a path attests changes nothing of another's
        assert(Attesters.unwrap(next) & ~OF_PATH_0 == word & ~OF_PATH_0);
    }
}
