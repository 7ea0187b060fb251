// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Held} from "../interfaces/IClearingHouse.sol";
import {Gcra} from "../libraries/Gcra.sol";
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

    /// @dev What is read once and written once for deposits of one lane and asset in a row. Full words, since a cast each time
    /// would be dear. No sum here overflows: amounts and `credited` are below 2^128.
    struct Flow {
        uint256 credited;
        uint256 suspense;
        uint256 added; // to the ledger
        uint256 tooMuch; // the least that is beyond the exposure cap; zero while no account can have any
        uint256 large;
        uint256 refill;
        uint256 fullAt; // not before now
        uint256 ordinaryFullAt; // at most, for what passes at once
        uint256 debtFullAt; // the same for what covers a debt
        bool isDrawn; // what is taken, from the bucket
        Stage stage; // of what is taken
        Held closed; // why no account can have any, or None
        uint64 clock;
        Limit limit;
        Terms terms; // of what was taken last and has to wait
    }

    /// @dev All but ref and amount.
    uint256 internal constant SAME_IN_A_ROW = ~(uint256(type(uint192).max) << 8);

    uint64 public immutable largeWait;
    uint64 public immutable largeBlocks;

    mapping(uint32 srcEid => mapping(uint64 index => bytes32)) public heldOf;

    constructor(uint64 largeWait_, uint64 largeBlocks_) {
        if (largeWait_ == 0 || largeBlocks_ == 0) revert LargeWaitZero();
        largeWait = largeWait_;
        largeBlocks = largeBlocks_;
    }

    // ── arriving ────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Deposits of one asset in a row are booked together: their headers differ in ref and amount alone. Only what has to
    /// wait is copied.
    /// @param first `entries[next]`.
    /// @return The first entry that is none of them.
    function _bookDeposits(uint32 srcEid, uint64 firstIndex, Entry[] calldata entries, uint256 next, Entry memory first)
        internal
        returns (uint256)
    {
        uint16 asset = first.asset();
        Flow memory flow = _openFlow(srcEid, asset);
        do {
            unchecked {
                Entry calldata entry = entries[next];
                uint64 index = firstIndex + uint64(next);
                uint256 amount = uint128(entry.word >> 8);
                if (flow.credited + amount > type(uint128).max) {
                    _hold(srcEid, index, entry, Held.BookFull, _termsNow());
                } else {
                    Held reason = _take(flow, srcEid, asset, index, entry.account, amount);
                    if (reason == Held.None) emit Credited(srcEid, entry.account, asset, index, uint128(amount));
                    else _hold(srcEid, index, entry, reason, flow.terms);
                }
                ++next;
            }
        } while (next < entries.length && (entries[next].word ^ first.word) & SAME_IN_A_ROW == 0);
        _closeFlow(srcEid, asset, flow);
        return next;
    }

    /// @dev Credits money of the lane that is not in its book, or leaves it in suspense. The caller holds its entry then, and
    /// emits what became of it.
    /// @return reason Why it has to wait, with `flow.terms`, or None.
    function _take(Flow memory flow, uint32 srcEid, uint16 asset, uint64 index, bytes32 account, uint256 amount)
        internal
        returns (Held reason)
    {
        reason = _reasonToWait(flow, srcEid, asset, index, account, amount);
        unchecked {
            flow.credited += amount;
            if (reason == Held.None) {
                flow.tooMuch -= amount;
                flow.added += amount;
                balanceOf[account][asset] += int256(amount);
            } else {
                flow.suspense += amount;
                flow.terms = _termsOf(flow, reason, account, asset, amount);
            }
        }
    }

    // ── limits ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function _reasonToWait(Flow memory flow, uint32 srcEid, uint16 asset, uint64 index, bytes32 account, uint256 amount)
        internal
        view
        returns (Held)
    {
        if (ownerOf(account) == address(0)) return Held.OwnerZero;
        if (amount >= flow.large && flow.stage < Stage.Waited) {
            if (Levels.mustWait(flow.stage, gateway.quorum(srcEid, index))) return Held.Large;
        }
        if (amount >= flow.tooMuch) return flow.closed == Held.None ? Held.OverExposure : flow.closed;
        return flow.isDrawn || _passes(flow, account, asset, amount) ? Held.None : Held.OverLimit;
    }

    /// @dev Draws from the bucket in memory what passes at once: as the library does, without a call for each.
    function _passes(Flow memory flow, bytes32 account, uint16 asset, uint256 amount)
        internal
        view
        virtual
        returns (bool)
    {
        unchecked {
            uint256 next = flow.fullAt + ((amount << 64) + flow.refill - 1) / flow.refill;
            bool isOver = next > flow.ordinaryFullAt;
            if (isOver && (next > flow.debtFullAt || !_coversDebt(account, asset, amount))) return false;
            flow.fullAt = next;
            return true;
        }
    }

    /// @dev What only covers a debt lowers a risk: it may use what others must leave in the bucket.
    function _coversDebt(bytes32 account, uint16 asset, uint256 amount) internal view returns (bool) {
        int256 balance = balanceOf[account][asset];
        return balance < 0 && balance + int256(amount) <= 0;
    }

    /// @dev Of a deposit that waits: when to try again, and what it has behind it then.
    function _termsOf(Flow memory flow, Held reason, bytes32 account, uint16 asset, uint256 amount)
        internal
        view
        returns (Terms memory terms)
    {
        terms = Terms(uint64(block.timestamp), flow.clock, 0, flow.stage);
        if (reason == Held.Large) {
            terms.unlockAt += largeWait;
            terms.unlockBlock = uint64(block.number) + largeBlocks;
            terms.stage = Stage.Waited;
        } else if (reason == Held.OverLimit) {
            uint128 fullAt = uint128(flow.fullAt);
            (flow.fullAt, terms.unlockAt) = _coversDebt(account, asset, amount)
                ? flow.limit.draw(fullAt, flow.clock, uint128(amount))
                : flow.limit.drawOrdinary(fullAt, flow.clock, uint128(amount));
            terms.stage = Stage.Drawn;
        }
    }

    function _openFlow(uint32 srcEid, uint16 asset) internal view returns (Flow memory flow) {
        LaneAsset storage laneAsset = _laneAsset[srcEid][asset];
        LaneBook memory book = laneBook[srcEid][asset];
        uint128 suspended = laneAsset.suspense;
        (flow.credited, flow.suspense) = (book.credited, suspended);
        flow.stage = Stage.Arrived;
        flow.clock = clockOf(srcEid, asset);
        uint256 now_ = uint256(flow.clock) * Gcra.ONE_SECOND;
        flow.fullAt = Math.max(laneAsset.fullAt, now_);
        if (laneAsset.minWithdrawal == 0) flow.closed = Held.AssetUnlisted;
        // In the word that the clock was read from.
        else if (_pauses[srcEid][asset].pausedUntil > block.timestamp) flow.closed = Held.AssetPaused;
        if (flow.closed != Held.None) {
            flow.large = type(uint256).max;
            return flow;
        }
        (uint128 cap, Limit memory limit) = _limitsAt(laneAsset, flow.clock);
        (flow.limit, flow.refill, flow.large) = (limit, limit.refill, limit.large);
        flow.tooMuch = Math.saturatingSub(cap, book.available(suspended)) + 1;
        uint256 ordinary = uint256(limit.capacity) * limit.share / Levels.PERCENT;
        flow.ordinaryFullAt = now_ + ordinary * Gcra.ONE_SECOND / limit.refill;
        flow.debtFullAt = now_ + limit.capacity * Gcra.ONE_SECOND / limit.refill;
    }

    function _closeFlow(uint32 srcEid, uint16 asset, Flow memory flow) internal {
        LaneAsset storage laneAsset = _laneAsset[srcEid][asset];
        laneBook[srcEid][asset].credited = uint128(flow.credited);
        laneAsset.fullAt = uint128(flow.fullAt);
        if (flow.suspense != laneAsset.suspense) laneAsset.suspense = uint128(flow.suspense);
        if (flow.added != 0) totalLedger[asset] += flow.added;
    }

    // ── the word of a held entry ────────────────────────────────────────────────────────────────────────────────────

    function _hold(uint32 srcEid, uint64 index, Entry memory entry, Held reason, Terms memory terms) internal {
        heldOf[srcEid][index] = _heldHash(entry, reason, terms);
        emit EntryHeld(srcEid, index, reason, entry, terms);
    }

    /// @dev Of what holds no money.
    function _termsNow() internal view returns (Terms memory) {
        return Terms(uint64(block.timestamp), 0, 0, Stage.Unbacked);
    }

    function _heldHash(Entry memory entry, Held reason, Terms memory terms) internal pure returns (bytes32) {
        return keccak256(abi.encode(entry.word, entry.account, entry.party, reason, terms));
    }
}
