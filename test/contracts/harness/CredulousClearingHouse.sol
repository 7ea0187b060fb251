// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ClearingHouse} from "../../../contracts/clearing/ClearingHouse.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Entry, KIND_RELEASE, makeEntry} from "../../../contracts/types/Entry.sol";

/// @dev The clearing house without its own outbox: what a vault's chain gives back is credited as its message says.
contract CredulousClearingHouse is ClearingHouse {
    constructor(IGateway gateway_, uint64 largeWait_, uint64 largeBlocks_, address authority)
        ClearingHouse(gateway_, largeWait_, largeBlocks_, authority)
    {}

    function _returnedRelease(uint32 srcEid, Entry calldata entry, uint64, Entry[] calldata)
        internal
        pure
        override
        returns (bool, Entry memory)
    {
        return (true, makeEntry(KIND_RELEASE, entry.asset(), srcEid, 0, entry.amount(), entry.account, entry.party));
    }
}
