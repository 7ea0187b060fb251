// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Held} from "../interfaces/IClearingHouse.sol";
import {IGateway} from "../interfaces/IGateway.sol";
import {ILaneApp} from "../interfaces/ILaneApp.sol";
import {Entry, KIND_DEPOSIT, KIND_RETURNED, KIND_WITHDRAWAL_REQUEST} from "../types/Entry.sol";
import {HeldEntries} from "./HeldEntries.sol";
import {Ledger} from "./Ledger.sol";
import {Withdrawals} from "./Withdrawals.sol";

/// @title ClearingHouse
/// @notice What stands behind the hub's gateway. In: deposits raise an account, the ledger's total and the lane's book
/// together; requests are served or refused; what can't be done now is held, as one word. Out: releases in a vault's
/// lane, by Withdrawals and HeldEntries. The accounts and books are the Ledger's.
contract ClearingHouse is Withdrawals, HeldEntries {
    constructor(IGateway gateway_, address authority)
        Ledger(gateway_, authority)
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

    /// @dev Deposits of one asset in a row are booked together: the lane's book and the ledger's total are written once.
    /// @param entry The first of them, `entries[next]`.
    /// @return The first entry that is none of them.
    function _bookDeposits(uint32 srcEid, uint64 firstIndex, Entry[] calldata entries, uint256 next, Entry memory entry)
        internal
        returns (uint256)
    {
        uint16 asset = entry.asset();
        LaneBook storage book = laneBook[srcEid][asset];
        LaneAsset storage laneAsset = _laneAsset[srcEid][asset];
        uint128 credited = book.credited;
        uint128 minWithdrawal = laneAsset.minWithdrawal;
        uint128 suspended;
        uint128 added;
        do {
            uint128 amount = entry.amount();
            uint64 index = firstIndex + uint64(next);
            if (amount > type(uint128).max - credited) {
                _hold(srcEid, index, entry, Held.BookFull);
            } else {
                credited += amount;
                Held reason = _reasonOfSuspense(entry.account, minWithdrawal);
                if (reason == Held.None) {
                    added += amount;
                    balanceOf[entry.account][asset] += int256(uint256(amount));
                    emit Credited(srcEid, entry.account, asset, index, amount);
                } else {
                    suspended += amount;
                    _hold(srcEid, index, entry, reason);
                }
            }
            if (++next == entries.length) break;
            entry = entries[next];
        } while (entry.isOf(KIND_DEPOSIT, srcEid) && entry.asset() == asset);

        book.credited = credited;
        if (added != 0) totalLedger[asset] += added;
        if (suspended != 0) laneAsset.suspense += suspended;
        return next;
    }

    /// @dev Anything but a deposit of its lane.
    function _takeOther(uint32 srcEid, uint64 index, Entry memory entry) internal {
        if (entry.spare() == 0 && entry.kind() == KIND_WITHDRAWAL_REQUEST) _serve(srcEid, index, entry);
        else _hold(srcEid, index, entry, entry.isOf(KIND_RETURNED, srcEid) ? Held.Returned : Held.NotCreditable);
    }
}
