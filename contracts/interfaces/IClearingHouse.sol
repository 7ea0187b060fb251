// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Entry} from "../types/Entry.sol";
import {Limit} from "../types/Limit.sol";
import {Terms} from "../types/Terms.sol";
import {Refusal, SignedWithdrawal, Withdrawal} from "../types/Withdrawal.sol";
import {ILaneApp} from "./ILaneApp.sol";

/// @notice Why an entry was not credited.
enum Held {
    None,
    /// @dev Of no kind that comes this way, from another eid, or with spare bits: parked, no money in it.
    NotCreditable,
    /// @dev A deposit whose asset is not listed for the lane: in suspense.
    AssetUnlisted,
    /// @dev A deposit for the zero owner: in suspense.
    OwnerZero,
    /// @dev It would overflow the lane's book: parked, no money in it.
    BookFull,
    /// @dev A release that the vault gave back, until somebody settles it.
    Returned,
    /// @dev Large, and fewer than three paths vouch for it: in suspense, it waits in time and blocks.
    Large,
    /// @dev More than the lane's bucket holds: in suspense, it has its time.
    OverLimit,
    /// @dev The lane would owe more than its cap: in suspense, until something was withdrawn from its vault.
    OverExposure,
    /// @dev In suspense.
    AssetPaused
}

/// @title ClearingHouse: accounts, ledger and lane books on the hub
/// @notice All amounts are canonical units.
interface IClearingHouse is ILaneApp {
    /// @notice What may change of an asset on a lane: stricter at once, looser after a delay.
    /// @param minWithdrawal Canonical units; stricter where it is more.
    /// @param cap The most that the lane may owe, canonical units: credited − suspense − authorised.
    /// @param limit What may be credited how fast. Like `cap` it rises from a tenth over the lane's first 30 days of its clock, all but the
    /// refill.
    struct LaneRules {
        uint64 minWithdrawal;
        uint128 cap;
        Limit limit;
    }

    event AssetListed(uint32 indexed eid, uint16 indexed asset, uint8 canonicalDecimals);
    event LaneRulesSet(uint32 indexed eid, uint16 indexed asset, LaneRules rules);
    event AssetPauseChanged(uint16 indexed asset, uint64 until);
    event Credited(uint32 indexed srcEid, bytes32 indexed account, uint16 indexed asset, uint64 index, uint128 amount);
    /// @notice An entry that moved on is told again.
    event EntryHeld(uint32 indexed srcEid, uint64 indexed index, Held indexed reason, Entry entry, Terms terms);
    event Withdrawn(
        uint32 indexed dstEid,
        bytes32 indexed account,
        uint16 indexed asset,
        uint64 index,
        uint128 amount,
        address recipient
    );

    /// @notice A signed withdrawal was left out of its batch; it can be brought again.
    event WithdrawalSkipped(address indexed owner, uint256 indexed nonce, Refusal reason);
    /// @notice A request from a vault's chain was executed, and refused.
    event RequestRefused(uint32 indexed srcEid, uint64 indexed index, Refusal reason);
    event NonceCancelled(address indexed owner, uint256 nonce);
    event RecipientSet(address indexed owner, uint32 indexed dstEid, address indexed recipient, bool isAllowed);
    event ControllerSet(address indexed owner, uint32 indexed srcEid, address indexed controller);
    /// @notice Between two accounts of the ledger; also an operator's fee.
    event Transferred(bytes32 indexed from, bytes32 indexed to, uint16 indexed asset, uint128 amount);
    /// @notice A deposit in suspense went back to its vault as the release `releaseIndex`.
    event Refunded(uint32 indexed srcEid, uint64 indexed index, uint64 releaseIndex);
    /// @notice The release `ref` ended as returned.
    event ReturnSettled(
        uint32 indexed srcEid, uint64 indexed index, uint64 indexed ref, bytes32 account, uint128 amount
    );
    /// @notice Evidence: the vault's chain gives back what was never released to it, or gives it back twice.
    event FalselyReturned(uint32 indexed srcEid, uint64 indexed index, uint64 indexed ref);

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
    /// @dev Nothing that came over a lane is finished while it is halted or paused, and no return settled while nothing may go
    /// out over it; the gateway's `haltOf` and `pausedUntil` say why.
    error FinishingStopped(uint32 srcEid);
    /// @dev `unlockAt` in seconds of `clockOf`, `unlockBlock` zero where only time counts.
    error HeldLocked(uint32 srcEid, uint64 index, uint64 unlockAt, uint64 unlockBlock);
    error LaneAssetPaused(uint16 asset, uint64 until);
    error NotThePauseController(address caller);
    error LaneLimitInvalid(uint32 eid, uint16 asset);
    error LaneRulesNotTighter(uint32 eid, uint16 asset);
    error LargeWaitZero();
    error NotRefundable(uint32 srcEid, uint64 index, Held reason);
    error RefundNotYet(uint32 srcEid, uint64 index, uint64 refundableAt);
    /// @dev Not the whole window that holds `ref`, as it was sealed here.
    error WindowMismatch(uint32 dstEid, uint64 ref, uint64 previousCount, uint256 count);
    error NonceAlreadyUsed(address owner, uint256 nonce);
    error ReceiverZero();

    /// @notice Lists an asset for a lane, once.
    /// @param canonicalDecimals The same on every lane.
    function listAsset(uint32 eid, uint16 asset, uint8 canonicalDecimals, LaneRules calldata rules) external;

