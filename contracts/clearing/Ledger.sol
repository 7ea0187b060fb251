// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IGateway} from "../interfaces/IGateway.sol";
import {accountOf} from "../types/Account.sol";
import {KIND_RELEASE, makeEntry} from "../types/Entry.sol";

/// @title Ledger
/// @notice What each account owns, and for each lane and asset how much came in and how much was let out again. Always
/// authorised ≤ credited − suspense, so no vault is asked for what another holds.
abstract contract Ledger is IClearingHouse, AccessManaged {
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

    // ── moving ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function transfer(uint96 subaccount, address toOwner, uint96 toSubaccount, uint16 asset, uint128 amount) external {
        if (amount == 0) revert AmountZero();
        if (toOwner == address(0)) revert ReceiverZero();
        bytes32 account = accountOf(msg.sender, subaccount);
        int256 balance = balanceOf[account][asset];
        if (balance < int256(uint256(amount))) revert BalanceTooLow(account, asset, balance, amount);
        _move(account, accountOf(toOwner, toSubaccount), asset, amount);
    }

    /// @dev The caller has checked the balance.
    function _move(bytes32 from, bytes32 to, uint16 asset, uint128 amount) internal {
        balanceOf[from][asset] -= int256(uint256(amount));
        balanceOf[to][asset] += int256(uint256(amount));
        emit Transferred(from, to, asset, amount);
    }

    function _addToLedger(bytes32 account, uint16 asset, uint128 amount) internal {
        balanceOf[account][asset] += int256(uint256(amount));
        totalLedger[asset] += amount;
    }

    function _takeFromLedger(bytes32 account, uint16 asset, uint128 amount) internal {
        balanceOf[account][asset] -= int256(uint256(amount));
        totalLedger[asset] -= amount;
    }

    /// @dev Lets money out of a vault. The caller has taken it from the ledger or from suspense; the gateway refuses where
    /// the lane is stopped.
    function _release(bytes32 account, uint32 dstEid, uint16 asset, uint128 amount, bytes32 party)
        internal
        returns (uint64 index)
    {
        laneBook[dstEid][asset].authorised += amount;
        index = gateway.post(dstEid, makeEntry(KIND_RELEASE, asset, dstEid, 0, amount, account, party));
    }

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function available(uint32 eid, uint16 asset) public view returns (uint128) {
        LaneBook memory book = laneBook[eid][asset];
        return book.credited - _laneAsset[eid][asset].suspense - book.authorised;
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
