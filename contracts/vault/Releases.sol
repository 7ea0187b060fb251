// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Parked} from "../interfaces/ICollateralVault.sol";
import {Halt} from "../interfaces/IGateway.sol";
import {ILaneApp} from "../interfaces/ILaneApp.sol";
import {BoundedPush} from "../libraries/BoundedPush.sol";
import {Barrier, Levels} from "../libraries/Levels.sol";
import {ownerOf, partyAddress} from "../types/Account.sol";
import {Entry, KIND_RELEASE, KIND_RETURNED, makeEntry} from "../types/Entry.sol";
import {Limit} from "../types/Limit.sol";
import {Stage, Terms} from "../types/Terms.sol";
import {VaultCallers} from "./VaultCallers.sol";

/// @title Releases
/// @notice The way out: releases that the gateway executed, inside levels and limits, pushed to their recipient inside a fixed
/// gas allowance. What may not be paid yet, or what a token refuses, is parked as one word, and ends paid by `retry`, given
/// back to the hub, or struck by the council, where it was forged.
abstract contract Releases is VaultCallers {
    using Levels for Limit;

    /// @dev What follows a push (undoing the book, the park's word and event) must still be paid for.
    uint256 internal constant AFTER_PUSH_GAS = 46_000;
    /// @dev After these, what is still refused need not wait for its payee or owner.
    uint64 internal constant RETURNABLE_AFTER = 7 days;

    bytes32 internal constant RETURN_TYPEHASH =
        keccak256("ReturnRelease(uint64 index,bytes32 release,uint256 deadline)");

    uint64 public immutable largeWait;
    uint64 public immutable largeBlocks;

    mapping(uint32 srcEid => mapping(uint64 index => bytes32)) public parkOf;
    mapping(uint16 asset => uint128) public struck;

    constructor(uint64 largeWait_, uint64 largeBlocks_) {
        if (largeWait_ == 0 || largeBlocks_ == 0) revert WaitZero();
        largeWait = largeWait_;
        largeBlocks = largeBlocks_;
    }

    // ── arriving ────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc ILaneApp
    function onEntries(uint32 srcEid, uint64 firstIndex, Entry[] calldata entries) external nonReentrant {
        if (msg.sender != address(gateway)) revert CallerNotGateway(msg.sender);
        uint64 laneClock = gateway.clock(hubEid);
        for (uint256 i = 0; i < entries.length; ++i) {
            Entry memory entry = entries[i];
            uint64 index = firstIndex + uint64(i);
            address payee = partyAddress(entry.party);
            (Parked reason, Terms memory terms) = _release(srcEid, index, entry, payee, Stage.Unbacked, laneClock);
            if (reason != Parked.None) _park(srcEid, index, entry, reason, terms, payee);
        }
    }

    // ── ending ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function retry(uint32 srcEid, uint64 index, Entry memory entry, Terms memory terms, address payee)
        external
        nonReentrant
    {
        _takePark(srcEid, index, entry, terms, payee);
        Parked reason = _tryAgain(srcEid, index, entry, terms, payee);
        if (reason != Parked.None) revert ParkNotPayable(srcEid, index, reason);
    }

    function returnRelease(uint64 index, Entry memory entry, Terms memory terms, address payee) external nonReentrant {
        _takePark(hubEid, index, entry, terms, payee);
        if (msg.sender != payee && !(msg.sender == ownerOf(entry.account) && _isSenderOrigin())) {
            if (terms.isVetoed()) revert ParkLocked(hubEid, index, terms.unlockAt, terms.unlockBlock);
            uint64 returnableAt = terms.unlockAt + RETURNABLE_AFTER;
            if (clockOf(entry.asset()) < returnableAt) revert ReturnNotYet(index, returnableAt);
            if (_tryAgain(hubEid, index, entry, terms, payee) == Parked.None) return;
        }
        _return(index, entry, terms);
    }

    function returnReleaseSigned(
        uint64 index,
        Entry memory entry,
        Terms memory terms,
        address payee,
        uint256 deadline,
        bytes calldata signature
    ) external nonReentrant {
        _takePark(hubEid, index, entry, terms, payee);
        _checkSigner(ownerOf(entry.account), returnDigest(index, entry, deadline), deadline, signature);
        _return(index, entry, terms);
    }

    function returnDigest(uint64 index, Entry memory entry, uint256 deadline) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(RETURN_TYPEHASH, index, entry.hash(), deadline)));
    }

    function vetoRelease(uint32 srcEid, uint64 index, Entry memory entry, Terms memory terms, address payee)
        external
        nonReentrant
        restricted
    {
        if (terms.isVetoed()) revert ParkLocked(srcEid, index, terms.unlockAt, terms.unlockBlock);
        _checkPark(srcEid, index, entry, terms, payee);
        _park(srcEid, index, entry, Parked.Vetoed, terms.vetoed(), payee);
    }

    function clearRelease(uint32 srcEid, uint64 index, Entry memory entry, Terms memory terms, address payee)
        external
        nonReentrant
        restricted
    {
        if (!terms.isVetoed()) revert ParkNotVetoed(srcEid, index);
        _checkPark(srcEid, index, entry, terms, payee);
        _park(srcEid, index, entry, Parked.None, terms.cleared(clockOf(entry.asset())), payee);
    }

    function strike(uint32 srcEid, uint64 index, Entry memory entry, Terms memory terms, address payee)
        external
        nonReentrant
        restricted
    {
        _takePark(srcEid, index, entry, terms, payee);
        if (terms.stage != Stage.Unbacked) struck[entry.asset()] += entry.amount();
        emit ReleaseStruck(srcEid, index, entry);
    }

    /// @dev Whoever finishes a park takes its word away first: it ends once.
    function _takePark(uint32 srcEid, uint64 index, Entry memory entry, Terms memory terms, address payee) internal {
        _checkPark(srcEid, index, entry, terms, payee);
        delete parkOf[srcEid][index];
        if (terms.stage != Stage.Unbacked) _outflows[entry.asset()].queued -= entry.amount();
    }

    /// @dev Not over a closed lane: there the words stay.
    function _checkPark(uint32 srcEid, uint64 index, Entry memory entry, Terms memory terms, address payee)
        internal
        view
    {
        if (parkOf[srcEid][index] != _parkHash(entry, terms, payee)) revert ParkUnknown(srcEid, index);
        if (gateway.haltOf(hubEid) == Halt.Closed) revert PaymentsStopped(hubEid);
    }

    /// @dev The hub makes the release again from its own outbox; a park that it never posted would halt the lane there.
    function _return(uint64 index, Entry memory entry, Terms memory terms) internal {
        if (_keepsItsPlace(entry.asset(), terms)) {
            revert ParkLocked(hubEid, index, terms.unlockAt, terms.unlockBlock);
        }
        if (!_isOurs(hubEid, entry)) revert ParkNotReturnable(hubEid, index);
        bytes32 release = entry.hash();
        uint64 returned = gateway.post(
            hubEid, makeEntry(KIND_RETURNED, entry.asset(), eid, index, entry.amount(), entry.account, release)
        );
        emit ReleaseReturned(index, returned, release);
    }

    /// @dev What has drawn stays until its time: else the same money could come back at once and draw again and again, and all
    /// others would wait behind what is never paid.
    function _keepsItsPlace(uint16 asset, Terms memory terms) internal view virtual returns (bool) {
        return terms.stage == Stage.Drawn && !terms.isVetoed() && clockOf(asset) < terms.unlockAt;
    }

    /// @return None when it is paid, or has moved on and waits for something else; otherwise why it is where it was.
    /// @dev A payment outside of `execute`, which is stopped with it.
    function _tryAgain(uint32 srcEid, uint64 index, Entry memory entry, Terms memory terms, address payee)
        internal
        returns (Parked)
    {
        if (!gateway.isFlowing(hubEid)) revert PaymentsStopped(hubEid);
        uint16 asset = entry.asset();
        uint64 pausedUntil = assetPausedUntil(asset);
        if (pausedUntil > block.timestamp) revert AssetIsPaused(asset, pausedUntil);
        uint256 quorum = terms.unlockBlock == 0 ? 0 : gateway.quorum(srcEid, index);
        if (!Levels.isUnlocked(terms, clockOf(asset), block.number, quorum)) {
            revert ParkLocked(srcEid, index, terms.unlockAt, terms.unlockBlock);
        }
        (Parked reason, Terms memory next) = _release(srcEid, index, entry, payee, terms.stage, gateway.clock(hubEid));
        if (reason == Parked.None) return reason;
        if (next.stage > terms.stage) {
            next.parkedAt = terms.parkedAt;
            _park(srcEid, index, entry, reason, next, payee);
            return Parked.None;
        }
        // Whoever asked ends it another way: nothing is set aside for it any more.
        if (next.stage != Stage.Unbacked) _outflows[asset].queued -= entry.amount();
        return reason;
    }

    function _isOurs(uint32 srcEid, Entry memory entry) internal view returns (bool) {
        return srcEid == hubEid && entry.kind() == KIND_RELEASE && entry.spare() == 0 && entry.eid() == eid;
    }

    // ── paying ──────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @param stage What it has behind it.
    /// @return reason None when paid; otherwise nothing has moved, `terms` say when to try again and with what behind it, and
    /// what may be paid once is set aside.
    function _release(uint32 srcEid, uint64 index, Entry memory entry, address payee, Stage stage, uint64 laneClock)
        internal
        virtual
        returns (Parked reason, Terms memory terms)
    {
        uint16 asset = entry.asset();
        uint128 amount = entry.amount();
        Listing memory listed = _listings[asset];
        uint64 clock = _clock(asset, listed, laneClock);
        terms = Terms(uint64(block.timestamp), clock, 0, Stage.Unbacked);
        if (!_isOurs(srcEid, entry)) return (Parked.NotPayable, terms);
        if (listed.token == address(0)) return (Parked.AssetUnlisted, terms);
        if (payee == address(0)) return (Parked.RecipientInvalid, terms);
        Book memory before = book[asset];
        Outflow memory outflow = _outflows[asset];
        if (amount > before.deposited - before.released - outflow.queued) return (Parked.BeyondBook, terms);

        terms.stage = stage == Stage.Unbacked ? Stage.Arrived : stage;
        outflow.queued += amount;
        Payout memory payout = _payouts[entry.account][asset];
        reason = _pausedUntil(asset, listed) > block.timestamp
            ? Parked.AssetPaused
            : _limit(srcEid, index, amount, _limits[asset], clock, outflow, payout, terms);
        if (reason != Parked.None) {
            // It is set aside, and what it drew, it has drawn: its time is fixed.
            _outflows[asset] = outflow;
            if (reason == Parked.AccountShare || reason == Parked.OverLimit) _payouts[entry.account][asset] = payout;
            return (reason, terms);
        }

        // Set aside before the call, so that nothing the token calls sees money that is already on its way. What is refused
        // stays so, and has drawn nothing.
        _outflows[asset].queued = outflow.queued;
        if (!_tryPush(listed, payee, uint256(amount) * 10 ** listed.scaleDecimals)) return (Parked.Refused, terms);
        outflow.queued -= amount;
        _outflows[asset] = outflow;
        book[asset].released = before.released + amount;
        unchecked {
            // Bounded by the sum of all releases, which the book bounds by 2^128.
            payout.released += amount;
        }
        _payouts[entry.account][asset] = payout;
        emit Released(index, entry.account, asset, payee, amount);
    }

    /// @dev Asks level, share and bucket, as far as the entry has not passed them. Draws in memory; the caller stores it.
    function _limit(
        uint32 srcEid,
        uint64 index,
        uint128 amount,
        Limit memory limit,
        uint64 clock,
        Outflow memory outflow,
        Payout memory payout,
        Terms memory terms
    ) internal view virtual returns (Parked) {
        uint256 quorum = terms.stage < Stage.Waited && limit.isLarge(amount) ? gateway.quorum(srcEid, index) : 0;
        (Barrier barrier, uint256 unlockAt, uint256 share, uint256 bucket) =
            limit.pass(terms.stage, quorum, clock, amount, payout.shareFullAt, outflow.fullAt);
        (terms.unlockAt, payout.shareFullAt, outflow.fullAt) = (uint64(unlockAt), uint128(share), uint128(bucket));
        terms.stage = Levels.stageBehind(barrier, terms.stage);
        if (barrier == Barrier.None) return Parked.None;
        if (barrier == Barrier.Share) return Parked.AccountShare;
        if (barrier == Barrier.Bucket) return Parked.OverLimit;
        (terms.unlockAt, terms.unlockBlock) = (clock + largeWait, uint64(block.number) + largeBlocks);
        return Parked.Large;
    }

    /// @dev A push that fails for want of gas would park what could be paid: whoever executes brings enough.
    function _tryPush(Listing memory listed, address recipient, uint256 local) internal virtual returns (bool) {
        uint256 required = uint256(listed.pushGas) * 64 / 63 + AFTER_PUSH_GAS;
        if (gasleft() < required) revert GasTooLow(required, gasleft());
        try this.push{gas: listed.pushGas}(listed.token, recipient, local) {
            return true;
        } catch {
            return false;
        }
    }

    /// @notice Not for callers: the vault pays inside a call of its own, so that a refused or dishonest transfer is
    /// undone as a whole.
    function push(address token, address recipient, uint256 local) external {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        uint256 balanceBefore = IERC20(token).balanceOf(address(this));
        BoundedPush.transfer(token, recipient, local);
        uint256 balanceAfter = IERC20(token).balanceOf(address(this));
        if (balanceBefore - balanceAfter != local) revert PushMismatch(local, balanceBefore - balanceAfter);
    }

    // ── the word of a park ──────────────────────────────────────────────────────────────────────────────────────────

    function _park(uint32 srcEid, uint64 index, Entry memory entry, Parked reason, Terms memory terms, address payee)
        internal
    {
        parkOf[srcEid][index] = _parkHash(entry, terms, payee);
        emit ReleaseParked(srcEid, index, reason, entry, terms, payee);
    }

    function _parkHash(Entry memory entry, Terms memory terms, address payee) internal pure returns (bytes32) {
        return keccak256(abi.encode(entry.word, entry.account, entry.party, terms, payee));
    }
}
