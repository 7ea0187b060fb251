// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Halt} from "./IGateway.sol";
import {Entry} from "../types/Entry.sol";
import {ILaneApp} from "./ILaneApp.sol";

/// @notice Why a release is parked instead of paid.
enum Parked {
    None,
    /// @dev Not a release of this vault: a kind on the wrong way, an unknown kind, spare bits, another eid.
    NotPayable,
    AssetUnlisted,
    /// @dev The recipient is no address.
    RecipientInvalid,
    /// @dev More than the vault holds by its book.
    BeyondBook,
    /// @dev The token refused, or moved another amount than asked.
    Refused
}

/// @title CollateralVault: custody on a collateral chain
/// @notice Amounts called canonical are in the asset's canonical decimals, local ones in the token's.
interface ICollateralVault is ILaneApp {
    /// @param scale Local units in one canonical unit.
    /// @param pushGas What a payment may use, the two balance reads around it included.
    struct Asset {
        address token;
        uint32 pushGas;
        uint128 minDeposit;
        uint256 scale;
    }

    event AssetListed(
        uint16 indexed asset,
        address indexed token,
        uint8 decimals,
        uint8 canonicalDecimals,
        uint128 minDeposit,
        uint32 pushGas
    );
    event Deposited(
        uint64 indexed index,
        bytes32 indexed account,
        uint16 indexed asset,
        address from,
        address refundTo,
        uint128 amount
    );
    event Released(
        uint64 indexed index, bytes32 indexed account, uint16 indexed asset, address recipient, uint128 amount
    );
    /// @notice `payee`, `parkedAt` and `unlockAt` make the park's word, to be shown again by whoever finishes it.
    event ReleaseParked(
        uint32 indexed srcEid,
        uint64 indexed index,
        Parked indexed reason,
        Entry entry,
        uint64 parkedAt,
        uint64 unlockAt,
        address payee
    );

    error CallerNotGateway(address caller);
    error GatewayNotOurs(address expectedApp, address actualApp);
    error AssetNotListed(uint16 asset);
    error AssetAlreadyListed(uint16 asset, address token);
    error TokenInvalid(address token);
    error DecimalsTooFew(address token, uint8 canonicalDecimals, uint8 decimals);
    /// @dev With such an allowance a full window might not fit in one transaction.
    error PushGasInvalid(uint256 most, uint256 actual);
    error ZeroAmount();
    /// @dev Canonical units, as in the two that follow.
    error BelowMinimum(uint16 asset, uint128 minimum, uint256 actual);
    error AmountTooLarge(uint16 asset, uint256 actual);
    error AccountMalformed(bytes32 account);
    error RefundAddressZero();
    /// @dev A contract that names itself must say that the same address is its own on the hub.
    error ContractOwnerNotConfirmed(address owner);
    /// @dev The token took a fee, rebased, or lied: the deposit would not be backed. The vault's balance, local units.
    error DepositNotReceived(uint16 asset, uint256 expected, uint256 actual);
    /// @dev The vault holds less than its book, before this deposit. Local units.
    error BalanceBelowBook(uint16 asset, uint256 expected, uint256 actual);
    error GasTooLow(uint256 required, uint256 actual);
    error HubEidInvalid(uint32 hubEid);
    error ParkUnknown(uint32 srcEid, uint64 index);
    error ParkLocked(uint32 srcEid, uint64 index, uint64 unlockAt);
    error ParkNotPayable(uint32 srcEid, uint64 index, Parked reason);
    /// @dev The hub acknowledged what this side never posted: nothing more is paid.
    error PaymentsStopped(Halt reason);
    error OnlySelf(address caller);
    error PushMismatch(uint256 expected, uint256 actual);

    /// @notice Lists an asset, once and for ever.
    /// @param canonicalDecimals At most the token's.
    /// @param minDeposit Canonical units.
    function listAsset(uint16 asset, address token, uint8 canonicalDecimals, uint128 minDeposit, uint32 pushGas)
        external;

    /// @notice Takes collateral and credits `(owner, subaccount)` on the hub.
    /// @param amount Local units; what is below one canonical unit stays with the caller.
    /// @param refundTo Paid here if the hub can't credit the deposit.
    /// @param holdsOnHub For a calling contract that names itself as owner: it holds this address on the hub as well.
    /// @return index Of the entry in the lane to the hub.
    /// @return credited Canonical units.
    function deposit(uint16 asset, uint256 amount, address owner, uint96 subaccount, address refundTo, bool holdsOnHub)
        external
        returns (uint64 index, uint128 credited);

    /// @notice Pays a parked release whose reason is gone. Anyone may; it pays `payee` and nobody else.
    /// @dev Its arguments are those of `ReleaseParked`.
    function retry(uint32 srcEid, uint64 index, Entry calldata entry, uint64 parkedAt, uint64 unlockAt, address payee)
        external;

    /// @return deposited Canonical units, cumulative.
    /// @return released Canonical units, cumulative.
    function book(uint16 asset) external view returns (uint128 deposited, uint128 released);

    /// @return Canonical units released for an account, cumulative: a later escape subtracts it.
    function releasedTo(bytes32 account, uint16 asset) external view returns (uint128);

    /// @return The hash of a parked release with its times and payee, or zero.
    function parkOf(uint32 srcEid, uint64 index) external view returns (bytes32);

    function assetOf(uint16 asset) external view returns (Asset memory);
}