    /// @notice Makes an asset's rules on a lane stricter, at once. Unlock times that were given stay, and so does what was
    /// drawn from the bucket.
    function tightenAsset(uint32 eid, uint16 asset, LaneRules calldata rules) external;

    /// @notice Sets an asset's rules on a lane, after a delay, and fills its bucket.
    function loosenAsset(uint32 eid, uint16 asset, LaneRules calldata rules) external;

    /// @notice Pays out of the caller's own account, from the vault behind `dstEid`.
    /// @return index Of the release in the lane to that vault.
    function withdraw(uint96 subaccount, uint32 dstEid, uint16 asset, uint128 amount, address recipient)
        external
        returns (uint64 index);

    /// @notice Brings withdrawals that their owners signed, by key or by ERC-1271. One that can't be done is skipped and
    /// emits its reason; it never stops the batch. Each fee is credited to the caller's account with subaccount 0.
    /// @return accepted How many were done.
    function withdrawBatch(SignedWithdrawal[] calldata items) external returns (uint256 accepted);

    /// @return What the owner signs.
    function withdrawalDigest(Withdrawal calldata withdrawal) external view returns (bytes32);

    /// @notice Makes a signature of the caller worthless.
    function cancelNonce(uint256 nonce) external;

    /// @notice Where, beside the caller's own address, a request from a vault's chain may be paid.
    function setRecipient(uint32 dstEid, address recipient, bool isAllowed) external;

    /// @notice Who may ask for the caller from a vault's chain, and is paid there; zero takes it back. For contracts, whose
    /// address on that chain may be somebody else's.
    function setController(uint32 srcEid, address controller) external;

    /// @notice Moves a balance between the caller's subaccounts, or to another owner.
    function transfer(uint96 subaccount, address toOwner, uint96 toSubaccount, uint16 asset, uint128 amount) external;

    /// @notice Sends a deposit that has been in suspense for 7 days, and has no time at which it will be credited, back to its
    /// refund address. Anyone may. What was an account's before (a withdrawal that was given back) has none.
    /// @return releaseIndex Of the release in the lane to that vault.
    function refund(uint32 srcEid, uint64 index, Entry calldata entry, Held reason, Terms calldata terms)
        external
        returns (uint64 releaseIndex);

    /// @notice Credits a release that its vault gave back to the account it was taken from. Anyone may. What is credited
    /// comes from this side's own log: `window` is the whole window that holds the release, between two seals. It is held
    /// as a deposit where one would be: what comes over a lane is credited within its limits, whatever it is called there.
    /// A release that was never made, or was given back before, halts the lane.
    /// @param previousCount Where the window starts; with an empty window when the release is beyond all seals.
    function settleReturned(
        uint32 srcEid,
        uint64 index,
        Entry calldata entry,
        Terms calldata terms,
        uint64 previousCount,
        Entry[] calldata window
    ) external;

    /// @notice Credits a deposit in suspense once it is unlocked and its reason is gone. Anyone may. One that has waited may find
    /// the bucket empty, or the lane at its cap: it is held again then, with its time, or until it can be refunded.
    /// @dev `reason` and `terms`, here and above, are those of the last `EntryHeld`.
    function finish(uint32 srcEid, uint64 index, Entry calldata entry, Held reason, Terms calldata terms) external;

    function balanceOf(bytes32 account, uint16 asset) external view returns (int256);
    function totalLedger(uint16 asset) external view returns (uint256);

    /// @return credited Cumulative, suspense included.
    /// @return authorised Cumulative.
    function laneBook(uint32 eid, uint16 asset) external view returns (uint128 credited, uint128 authorised);

    /// @return A part of `credited` that backs no withdrawal.
    function suspense(uint32 eid, uint16 asset) external view returns (uint128);

    /// @return What may still be withdrawn from the vault behind `eid`.
    function available(uint32 eid, uint16 asset) external view returns (uint128);

    function rulesOf(uint32 eid, uint16 asset) external view returns (LaneRules memory);

    /// @return cap As it is now, while the lane is new.
    /// @return limit The same.
    function limitsNow(uint32 eid, uint16 asset) external view returns (uint128 cap, Limit memory limit);

    /// @return fullAt When the lane's bucket will be full again: seconds of `clockOf`, 64.64 fixed point.
    function bucketOf(uint32 eid, uint16 asset) external view returns (uint128 fullAt);

    /// @return Seconds of a clock that stands still while the lane from there or the asset is stopped.
    function clockOf(uint32 eid, uint16 asset) external view returns (uint64);

    /// @return How long a large deposit waits for want of a third path, seconds.
    function largeWait() external view returns (uint64);

    /// @return And blocks.
    function largeBlocks() external view returns (uint64);

    /// @notice What may be withdrawn where.
    function availability(uint16 asset) external view returns (uint32[] memory eids, uint128[] memory amounts);

    function isNonceUsed(address owner, uint256 nonce) external view returns (bool);
    function isRecipient(address owner, uint32 dstEid, address recipient) external view returns (bool);
    function controllerOf(address owner, uint32 srcEid) external view returns (address);

    /// @return Whether the release `ref` to that vault ended as returned.
    function isReturned(uint32 dstEid, uint64 ref) external view returns (bool);

    /// @return The hash of a held entry with its reason and terms, or zero.
    function heldOf(uint32 srcEid, uint64 index) external view returns (bytes32);
}
