// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held} from "../interfaces/IClearingHouse.sol";
import {Halt} from "../interfaces/IGateway.sol";
import {LaneLog} from "../libraries/LaneLog.sol";
import {ownerOf} from "../types/Account.sol";
import {Direction} from "../types/Direction.sol";
import {Entry, KIND_DEPOSIT, KIND_RELEASE, makeEntry} from "../types/Entry.sol";
import {Ledger} from "./Ledger.sol";

/// @title HeldEntries
/// @notice What was executed and could not be credited, one word each. Deposits in suspense are money of the lane, but of
/// no account, that backs no withdrawal, until `finish` credits them or `refund` sends them back. A release that its
/// vault gave back is credited by `settleReturned` from this side's own outbox, never from what the message says. What
/// is no deposit of its lane holds no money and stays.
abstract contract HeldEntries is Ledger {
    /// @dev A deposit that is still in suspense after these may be sent back.
    uint64 internal constant REFUNDABLE_AFTER = 7 days;

    mapping(uint32 srcEid => mapping(uint64 index => bytes32)) public heldOf;
    /// @dev 256 flags a word: releases come in a row.
    mapping(uint32 dstEid => mapping(uint64 word => uint256)) internal _returned;

    // ── suspense ────────────────────────────────────────────────────────────────────────────────────────────────────

    function finish(uint32 srcEid, uint64 index, Entry calldata entry, uint64 parkedAt) external {
        // The other reasons have no end: a zero owner stays zero, and what is no deposit holds no money.
        _takeHeld(srcEid, index, entry, Held.AssetUnlisted, parkedAt);
        (uint16 asset, uint128 amount) = (entry.asset(), entry.amount());
        LaneAsset storage laneAsset = _laneAsset[srcEid][asset];
        if (laneAsset.minWithdrawal == 0) revert StillHeld(srcEid, index, Held.AssetUnlisted);
        laneAsset.suspense -= amount;
        _addToLedger(entry.account, asset, amount);
        emit Credited(srcEid, entry.account, asset, index, amount);
    }

    function refund(uint32 srcEid, uint64 index, Entry calldata entry, Held reason, uint64 parkedAt)
        external
        returns (uint64 releaseIndex)
    {
        if (reason != Held.AssetUnlisted && reason != Held.OwnerZero) {
            revert NotRefundable(srcEid, index, reason);
        }
        _takeHeld(srcEid, index, entry, reason, parkedAt);
        uint64 refundableAt = parkedAt + REFUNDABLE_AFTER;
        if (block.timestamp < refundableAt) revert RefundNotYet(srcEid, index, refundableAt);
        (uint16 asset, uint128 amount) = (entry.asset(), entry.amount());
        _laneAsset[srcEid][asset].suspense -= amount;
        releaseIndex = _release(entry.account, srcEid, asset, amount, entry.party);
        emit Refunded(srcEid, index, releaseIndex);
    }

    /// @return Why no account can have money of this lane now, or None.
    function _reasonOfSuspense(bytes32 account, uint128 minWithdrawal) internal pure returns (Held) {
        if (ownerOf(account) == address(0)) return Held.OwnerZero;
        return minWithdrawal == 0 ? Held.AssetUnlisted : Held.None;
    }

    // ── returned ────────────────────────────────────────────────────────────────────────────────────────────────────

    function settleReturned(
        uint32 srcEid,
        uint64 index,
        Entry calldata entry,
        uint64 parkedAt,
        uint64 previousCount,
        Entry[] calldata window
    ) external {
        _takeHeld(srcEid, index, entry, Held.Returned, parkedAt);
        uint64 ref = entry.ref();
        (bool isOurs, Entry memory release) = _returnedRelease(srcEid, entry, previousCount, window);
        if (!isOurs) {
            emit FalselyReturned(srcEid, index, ref);
            gateway.reportFalseReturn(srcEid);
            return;
        }
        _returned[srcEid][ref >> 8] |= 1 << (ref & 255);

        (uint16 asset, uint128 amount) = (release.asset(), release.amount());
        laneBook[srcEid][asset].authorised -= amount;
        LaneAsset storage laneAsset = _laneAsset[srcEid][asset];
        Held reason = _reasonOfSuspense(release.account, laneAsset.minWithdrawal);
        if (reason == Held.None) {
            _addToLedger(release.account, asset, amount);
        } else {
            // A refund that was refused in its vault: it waits again, as the deposit that it was.
            laneAsset.suspense += amount;
            Entry memory deposit = makeEntry(KIND_DEPOSIT, asset, srcEid, 0, amount, release.account, release.party);
            _hold(srcEid, index, deposit, reason);
        }
        emit ReturnSettled(srcEid, index, ref, release.account, amount);
    }

    /// @return isOurs Whether what is given back was released here, and not given back before. The shown window is made
    /// again between two neighbouring seals; a vault executes only what is sealed.
    function _returnedRelease(uint32 srcEid, Entry calldata entry, uint64 previousCount, Entry[] calldata window)
        internal
        view
        virtual
        returns (bool isOurs, Entry memory release)
    {
        uint64 ref = entry.ref();
        (, uint64 sealedCount,) = gateway.outbox(srcEid);
        if (ref >= sealedCount) return (false, release);
        uint256 count = uint256(previousCount) + window.length;
        if (ref < previousCount || ref >= count || count > sealedCount) {
            revert WindowMismatch(srcEid, ref, previousCount, count);
        }
        bytes32 root = LaneLog.rootOf(window, 0, window.length);
        bytes32 head = LaneLog.headOf(gateway.sealedHead(srcEid, previousCount), root, uint64(count));
        if (head != gateway.sealedHead(srcEid, uint64(count))) {
            revert WindowMismatch(srcEid, ref, previousCount, count);
        }
        release = window[ref - previousCount];
        isOurs = release.kind() == KIND_RELEASE && release.hash() == entry.party && !isReturned(srcEid, ref);
    }

    // ── the word of a held entry ────────────────────────────────────────────────────────────────────────────────────

    function _hold(uint32 srcEid, uint64 index, Entry memory entry, Held reason) internal {
        uint64 parkedAt = uint64(block.timestamp);
        heldOf[srcEid][index] = _heldHash(entry, reason, parkedAt);
        emit EntryHeld(srcEid, index, reason, entry, parkedAt);
    }

    /// @dev Whoever finishes a held entry takes its word away first: it ends once. Not over a lane that is paused, and not
    /// when its peer has executed or given back what never was: what it brought may be forged too. (A contradiction is
    /// about what comes next, not about what two paths agreed on before it.)
    function _takeHeld(uint32 srcEid, uint64 index, Entry calldata entry, Held reason, uint64 parkedAt) internal {
        if (heldOf[srcEid][index] != _heldHash(entry, reason, parkedAt)) revert HeldUnknown(srcEid, index);
        delete heldOf[srcEid][index];
        Halt halt = gateway.haltOf(srcEid);
        uint64 until = gateway.pausedUntil(srcEid, Direction.In);
        if (halt == Halt.FalseAck || halt == Halt.FalseReturn || until > block.timestamp) {
            revert FinishingStopped(srcEid, halt, until);
        }
    }

    function _heldHash(Entry memory entry, Held reason, uint64 parkedAt) internal pure returns (bytes32) {
        return keccak256(abi.encode(entry.word, entry.account, entry.party, reason, parkedAt));
    }

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function isReturned(uint32 dstEid, uint64 ref) public view returns (bool) {
        return (_returned[dstEid][ref >> 8] >> (ref & 255)) & 1 == 1;
    }
}
