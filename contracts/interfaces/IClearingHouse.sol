// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Entry} from "../types/Entry.sol";
import {ILaneApp} from "./ILaneApp.sol";

/// @notice Why an entry was not credited.
enum Held {
    None,
    /// @dev Not a deposit from its own lane, or spare bits: parked, no money in it.
    NotCreditable,
    /// @dev A deposit whose asset is not listed for the lane: in suspense.
    AssetUnlisted,
    /// @dev A deposit for the zero owner: in suspense.
    OwnerZero,
    /// @dev It would overflow the lane's book: parked, no money in it.
    BookFull
}

/// @title ClearingHouse: accounts, ledger and lane books on the hub
/// @notice All amounts are canonical units.
interface IClearingHouse is ILaneApp {
    event AssetListed(uint32 indexed eid, uint16 indexed asset, uint8 canonicalDecimals, uint128 minWithdrawal);
    event Credited(uint32 indexed srcEid, bytes32 indexed account, uint16 indexed asset, uint64 index, uint128 amount);
    event EntryHeld(uint32 indexed srcEid, uint64 indexed index, Held indexed reason, Entry entry, uint64 parkedAt);
    event Withdrawn(
        uint32 indexed dstEid,
        bytes32 indexed account,
        uint16 indexed asset,
        uint64 index,
        uint128 amount,
        address recipient
    );

    error OnlyOurGateway(address caller);
    error AppMismatch(address expected, address actual);
    error AssetNotOnLane(uint32 eid, uint16 asset);
    error AssetAlreadyOnLane(uint32 eid, uint16 asset);
    error CanonicalDecimalsDiffer(uint16 asset, uint8 expected, uint8 actual);
    error MinimumZero();
    error AmountZero();
    error BelowMinimumWithdrawal(uint16 asset, uint128 minimum, uint128 actual);
    error RecipientZero();
    error BalanceTooLow(bytes32 account, uint16 asset, int256 balance, uint128 requested);
    /// @dev The chosen vault backs only `available`; `availability` says what the others have.
    error VaultTooLow(uint32 eid, uint16 asset, uint128 available, uint128 requested);
    error HeldUnknown(uint32 srcEid, uint64 index);
    error StillHeld(uint32 srcEid, uint64 index, Held reason);

    /// @notice Lists an asset for a lane, once.
    /// @param canonicalDecimals The same on every lane.
    function listAsset(uint32 eid, uint16 asset, uint8 canonicalDecimals, uint128 minWithdrawal) external;

    /// @notice Pays out of the caller's own account, from the vault behind `dstEid`.
    /// @return index Of the release in the lane to that vault.
    function withdraw(uint96 subaccount, uint32 dstEid, uint16 asset, uint128 amount, address recipient)
        external
        returns (uint64 index);

    /// @notice Credits a deposit in suspense whose reason is gone. Anyone may.
    function finish(uint32 srcEid, uint64 index, Entry calldata entry, uint64 parkedAt) external;

    function balanceOf(bytes32 account, uint16 asset) external view returns (int256);
    function totalLedger(uint16 asset) external view returns (uint256);

    /// @return credited Cumulative, suspense included.
    /// @return authorised Cumulative.
    function laneBook(uint32 eid, uint16 asset) external view returns (uint128 credited, uint128 authorised);

    /// @return A part of `credited` that backs no withdrawal.
    function suspense(uint32 eid, uint16 asset) external view returns (uint128);

    /// @return What may still be withdrawn from the vault behind `eid`.
    function available(uint32 eid, uint16 asset) external view returns (uint128);

    /// @notice What may be withdrawn where.
    function availability(uint16 asset) external view returns (uint32[] memory eids, uint128[] memory amounts);

    /// @return The hash of a held entry and when it was parked, or zero.
    function heldOf(uint32 srcEid, uint64 index) external view returns (bytes32);
}
