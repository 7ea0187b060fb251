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

    /// @notice An EIP-2612 permit of the caller for this vault, over the amount it deposits.
    struct Permit {
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice A Permit2 `PermitTransferFrom` of the caller, with this vault as its spender, over the amount it deposits.
    struct Permit2Transfer {
        uint256 nonce;
        uint256 deadline;
        bytes signature;
    }

    /// @notice A withdrawal asked for from here, should nobody on the hub do it.
    /// @param dstEid The vault that shall pay.
    /// @param recipient The owner, a recipient that the owner registered on the hub, or, asked by a registered controller, the
    /// controller itself.
    struct Request {
        address owner;
        uint96 subaccount;
        uint32 dstEid;
        uint16 asset;
        uint128 amount;
        address recipient;
    }

    event AssetListed(
        uint16 indexed asset,
        address indexed token,
        uint8 decimals,
        uint8 canonicalDecimals,
        uint128 minDeposit,
        uint32 pushGas
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

    /// @notice A parked release went back to the hub; `returnedIndex` is its entry in the lane there.
    event ReleaseReturned(uint64 indexed index, uint64 indexed returnedIndex, bytes32 releaseHash);

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
    /// @dev No payment to retry or return to try while the lane from the hub is paused.
    error PaymentsPaused(uint64 until);
    /// @dev The hub never posted it as a release of this vault.
    error ParkNotReturnable(uint32 srcEid, uint64 index);
    /// @dev Only the payee and the owner return before `returnableAt`, Unix seconds; then anyone does.
    error ReturnNotYet(uint64 index, uint64 returnableAt);
    error SignatureExpired(uint256 deadline);
    error SignerMismatch(address expected, address actual);
    error RequestNonceUsed(address requester, uint256 nonce);
    /// @dev Without a signature, the account that pays for the transaction must itself ask: a contract's address may belong
    /// to somebody else here.
    error RequesterNotOrigin(address caller, address origin);
    /// @dev A controller asks for itself.
    error RequestRecipientInvalid(address requester, address recipient);
    error DestinationZero();
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

    /// @notice `deposit` with the caller's EIP-2612 permit. A permit that was used before, by whoever saw it, is no obstacle:
    /// what counts is the allowance.
    function depositWithPermit(
        uint16 asset,
        uint256 amount,
        address owner,
        uint96 subaccount,
        address refundTo,
        bool holdsOnHub,
        Permit calldata permit
    ) external returns (uint64 index, uint128 credited);

    /// @notice `deposit` with the caller's Permit2 signature, which names this vault and so is of no use to others.
    function depositWithPermit2(
        uint16 asset,
        uint256 amount,
        address owner,
        uint96 subaccount,
        address refundTo,
        bool holdsOnHub,
        Permit2Transfer calldata permit
    ) external returns (uint64 index, uint128 credited);

    /// @notice Posts a request to the hub to pay out. The caller must be the transaction's origin; it asks as owner, or as
    /// the controller that the owner registered on the hub for this eid.
    /// @dev The hub serves it or refuses it with a reason, in the transaction that executes it.
    function requestWithdrawal(Request calldata request) external returns (uint64 index);

    /// @notice The same, with the signature of the owner or controller (EIP-712), brought by anyone.
    /// @param nonce Any that `requester` has not used here.
    function requestWithdrawalSigned(
        Request calldata request,
        address requester,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint64 index);

    function isRequestNonceUsed(address requester, uint256 nonce) external view returns (bool);

    /// @return What `requester` signs.
    function requestDigest(Request calldata request, address requester, uint256 nonce, uint256 deadline)
        external
        view
        returns (bytes32);

    /// @notice Gives a parked release back to the hub, where its account is credited again. By its payee or the owner at any
    /// time; by anyone 7 days after it unlocked, when it is still refused: if it can be paid by then, it is.
    function returnRelease(uint64 index, Entry calldata entry, uint64 parkedAt, uint64 unlockAt, address payee) external;

    /// @notice The same with the owner's signature (EIP-712), brought by anyone.
    function returnReleaseSigned(
        uint64 index,
        Entry calldata entry,
        uint64 parkedAt,
        uint64 unlockAt,
        address payee,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @return What the owner of the release's account signs.
    function returnDigest(uint64 index, Entry calldata entry, uint256 deadline) external view returns (bytes32);

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
