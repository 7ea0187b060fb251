// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Attesters} from "../../../contracts/types/Attesters.sol";

/// @notice The word that says which paths attested a count, when, and what differs.
/// @custom:engine bmc
contract AttesterBits {
    function with(uint256 word, uint8 path, uint8 other, bool isDifferent, uint256 seconds_) external pure {
        Attesters before = Attesters.wrap(word);
        require(path < 8 && other < 8 && !before.has(path));
        Attesters next = before.with(path, isDifferent, seconds_);
        // proves: a path that has attested is there
        assert(next.has(path));
        // proves: what one path attests changes nothing of another's
        assert(
            path == other
                || (next.has(other) == before.has(other)
                    && next.differs(other) == before.differs(other)
                    && next.sinceDeployment(other) == before.sinceDeployment(other))
        );
    }
}
