// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held} from "../interfaces/IClearingHouse.sol";
import {Levels} from "../libraries/Levels.sol";
import {ownerOf} from "../types/Account.sol";
import {Entry, KIND_DEPOSIT} from "../types/Entry.sol";
import {LaneBook} from "../types/LaneBook.sol";
import {Limit} from "../types/Limit.sol";
import {Stage, Terms} from "../types/Terms.sol";
import {Ledger} from "./Ledger.sol";

/// @title Credits
/// @notice Deposits into the ledger, as fast as their lane may bring them and up to what it may owe. What is beyond that is held
/// in suspense, as one word, and has its time.
abstract contract Credits is Ledger {
    using Levels for Limit;

    /// @dev What is read once and written once for deposits of one lane and asset in a row.
    struct Flow {
        LaneBook book;
        uint128 suspense;
        uint128 minWithdrawal;
        uint128 cap;
        Limit limit;
        uint128 fullAt;
        uint64 clock;
        bool isPaused;
        uint128 added; // to the ledger
    }

    uint64 public immutable largeWait;
    uint64 public immutable largeBlocks;

    mapping(uint32 srcEid => mapping(uint64 index => bytes32)) public heldOf;

    constructor(uint64 largeWait_, uint64 largeBlocks_) {
        if (largeWait_ == 0 || largeBlocks_ == 0) revert LargeWaitZero();
        largeWait = largeWait_;
        largeBlocks = largeBlocks_;
    }

    // ── arriving ────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Deposits of one asset in a row are booked together.
    /// @param entry The first of them, `entries[next]`.
    /// @return The first entry that is none of them.
    function _bookDeposits(uint32 srcEid, uint64 firstIndex, Entry[] calldata entries, uint256 next, Entry memory entry)
        internal
        returns (uint256)
    {
        uint16 asset = entry.asset();
        Flow memory flow = _openFlow(srcEid, asset);
        do {
            _takeDeposit(flow, srcEid, firstIndex + uint64(next), entry);
            if (++next == entries.length) break;
            entry = entries[next];
        } while (entry.isOf(KIND_DEPOSIT, srcEid) && entry.asset() == asset);
        _closeFlow(srcEid, asset, flow);
        return next;
    }

    function _takeDeposit(Flow memory flow, uint32 srcEid, uint64 index, Entry memory entry) internal {
        uint128 amount = entry.amount();
        if (amount > type(uint128).max - flow.book.credited) {
            _hold(srcEid, index, entry, Held.BookFull, _termsNow(Stage.Unbacked));
            return;
        }
        (Held reason, Terms memory terms) = _admit(flow, srcEid, index, entry, Stage.Arrived);
        flow.book.credited += amount;
        if (reason == Held.None) {
            flow.added += amount;
            _creditTo(srcEid, index, entry.account, entry.asset(), amount);
        } else {
            flow.suspense += amount;
            _hold(srcEid, index, entry, reason, terms);
        }
    }

    /// @dev The ledger's total is written with the flow.
    function _creditTo(uint32 srcEid, uint64 index, bytes32 account, uint16 asset, uint128 amount) internal {
        balanceOf[account][asset] += int256(uint256(amount));
        emit Credited(srcEid, account, asset, index, amount);
    }

    // ── limits ──────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Draws from the bucket in memory. What the deposit is about is not in the book yet, or in suspense.
    /// @param stage What it has behind it.
    /// @return reason None when it may be credited; otherwise `terms` say when to try again and with what behind it.
    function _admit(Flow memory flow, uint32 srcEid, uint64 index, Entry memory entry, Stage stage)
        internal
        view
        virtual
        returns (Held reason, Terms memory terms)
    {
        uint128 amount = entry.amount();
        terms = Terms(uint64(block.timestamp), flow.clock, 0, stage);
        reason = _reasonOfSuspense(entry.account, flow.minWithdrawal);
        if (reason != Held.None) return (reason, terms);
        if (flow.isPaused) return (Held.AssetPaused, terms);
        if (stage < Stage.Waited && flow.limit.isLarge(amount) && Levels.mustWait(stage, gateway.quorum(srcEid, index)))
        {
            (terms.unlockAt, terms.unlockBlock) = (flow.clock + largeWait, uint64(block.number) + largeBlocks);
            terms.stage = Stage.Waited;
            return (Held.Large, terms);
        }
        if (uint256(flow.book.available(flow.suspense)) + amount > flow.cap) return (Held.OverExposure, terms);
        if (stage < Stage.Drawn) {
            // What covers a debt lowers a risk: it may use what others must leave in the bucket.
            bool isDebt = balanceOf[entry.account][entry.asset()] < 0;
            (flow.fullAt, terms.unlockAt) = isDebt
                ? flow.limit.draw(flow.fullAt, flow.clock, amount)
                : flow.limit.drawOrdinary(flow.fullAt, flow.clock, amount);
            if (terms.unlockAt > flow.clock) {
                terms.stage = Stage.Drawn;
                return (Held.OverLimit, terms);
            }
        }
    }

    /// @return Why no account can have money of this lane now, or None.
    function _reasonOfSuspense(bytes32 account, uint128 minWithdrawal) internal pure returns (Held) {
        if (ownerOf(account) == address(0)) return Held.OwnerZero;
        return minWithdrawal == 0 ? Held.AssetUnlisted : Held.None;
    }

    function _openFlow(uint32 srcEid, uint16 asset) internal view returns (Flow memory flow) {
        LaneAsset memory laneAsset = _laneAsset[srcEid][asset];
        flow.book = laneBook[srcEid][asset];
        flow.suspense = laneAsset.suspense;
        flow.minWithdrawal = laneAsset.minWithdrawal;
        (flow.cap, flow.limit) = limitsNow(srcEid, asset);
        flow.fullAt = _inflows[srcEid][asset].fullAt;
        flow.clock = clockOf(srcEid, asset);
        flow.isPaused = assetPausedUntil(asset) > block.timestamp;
    }

    function _closeFlow(uint32 srcEid, uint16 asset, Flow memory flow) internal {
        laneBook[srcEid][asset] = flow.book;
        _inflows[srcEid][asset].fullAt = flow.fullAt;
        if (flow.suspense != _laneAsset[srcEid][asset].suspense) _laneAsset[srcEid][asset].suspense = flow.suspense;
        if (flow.added != 0) totalLedger[asset] += flow.added;
    }

    // ── the word of a held entry ────────────────────────────────────────────────────────────────────────────────────

    function _hold(uint32 srcEid, uint64 index, Entry memory entry, Held reason, Terms memory terms) internal {
        heldOf[srcEid][index] = _heldHash(entry, reason, terms);
        emit EntryHeld(srcEid, index, reason, entry, terms);
    }

    function _termsNow(Stage stage) internal view returns (Terms memory) {
        return Terms(uint64(block.timestamp), 0, 0, stage);
    }

    function _heldHash(Entry memory entry, Held reason, Terms memory terms) internal pure returns (bytes32) {
        return keccak256(abi.encode(entry.word, entry.account, entry.party, reason, terms));
    }
}
