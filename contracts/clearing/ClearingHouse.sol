// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Held} from "../interfaces/IClearingHouse.sol";
import {IGateway} from "../interfaces/IGateway.sol";
import {ILaneApp} from "../interfaces/ILaneApp.sol";
import {Entry, KIND_DEPOSIT, KIND_RETURNED, KIND_WITHDRAWAL_REQUEST} from "../types/Entry.sol";
import {Credits} from "./Credits.sol";
import {HeldEntries} from "./HeldEntries.sol";
import {Ledger} from "./Ledger.sol";
import {Withdrawals} from "./Withdrawals.sol";

/// @title ClearingHouse
/// @notice What stands behind the hub's gateway. In: deposits raise an account, the ledger's total and the lane's book
/// together; requests are served or refused; what can't be done now is held, as one word. Out: releases in a vault's
/// lane, by Withdrawals and HeldEntries. The accounts and books are the Ledger's.
contract ClearingHouse is Withdrawals, HeldEntries {
    constructor(IGateway gateway_, uint64 largeWait_, uint64 largeBlocks_, address authority)
        Ledger(gateway_, authority)
        Credits(largeWait_, largeBlocks_)
        EIP712("Weighlock Clearing House", "1")
    {}

    /// @inheritdoc ILaneApp
    function onEntries(uint32 srcEid, uint64 firstIndex, Entry[] calldata entries) external virtual {
        if (msg.sender != address(gateway)) revert OnlyOurGateway(msg.sender);
        for (uint256 i = 0; i < entries.length;) {
            Entry memory entry = entries[i];
            if (entry.isOf(KIND_DEPOSIT, srcEid)) {
                i = _bookDeposits(srcEid, firstIndex, entries, i, entry);
            } else {
                _takeOther(srcEid, firstIndex + uint64(i), entry);
                ++i;
            }
        }
    }

    /// @dev Anything but a deposit of its lane.
    function _takeOther(uint32 srcEid, uint64 index, Entry memory entry) internal {
        if (entry.spare() == 0 && entry.kind() == KIND_WITHDRAWAL_REQUEST) {
            _serve(srcEid, index, entry);
        } else {
            Held reason = entry.isOf(KIND_RETURNED, srcEid) ? Held.Returned : Held.NotCreditable;
            _hold(srcEid, index, entry, reason, _termsNow());
        }
    }
}
