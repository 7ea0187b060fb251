// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ClearingHouse} from "../../../contracts/clearing/ClearingHouse.sol";
import {Held} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";

/// @dev The clearing house without levels, bucket and cap: what two paths agree on is credited at once.
contract UnlimitedClearingHouse is ClearingHouse {
    constructor(IGateway gateway_, uint64 largeWait_, uint64 largeBlocks_, address authority)
        ClearingHouse(gateway_, largeWait_, largeBlocks_, authority)
    {}

    function _admit(Flow memory flow, uint32, uint64, Entry memory entry, Stage stage)
        internal
        view
        override
        returns (Held, Terms memory)
    {
        return (_reasonOfSuspense(entry.account, flow.minWithdrawal), Terms(uint64(block.timestamp), 0, 0, stage));
    }
}
