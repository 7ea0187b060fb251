// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice A withdrawal as an owner signs it (EIP-712, domain "Weighlock Clearing House" version "1" on the hub).
/// @param amount What the recipient gets, canonical units.
/// @param maxFee The most that the operator may take on top, canonical units of the same asset.
/// @param nonce Any that the owner has not used.
/// @param deadline Unix seconds, the last at which it counts.
struct Withdrawal {
    address owner;
    uint96 subaccount;
    uint32 dstEid;
    uint16 asset;
    uint128 amount;
    address recipient;
    uint128 maxFee;
    uint256 nonce;
    uint256 deadline;
}

/// @notice What an operator brings.
/// @param fee What it takes, canonical units.
struct SignedWithdrawal {
    Withdrawal withdrawal;
    uint128 fee;
    bytes signature;
}

/// @notice Why a signed withdrawal is skipped, or a request refused.
enum Refusal {
    None,
    AssetNotOnLane,
    AmountZero,
    RecipientZero,
    BalanceTooLow,
    BelowMinimum,
    VaultTooLow,
    /// @dev Paused, halted or not open: the gateway takes no entry for that vault.
    LaneStopped,
    Expired,
    NonceUsed,
    SignatureInvalid,
    FeeTooHigh,
    RecipientNotRegistered,
    ControllerUnknown,
    AssetPaused
}

using {structHash} for Withdrawal global;

bytes32 constant WITHDRAWAL_TYPEHASH = keccak256(
    "Withdrawal(address owner,uint96 subaccount,uint32 dstEid,uint16 asset,uint128 amount,address recipient,uint128 maxFee,uint256 nonce,uint256 deadline)"
);

function structHash(Withdrawal memory self) pure returns (bytes32) {
    return keccak256(abi.encode(WITHDRAWAL_TYPEHASH, self));
}
