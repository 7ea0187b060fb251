// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IGateway} from "../interfaces/IGateway.sol";
import {Held, IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {ILaneApp} from "../interfaces/ILaneApp.sol";
import {accountOf, ownerOf, toParty} from "../types/Account.sol";
import {Entry, KIND_DEPOSIT, KIND_RELEASE, makeEntry} from "../types/Entry.sol";

/// @title ClearingHouse
/// @notice Keeps what each account owns, and for each lane and asset how much came in and how much was let out again.
/// A withdrawal names a vault; it never exceeds what that vault's lane has brought in, so no vault is asked for what
/// another holds. Deposits that can't be credited wait in suspense: money of the lane, but of no account, that backs
/// no withdrawal.
contract ClearingHouse is IClearingHouse, AccessManaged {
    struct LaneBook {
        uint128 credited;
        uint128 authorised;
    }

    struct LaneAsset {
        uint128 suspense;
        uint128 minWithdrawal; // zero: not listed on this lane
    }

    IGateway public immutable gateway;

    /// @dev Fixed layout, listed in docs/storage.md: a later escape proves these slots.
    mapping(bytes32 account => mapping(uint16 asset => int256)) public balanceOf;
    mapping(uint16 asset => uint256) public totalLedger;
    mapping(uint32 eid => mapping(uint16 asset => LaneBook)) public laneBook;
    mapping(uint32 eid => mapping(uint16 asset => LaneAsset)) internal _laneAsset;
    mapping(uint32 srcEid => mapping(uint64 index => bytes32)) public heldOf;
    mapping(uint16 asset => uint256 canonicalDecimalsPlusOne) internal _canonicalDecimals;
    mapping(uint16 asset => uint32[]) internal _eidsOf;

    constructor(IGateway gateway_, address authority) AccessManaged(authority) {
        if (gateway_.app() != address(this)) revert AppMismatch(address(this), gateway_.app());
        gateway = gateway_;
    }

    // ── setting up ──────────────────────────────────────────────────────────────────────────────────────────────────

    function listAsset(uint32 eid, uint16 asset, uint8 canonicalDecimals, uint128 minWithdrawal) external restricted {
        if (_laneAsset[eid][asset].minWithdrawal != 0) revert AssetAlreadyOnLane(eid, asset);
        if (minWithdrawal == 0) revert MinimumZero();
        uint256 known = _canonicalDecimals[asset];
        if (known != 0 && known != uint256(canonicalDecimals) + 1) {
            revert CanonicalDecimalsDiffer(asset, uint8(known - 1), canonicalDecimals);
        }
        _canonicalDecimals[asset] = uint256(canonicalDecimals) + 1;
        _laneAsset[eid][asset].minWithdrawal = minWithdrawal;
        _eidsOf[asset].push(eid);
        emit AssetListed(eid, asset, canonicalDecimals, minWithdrawal);
    }

    // ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc ILaneApp
    function onEntries(uint32 srcEid, uint64 firstIndex, Entry[] calldata entries) external {
        if (msg.sender != address(gateway)) revert OnlyOurGateway(msg.sender);
        for (uint256 i = 0; i < entries.length; ++i) {
            Entry memory entry = entries[i];
            uint64 index = firstIndex + uint64(i);
            Held reason = _bookDeposit(srcEid, entry);
            if (reason == Held.None) {
                _credit(srcEid, index, entry);
            } else {
                heldOf[srcEid][index] = _heldHash(entry, reason, uint64(block.timestamp));
                emit EntryHeld(srcEid, index, reason, entry, uint64(block.timestamp));
            }
        }
    }

    function finish(uint32 srcEid, uint64 index, Entry calldata entry, uint64 parkedAt) external {
        // The other reasons have no end: a zero owner stays zero, and what is no deposit holds no money.
        if (heldOf[srcEid][index] != _heldHash(entry, Held.AssetUnlisted, parkedAt)) revert HeldUnknown(srcEid, index);
        LaneAsset storage laneAsset = _laneAsset[srcEid][entry.asset()];
        if (laneAsset.minWithdrawal == 0) revert StillHeld(srcEid, index, Held.AssetUnlisted);
        delete heldOf[srcEid][index];
        laneAsset.suspense -= entry.amount();
        _credit(srcEid, index, entry);
    }

    /// @dev Books a deposit for its lane, and into suspense where no account can have it.
    function _bookDeposit(uint32 srcEid, Entry memory entry) internal returns (Held) {
        if (entry.kind() != KIND_DEPOSIT || entry.spare() != 0 || entry.eid() != srcEid) return Held.NotCreditable;
        uint16 asset = entry.asset();
        uint128 amount = entry.amount();
        uint128 credited = laneBook[srcEid][asset].credited;
        if (amount > type(uint128).max - credited) return Held.BookFull;
        laneBook[srcEid][asset].credited = credited + amount;

        LaneAsset storage laneAsset = _laneAsset[srcEid][asset];
        bool isOwned = ownerOf(entry.account) != address(0);
        if (isOwned && laneAsset.minWithdrawal != 0) return Held.None;
        laneAsset.suspense += amount;
        return isOwned ? Held.AssetUnlisted : Held.OwnerZero;
    }

    function _credit(uint32 srcEid, uint64 index, Entry memory entry) internal {
        uint16 asset = entry.asset();
        uint128 amount = entry.amount();
        balanceOf[entry.account][asset] += int256(uint256(amount));
        totalLedger[asset] += amount;
        emit Credited(srcEid, entry.account, asset, index, amount);
    }

    function _heldHash(Entry memory entry, Held reason, uint64 parkedAt) internal pure returns (bytes32) {
        return keccak256(abi.encode(entry.word, entry.account, entry.party, reason, parkedAt));
    }

    // ── out ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    function withdraw(uint96 subaccount, uint32 dstEid, uint16 asset, uint128 amount, address recipient)
        external
        returns (uint64 index)
    {
        uint128 minimum = _laneAsset[dstEid][asset].minWithdrawal;
        if (minimum == 0) revert AssetNotOnLane(dstEid, asset);
        if (amount == 0) revert AmountZero();
        if (recipient == address(0)) revert RecipientZero();
        bytes32 account = accountOf(msg.sender, subaccount);
        int256 balance = balanceOf[account][asset];
        int256 debit = int256(uint256(amount));
        if (balance < debit) revert BalanceTooLow(account, asset, balance, amount);
        // The whole of a small balance may leave: it would be locked otherwise.
        if (amount < minimum && balance != debit) revert BelowMinimumWithdrawal(asset, minimum, amount);
        uint128 there = available(dstEid, asset);
        if (there < amount) revert VaultTooLow(dstEid, asset, there, amount);

        balanceOf[account][asset] = balance - debit;
        totalLedger[asset] -= amount;
        laneBook[dstEid][asset].authorised += amount;
        index = gateway.post(dstEid, makeEntry(KIND_RELEASE, asset, dstEid, 0, amount, account, toParty(recipient)));
        emit Withdrawn(dstEid, account, asset, index, amount, recipient);
    }

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function available(uint32 eid, uint16 asset) public view returns (uint128) {
        LaneBook memory lane = laneBook[eid][asset];
        return lane.credited - _laneAsset[eid][asset].suspense - lane.authorised;
    }

    function availability(uint16 asset) external view returns (uint32[] memory eids, uint128[] memory amounts) {
        eids = _eidsOf[asset];
        amounts = new uint128[](eids.length);
        for (uint256 i = 0; i < eids.length; ++i) {
            amounts[i] = available(eids[i], asset);
        }
    }

    function suspense(uint32 eid, uint16 asset) external view returns (uint128) {
        return _laneAsset[eid][asset].suspense;
    }
}
