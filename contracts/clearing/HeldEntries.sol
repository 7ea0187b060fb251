// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held} from "../interfaces/IClearingHouse.sol";
import {LaneLog} from "../libraries/LaneLog.sol";
import {Levels} from "../libraries/Levels.sol";
import {Entry, KIND_DEPOSIT, KIND_RELEASE, makeEntry} from "../types/Entry.sol";
import {Stage, Terms} from "../types/Terms.sol";
import {ownerOf} from "../types/Account.sol";
import {Credits} from "./Credits.sol";

/// @title HeldEntries
/// @notice What was executed and could not be credited, one word each. Deposits in suspense are money of the lane, but of
/// no account, that backs no withdrawal, until `finish` credits them or `refund` sends them back. A release that its
/// vault gave back is credited by `settleReturned` from this side's own outbox, never from what the message says, and
/// within the limits of deposits. What is no deposit of its lane holds no money and stays.
abstract contract HeldEntries is Credits {
    /// @dev A deposit that is still in suspense after these may be sent back.
    uint64 internal constant REFUNDABLE_AFTER = 7 days;

    /// @dev 256 flags a word: releases come in a row.
    mapping(uint32 dstEid => mapping(uint64 word => uint256)) internal _returned;

    // ── suspense ────────────────────────────────────────────────────────────────────────────────────────────────────

    function finish(uint32 srcEid, uint64 index, Entry calldata entry, Held reason, Terms calldata terms) external {
        _takeHeld(srcEid, index, entry, reason, terms);
        // What holds no money has no end here.
        if (reason == Held.NotCreditable || reason == Held.BookFull || reason == Held.Returned) {
            revert StillHeld(srcEid, index, reason);
        }
        (uint16 asset, uint128 amount) = (entry.asset(), entry.amount());
        Flow memory flow = _openFlow(srcEid, asset);
        uint256 quorum = terms.unlockBlock == 0 ? 0 : gateway.quorum(srcEid, index);
        if (!Levels.isUnlocked(terms, flow.clock, block.number, quorum)) {
            revert HeldLocked(srcEid, index, terms.unlockAt, terms.unlockBlock);
        }
        flow.suspense -= amount;
        flow.credited -= amount;
        (flow.stage, flow.isDrawn) = (terms.stage, terms.stage == Stage.Drawn);
        Held next = _take(flow, srcEid, asset, index, entry.account, amount);
        if (next == Held.None) {
            emit Credited(srcEid, entry.account, asset, index, amount);
        } else {
            // It moves on to its next wait, or to where it can be refunded; otherwise it stays as it is.
            bool isMoving = flow.terms.stage > terms.stage || (next == Held.OverExposure && !_isRefundable(reason));
            if (!isMoving) revert StillHeld(srcEid, index, next);
            _hold(srcEid, index, entry, next, flow.terms);
        }
        _closeFlow(srcEid, asset, flow);
    }

    function refund(uint32 srcEid, uint64 index, Entry calldata entry, Held reason, Terms calldata terms)
        external
        returns (uint64 releaseIndex)
    {
        if (!_isRefundable(reason) || entry.party == 0) revert NotRefundable(srcEid, index, reason);
        _takeHeld(srcEid, index, entry, reason, terms);
        uint64 refundableAt = terms.parkedAt + REFUNDABLE_AFTER;
        if (block.timestamp < refundableAt) revert RefundNotYet(srcEid, index, refundableAt);
        (uint16 asset, uint128 amount) = (entry.asset(), entry.amount());
        _checkAssetNotPaused(asset);
        _laneAsset[srcEid][asset].suspense -= amount;
        releaseIndex = _release(entry.account, srcEid, asset, amount, entry.party);
        emit Refunded(srcEid, index, releaseIndex);
    }

    /// @dev The others have their time, after which they are credited.
    function _isRefundable(Held reason) internal pure returns (bool) {
        return reason == Held.AssetUnlisted || reason == Held.OwnerZero || reason == Held.OverExposure;
    }

    // ── returned ────────────────────────────────────────────────────────────────────────────────────────────────────

    function settleReturned(
        uint32 srcEid,
        uint64 index,
        Entry calldata entry,
        Terms calldata terms,
        uint64 previousCount,
        Entry[] calldata window
    ) external {
        _takeHeld(srcEid, index, entry, Held.Returned, terms);
        uint64 ref = entry.ref();
        (bool isOurs, Entry memory release) = _returnedRelease(srcEid, entry, previousCount, window);
        if (!isOurs) {
            emit FalselyReturned(srcEid, index, ref);
            gateway.reportFalseReturn(srcEid);
            return;
        }
        // It lowers what was authorised, which stands still while nothing may go out: who resumes that has signed for it.
        if (!gateway.accepts(srcEid)) revert FinishingStopped(srcEid);
        _returned[srcEid][ref >> 8] |= 1 << (ref & 255);

        (uint16 asset, uint128 amount) = (release.asset(), release.amount());
        _checkAssetNotPaused(asset);
        Flow memory flow = _openFlow(srcEid, asset);
        laneBook[srcEid][asset] = laneBook[srcEid][asset].giveBack(amount);
        flow.credited -= amount;
        // It comes over the lane like any deposit, and may be none that ever passed the bucket: a refund that its vault gave
        // back. What was an account's has no refund address: where its owner wanted it paid may be why it came back.
        bool isRefund = flow.closed != Held.None || ownerOf(release.account) == address(0);
        bytes32 party = isRefund ? release.party : bytes32(0);
        Entry memory deposit = makeEntry(KIND_DEPOSIT, asset, srcEid, 0, amount, release.account, party);
        Held reason = _take(flow, srcEid, asset, index, release.account, amount);
        if (reason != Held.None) _hold(srcEid, index, deposit, reason, flow.terms);
        _closeFlow(srcEid, asset, flow);
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
        bool isWindow = previousCount <= ref && ref < count && count <= sealedCount;
        if (isWindow) {
            bytes32 root = LaneLog.rootOf(window, 0, window.length);
            bytes32 head = LaneLog.headOf(_sealedHead(srcEid, previousCount), root, uint64(count));
            isWindow = head == _sealedHead(srcEid, uint64(count));
        }
        if (!isWindow) revert WindowMismatch(srcEid, ref, previousCount, count);
        release = window[ref - previousCount];
        isOurs = release.kind() == KIND_RELEASE && release.hash() == entry.party && !isReturned(srcEid, ref);
    }

    function _sealedHead(uint32 dstEid, uint64 count) internal view returns (bytes32) {
        return gateway.sealedHead(dstEid, count);
    }

    // ── the word of a held entry ────────────────────────────────────────────────────────────────────────────────────

    /// @dev Whoever finishes a held entry takes its word away first: it ends once. Not over a lane that is stopped: what it
    /// brought may be forged.
    function _takeHeld(uint32 srcEid, uint64 index, Entry calldata entry, Held reason, Terms calldata terms) internal {
        if (heldOf[srcEid][index] != _heldHash(entry, reason, terms)) revert HeldUnknown(srcEid, index);
        delete heldOf[srcEid][index];
        if (!gateway.isFlowing(srcEid)) revert FinishingStopped(srcEid);
    }

    function _checkAssetNotPaused(uint16 asset) internal view {
        uint64 until = assetPausedUntil[asset];
        if (until > block.timestamp) revert LaneAssetPaused(asset, until);
    }

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function isReturned(uint32 dstEid, uint64 ref) public view returns (bool) {
        return (_returned[dstEid][ref >> 8] >> (ref & 255)) & 1 == 1;
    }
}
