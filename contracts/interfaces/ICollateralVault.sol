// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Entry} from "../types/Entry.sol";
import {Limit} from "../types/Limit.sol";
import {Terms} from "../types/Terms.sol";
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
    Refused,
    /// @dev Large, and fewer than three paths vouch for it: it waits in time and blocks.
    Large,
    /// @dev More than the account's share of the bucket.
    AccountShare,
    /// @dev More than the bucket holds: it has its time.
    OverLimit,
    AssetPaused,
    /// @dev A guardian stopped it; the council decides.
    Vetoed
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

    /// @notice What may change of an asset: stricter at once, looser after a delay.
    /// @param minDeposit Canonical units; stricter where it is more.
    /// @param pushGas What a payment may use; stricter where it is less.
    struct AssetRules {
        uint48 minDeposit;
        uint24 pushGas;
        Limit limit;
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

    event AssetListed(uint16 indexed asset, address indexed token, uint8 decimals, uint8 canonicalDecimals);
    event AssetRulesSet(uint16 indexed asset, AssetRules rules);
    event AssetPauseSet(uint16 indexed asset, uint64 until);
    event Released(
        uint64 indexed index, bytes32 indexed account, uint16 indexed asset, address recipient, uint128 amount
    );
    /// @notice `terms` and `payee` make the park's word, to be shown again by whoever finishes it. A park that moved on is told
    /// again; with reason None it was vetoed and is cleared.
    event ReleaseParked(
        uint32 indexed srcEid, uint64 indexed index, Parked indexed reason, Entry entry, Terms terms, address payee
    );
    /// @notice A release that waited is void: the council found it forged.
    event ReleaseStruck(uint32 indexed srcEid, uint64 indexed index, Entry entry);

    /// @notice A parked release went back to the hub; `returnedIndex` is its entry in the lane there.
    event ReleaseReturned(uint64 indexed index, uint64 indexed returnedIndex, bytes32 releaseHash);

    error CallerNotGateway(address caller);
    error GatewayNotOurs(address expectedApp, address actualApp);
    error AssetNotListed(uint16 asset);
    error AssetAlreadyListed(uint16 asset, address token);
    /// @dev With more a full window might not fit in one transaction.
    error AssetsFull(uint256 most);
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
    /// @dev `unlockAt` in seconds of the asset's clock, `unlockBlock` zero where only time counts.
    error ParkLocked(uint32 srcEid, uint64 index, uint64 unlockAt, uint64 unlockBlock);
    error ParkNotVetoed(uint32 srcEid, uint64 index);
    error ParkNotPayable(uint32 srcEid, uint64 index, Parked reason);
    /// @dev Nothing is paid while the lane from the hub is halted or paused; `haltOf` and `pausedUntil` say why.
    error PaymentsStopped(uint32 srcEid);
    error AssetIsPaused(uint16 asset, uint64 until);
    error CallerNotPauseController(address caller);
    error LimitInvalid(uint16 asset);
    error RulesNotTighter(uint16 asset);
    error WaitZero();
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
    function listAsset(uint16 asset, address token, uint8 canonicalDecimals, AssetRules calldata rules) external;

    /// @notice Makes an asset's rules stricter, at once. Unlock times that were given stay, and so does what the bucket is short
    /// of, which a slower refill takes longer to bring.
    function tightenAsset(uint16 asset, AssetRules calldata rules) external;

    /// @notice Sets an asset's rules, after a delay, and fills its bucket.
    function loosenAsset(uint16 asset, AssetRules calldata rules) external;

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
    /// time, but for one that has drawn from the bucket: that keeps its place until its time. By anyone 7 days after it
    /// unlocked, when it is still refused: if it can be paid by then, it is.
    /// @dev `terms` and `payee`, here and below, are those of the last `ReleaseParked`.
    function returnRelease(uint64 index, Entry calldata entry, Terms calldata terms, address payee) external;

    /// @notice The same with the owner's signature (EIP-712), brought by anyone.
    function returnReleaseSigned(
        uint64 index,
        Entry calldata entry,
        Terms calldata terms,
        address payee,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @return What the owner of the release's account signs.
    function returnDigest(uint64 index, Entry calldata entry, uint256 deadline) external view returns (bytes32);

    /// @notice Pays a parked release once it is unlocked and its reason is gone. Anyone may; it pays `payee` and nobody else.
    /// One that has waited may find the bucket empty: it gets its time then, and parks again.
    function retry(uint32 srcEid, uint64 index, Entry calldata entry, Terms calldata terms, address payee) external;

    /// @notice Stops a release that waits, at once: nobody but its payee and owner can end it, by giving it back.
    function vetoRelease(uint32 srcEid, uint64 index, Entry calldata entry, Terms calldata terms, address payee)
        external;

    /// @notice Lets a vetoed release go on from where it was. One that had drawn from the bucket draws anew.
    function clearRelease(uint32 srcEid, uint64 index, Entry calldata entry, Terms calldata terms, address payee)
        external;

    /// @notice Ends a forged release that waits: it is never paid and never given back.
    function strike(uint32 srcEid, uint64 index, Entry calldata entry, Terms calldata terms, address payee) external;

    /// @return deposited Canonical units, cumulative.
    /// @return released Canonical units, cumulative.
    function book(uint16 asset) external view returns (uint128 deposited, uint128 released);

    /// @return Canonical units released for an account, cumulative: a later escape subtracts it.
    function releasedTo(bytes32 account, uint16 asset) external view returns (uint128);

    /// @return The hash of a parked release with its terms and payee, or zero.
    function parkOf(uint32 srcEid, uint64 index) external view returns (bytes32);

    function assetOf(uint16 asset) external view returns (Asset memory);
    function rulesOf(uint16 asset) external view returns (AssetRules memory);

    /// @return fullAt When the asset's bucket will be full again: seconds of its clock, 64.64 fixed point.
    /// @return queued Canonical units that are parked and may still be paid.
    function bucketOf(uint16 asset) external view returns (uint128 fullAt, uint128 queued);

    /// @return fullAt The same of an account's share.
    function shareOf(bytes32 account, uint16 asset) external view returns (uint128 fullAt);

    /// @return Seconds of a clock that stands still while the lane from the hub or the asset is stopped.
    function clockOf(uint16 asset) external view returns (uint64);

    /// @return Canonical units of releases that ended void, cumulative.
    function struck(uint16 asset) external view returns (uint128);

    /// @return How long a large release waits for want of a third path, seconds.
    function largeWait() external view returns (uint64);

    /// @return And blocks.
    function largeBlocks() external view returns (uint64);
}
