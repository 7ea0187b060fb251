// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IGateway} from "../interfaces/IGateway.sol";
import {Gcra} from "../libraries/Gcra.sol";
import {accountOf} from "../types/Account.sol";
import {AssetPause} from "../types/AssetPause.sol";
import {Direction} from "../types/Direction.sol";
import {KIND_RELEASE, makeEntry} from "../types/Entry.sol";
import {LaneBook} from "../types/LaneBook.sol";
import {LaneId} from "../types/LaneId.sol";
import {Limit} from "../types/Limit.sol";

/// @title Ledger
/// @notice What each account owns, and for each lane and asset how much came in and how much was let out again. Always
/// authorised ≤ credited − suspense, so no vault is asked for what another holds.
abstract contract Ledger is IClearingHouse, AccessManaged {
    /// @dev Three words.
    struct LaneAsset {
        uint128 suspense;
        uint64 minWithdrawal; // zero: not listed on this lane
        uint40 listedAt; // of its clock: its limits rise from then on
        uint128 fullAt; // of the bucket
        uint128 cap; // of what is credited and not authorised, suspense aside
        Limit limit;
    }

    /// @dev A new lane starts with a tenth of its limits.
    uint256 internal constant RAMP_SECONDS = 30 days;
    uint256 internal constant RAMP_START = 10;

    IGateway public immutable gateway;

    /// @dev Fixed layout, listed in docs/storage.md: a later escape proves these slots.
    mapping(bytes32 account => mapping(uint16 asset => int256)) public balanceOf;
    mapping(uint16 asset => uint256) public totalLedger;
    mapping(uint32 eid => mapping(uint16 asset => LaneBook)) public laneBook;
    mapping(uint32 eid => mapping(uint16 asset => LaneAsset)) internal _laneAsset;
    mapping(uint16 asset => uint256 canonicalDecimalsPlusOne) internal _canonicalDecimals;
    mapping(uint16 asset => uint32[]) internal _eidsOf;
    mapping(uint32 eid => uint16[]) internal _assetsOf;
    mapping(uint16 asset => uint64 unixSeconds) public assetPausedUntil;
    mapping(uint32 eid => mapping(uint16 asset => AssetPause)) internal _pauses; // the same, on each lane's clock

    constructor(IGateway gateway_, address authority) AccessManaged(authority) {
        if (gateway_.app() != address(this)) revert AppMismatch(address(this), gateway_.app());
        gateway = gateway_;
    }

    // ── setting up ──────────────────────────────────────────────────────────────────────────────────────────────────

    function listAsset(uint32 eid, uint16 asset, uint8 canonicalDecimals, LaneRules memory rules) external restricted {
        LaneAsset storage laneAsset = _laneAsset[eid][asset];
        if (laneAsset.minWithdrawal != 0) revert AssetAlreadyOnLane(eid, asset);
        (LaneId opened,) = gateway.laneIds(eid);
        if (LaneId.unwrap(opened) == 0) revert IGateway.LaneNotOpen(eid);
        uint256 known = _canonicalDecimals[asset];
        if (known != 0 && known != uint256(canonicalDecimals) + 1) {
            revert CanonicalDecimalsDiffer(asset, uint8(known - 1), canonicalDecimals);
        }
        _canonicalDecimals[asset] = uint256(canonicalDecimals) + 1;
        _eidsOf[asset].push(eid);
        _assetsOf[eid].push(asset);
        if (assetPausedUntil[asset] > block.timestamp) _pause(eid, asset, assetPausedUntil[asset]);
        laneAsset.listedAt = uint40(clockOf(eid, asset));
        emit AssetListed(eid, asset, canonicalDecimals);
        _setRules(laneAsset, eid, asset, rules);
        laneAsset.fullAt = _fullNow(eid, asset);
    }

    function tightenAsset(uint32 eid, uint16 asset, LaneRules memory rules) external restricted {
        LaneAsset storage laneAsset = _listed(eid, asset);
        LaneRules memory before = rulesOf(eid, asset);
        bool isLooser = rules.minWithdrawal < before.minWithdrawal || rules.cap > before.cap
            || rules.limit.isLooserThan(before.limit);
        bool isSame = keccak256(abi.encode(rules)) == keccak256(abi.encode(before));
        if (isLooser || isSame) revert LaneRulesNotTighter(eid, asset);
        _setRules(laneAsset, eid, asset, rules);
        // Less refill must give back nothing of what was drawn.
        uint64 refill = before.limit.refill;
        laneAsset.fullAt = Gcra.slowDown(laneAsset.fullAt, clockOf(eid, asset), refill, rules.limit.refill);
    }

    /// @dev What a forgery has drawn is forgotten.
    function loosenAsset(uint32 eid, uint16 asset, LaneRules memory rules) external restricted {
        LaneAsset storage laneAsset = _listed(eid, asset);
        _setRules(laneAsset, eid, asset, rules);
        laneAsset.fullAt = _fullNow(eid, asset);
    }

    function _listed(uint32 eid, uint16 asset) internal view returns (LaneAsset storage laneAsset) {
        laneAsset = _laneAsset[eid][asset];
        if (laneAsset.minWithdrawal == 0) revert AssetNotOnLane(eid, asset);
    }

    function _setRules(LaneAsset storage laneAsset, uint32 eid, uint16 asset, LaneRules memory rules) internal {
        if (rules.minWithdrawal == 0) revert MinimumZero();
        if (rules.cap == 0 || !rules.limit.isValid()) revert LaneLimitInvalid(eid, asset);
        laneAsset.minWithdrawal = rules.minWithdrawal;
        laneAsset.cap = rules.cap;
        laneAsset.limit = rules.limit;
        emit LaneRulesSet(eid, asset, rules);
    }

    /// @return The `fullAt` of a bucket that is full now.
    function _fullNow(uint32 eid, uint16 asset) internal view returns (uint128) {
        return uint128(clockOf(eid, asset)) << 64;
    }

    // ── stopping ────────────────────────────────────────────────────────────────────────────────────────────────────

    function setAssetPause(uint16 asset, uint64 until) external {
        if (msg.sender != gateway.pauseController()) revert NotThePauseController(msg.sender);
        assetPausedUntil[asset] = until;
        uint32[] memory eids = _eidsOf[asset];
        for (uint256 i = 0; i < eids.length; ++i) {
            _pause(eids[i], asset, until);
        }
        emit AssetPauseChanged(asset, until);
    }

    function _pause(uint32 eid, uint16 asset, uint64 until) private {
        uint40 laneClock = uint40(gateway.clock(eid));
        _pauses[eid][asset] = _pauses[eid][asset].paused(laneClock, uint40(block.timestamp), uint40(until));
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
        laneBook[dstEid][asset] = laneBook[dstEid][asset].authorise(_laneAsset[dstEid][asset].suspense, amount);
        index = gateway.post(dstEid, makeEntry(KIND_RELEASE, asset, dstEid, 0, amount, account, party));
    }

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function available(uint32 eid, uint16 asset) public view returns (uint128) {
        return laneBook[eid][asset].available(_laneAsset[eid][asset].suspense);
    }

    function availability(uint16 asset) external view returns (uint32[] memory eids, uint128[] memory amounts) {
        eids = _eidsOf[asset];
        amounts = new uint128[](eids.length);
        for (uint256 i = 0; i < eids.length; ++i) {
            amounts[i] = available(eids[i], asset);
        }
    }

    function rulesOf(uint32 eid, uint16 asset) public view returns (LaneRules memory) {
        LaneAsset storage laneAsset = _laneAsset[eid][asset];
        return LaneRules(laneAsset.minWithdrawal, laneAsset.cap, laneAsset.limit);
    }

    function limitsNow(uint32 eid, uint16 asset) external view returns (uint128 cap, Limit memory limit) {
        return _limitsAt(_laneAsset[eid][asset], clockOf(eid, asset));
    }

    /// @dev By the lane's own clock: a lane that stands still stays new.
    function _limitsAt(LaneAsset storage laneAsset, uint64 clock)
        internal
        view
        returns (uint128 cap, Limit memory limit)
    {
        (cap, limit) = (laneAsset.cap, laneAsset.limit);
        uint256 elapsed = clock - laneAsset.listedAt;
        if (elapsed >= RAMP_SECONDS) return (cap, limit);
        cap = uint128(_ramped(cap, elapsed));
        limit.capacity = uint80(_ramped(limit.capacity, elapsed));
        limit.large = uint80(_ramped(limit.large, elapsed));
    }

    /// @dev A tenth, and the rest in a straight line.
    function _ramped(uint256 value, uint256 elapsed) internal pure returns (uint256) {
        unchecked {
            return value * (RAMP_SECONDS + (RAMP_START - 1) * elapsed) / (RAMP_START * RAMP_SECONDS);
        }
    }

    function bucketOf(uint32 eid, uint16 asset) external view returns (uint128 fullAt) {
        return _laneAsset[eid][asset].fullAt;
    }

    function clockOf(uint32 eid, uint16 asset) public view returns (uint64) {
        return _pauses[eid][asset].clock(uint40(gateway.clock(eid)));
    }

    function lanesOf(uint16 asset) external view returns (uint32[] memory eids) {
        return _eidsOf[asset];
    }

    function figures(uint32 eid, Direction direction)
        external
        view
        returns (uint16[] memory assets, uint128[] memory amounts)
    {
        assets = _assetsOf[eid];
        amounts = new uint128[](assets.length);
        for (uint256 i = 0; i < assets.length; ++i) {
            LaneBook memory known = laneBook[eid][assets[i]];
            amounts[i] = direction == Direction.In ? known.credited : known.authorised;
        }
    }

    function suspense(uint32 eid, uint16 asset) external view returns (uint128) {
        return _laneAsset[eid][asset].suspense;
    }
}
