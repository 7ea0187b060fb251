// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ClearingHouse} from "../../../contracts/clearing/ClearingHouse.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {partyAddress} from "../../../contracts/types/Account.sol";
import {Entry} from "../../../contracts/types/Entry.sol";

/// @dev The clearing house with what a message must never reach: a kind of entry that grants a role.
contract ObedientClearingHouse is ClearingHouse {
    uint8 internal constant KIND_GRANT = 255;

    constructor(IGateway gateway_, uint64 largeWait_, uint64 largeBlocks_, address authority_)
        ClearingHouse(gateway_, largeWait_, largeBlocks_, authority_)
    {}

    function onEntries(uint32, uint64, Entry[] calldata entries) external override {
        for (uint256 i = 0; i < entries.length; ++i) {
            Entry memory entry = entries[i];
            if (entry.kind() != KIND_GRANT) continue;
            IAccessManager(authority()).grantRole(entry.ref(), partyAddress(entry.party), 0);
        }
    }
}
