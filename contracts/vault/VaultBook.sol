// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ICollateralVault} from "../interfaces/ICollateralVault.sol";
import {IGateway} from "../interfaces/IGateway.sol";
import {Gcra} from "../libraries/Gcra.sol";
import {AssetPause} from "../types/AssetPause.sol";
import {Direction} from "../types/Direction.sol";
import {Limit} from "../types/Limit.sol";

/// @title VaultBook
/// @notice What a vault has taken and paid of each asset, what it may pay how fast, and who changes that: less at once, more
/// after the council's delay.
abstract contract VaultBook is ICollateralVault, AccessManaged {
    struct Book {
        uint128 deposited;
        uint128 released;
    }

    /// @dev An asset in one word, since every deposit reads it.
    struct Listing {
        address token;
        uint24 pushGas;
        uint8 scaleDecimals;
        uint48 minDeposit;
        bool wasStopped; // only then there is more to read
    }

    /// @dev One word, written at listing: a full window of parks must not pay for new ones.
    struct Outflow {
        uint128 fullAt; // of the bucket
        uint128 queued; // canonical units that are parked and may be paid
    }

    /// @dev One word, since every release writes it.
    struct Payout {
        uint128 released;
        uint128 shareFullAt; // of the account's share of the bucket
    }

    /// @dev 128 entries that each use the whole allowance and then park must fit in 14M gas, before refunds: 14M / 128 is
    /// 109k, of which an entry takes some 40k beside the push. See snapshots/.
    uint256 internal constant MAX_PUSH_GAS = 60_000;
    /// @dev The first entry of an asset in a window reads its listing, limit, bucket and book cold: 11k more.
    uint256 internal constant MAX_ASSETS = 32;
    /// @dev 10^36 × 2^128 fits in a word.
    uint8 internal constant MAX_DECIMALS = 36;

    IGateway public immutable gateway;
    uint32 public immutable hubEid;
    uint32 public immutable eid;

    mapping(uint16 asset => Listing) internal _listings;
    mapping(address token => bool) internal _isListed;
    uint16[] internal _assets;
    mapping(uint16 asset => Book) public book;
    mapping(uint16 asset => Limit) internal _limits;
    mapping(uint16 asset => Outflow) internal _outflows;
    mapping(uint16 asset => AssetPause) internal _pauses;
    mapping(bytes32 account => mapping(uint16 asset => Payout)) internal _payouts;

    constructor(IGateway gateway_, uint32 hubEid_, address authority) AccessManaged(authority) {
        if (gateway_.app() != address(this)) revert GatewayNotOurs(address(this), gateway_.app());
        if (hubEid_ == 0 || hubEid_ == gateway_.eid()) revert HubEidInvalid(hubEid_);
        gateway = gateway_;
        hubEid = hubEid_;
        eid = gateway_.eid();
    }

    // ── setting up ──────────────────────────────────────────────────────────────────────────────────────────────────

    function listAsset(uint16 asset, address token, uint8 canonicalDecimals, AssetRules calldata rules)
        external
        restricted
    {
        // Two ids for one token, or two tokens for one id, would count the same money twice.
        if (_listings[asset].token != address(0) || _isListed[token]) revert AssetAlreadyListed(asset, token);
        if (_assets.length == MAX_ASSETS) revert AssetsFull(MAX_ASSETS);
        if (token.code.length == 0) revert TokenInvalid(token);
        uint8 decimals = _decimalsOf(token);
        if (decimals < canonicalDecimals) revert DecimalsTooFew(token, canonicalDecimals, decimals);
        _listings[asset].token = token;
        _listings[asset].scaleDecimals = decimals - canonicalDecimals;
        _isListed[token] = true;
        _assets.push(asset);
        emit AssetListed(asset, token, decimals, canonicalDecimals);
        _setRules(asset, rules);
        _fillBucket(asset);
    }

    function tightenAsset(uint16 asset, AssetRules calldata rules) external restricted {
        AssetRules memory current = rulesOf(asset);
        _setRules(asset, rules);
        if (
            rules.minDeposit < current.minDeposit || rules.pushGas > current.pushGas
                || rules.limit.isLooserThan(current.limit)
                || keccak256(abi.encode(rules)) == keccak256(abi.encode(current))
        ) revert RulesNotTighter(asset);
        _outflows[asset].fullAt =
            Gcra.slowDown(_outflows[asset].fullAt, clockOf(asset), current.limit.refill, rules.limit.refill);
    }

    /// @dev What a struck forgery has drawn is forgotten.
    function loosenAsset(uint16 asset, AssetRules calldata rules) external restricted {
        _setRules(asset, rules);
        _fillBucket(asset);
    }

    function _setRules(uint16 asset, AssetRules calldata rules) internal {
        Listing storage listing = _listings[asset];
        if (listing.token == address(0)) revert AssetNotListed(asset);
        if (rules.pushGas == 0 || rules.pushGas > MAX_PUSH_GAS) revert PushGasInvalid(MAX_PUSH_GAS, rules.pushGas);
        if (rules.minDeposit == 0) revert ZeroAmount();
        if (!rules.limit.isValid()) revert LimitInvalid(asset);
        listing.minDeposit = rules.minDeposit;
        listing.pushGas = rules.pushGas;
        _limits[asset] = rules.limit;
        emit AssetRulesSet(asset, rules);
    }

    function _fillBucket(uint16 asset) internal {
        _outflows[asset].fullAt = uint128(clockOf(asset)) << 64;
    }

    function _decimalsOf(address token) internal view returns (uint8) {
        (bool isAnswered, bytes memory answer) = token.staticcall(abi.encodeCall(IERC20Metadata.decimals, ()));
        if (!isAnswered || answer.length < 32 || uint256(bytes32(answer)) > MAX_DECIMALS) revert TokenInvalid(token);
        return uint8(uint256(bytes32(answer)));
    }

    // ── stopping ────────────────────────────────────────────────────────────────────────────────────────────────────

    function setAssetPause(uint16 asset, uint64 until) external {
        if (msg.sender != gateway.pauseController()) revert CallerNotPauseController(msg.sender);
        if (_listings[asset].token == address(0)) revert AssetNotListed(asset);
        _listings[asset].wasStopped = true;
        uint40 laneClock = uint40(gateway.clock(hubEid));
        _pauses[asset] = _pauses[asset].paused(laneClock, uint40(block.timestamp), uint40(until));
        emit AssetPauseSet(asset, until);
    }

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function assetOf(uint16 asset) public view returns (Asset memory) {
        Listing memory listing = _listings[asset];
        return Asset(listing.token, listing.pushGas, listing.minDeposit, 10 ** listing.scaleDecimals);
    }

    function rulesOf(uint16 asset) public view returns (AssetRules memory) {
        Listing memory listing = _listings[asset];
        return AssetRules(listing.minDeposit, listing.pushGas, _limits[asset]);
    }

    function bucketOf(uint16 asset) external view returns (uint128 fullAt, uint128 queued) {
        return (_outflows[asset].fullAt, _outflows[asset].queued);
    }

    function releasedTo(bytes32 account, uint16 asset) external view returns (uint128) {
        return _payouts[account][asset].released;
    }

    function shareOf(bytes32 account, uint16 asset) external view returns (uint128 fullAt) {
        return _payouts[account][asset].shareFullAt;
    }

    function clockOf(uint16 asset) public view returns (uint64) {
        return _clock(asset, _listings[asset], gateway.clock(hubEid));
    }

    function _clock(uint16 asset, Listing memory listed, uint64 laneClock) internal view returns (uint64) {
        return listed.wasStopped ? _pauses[asset].clock(uint40(laneClock)) : laneClock;
    }

    function assetPausedUntil(uint16 asset) public view returns (uint64) {
        return _pausedUntil(asset, _listings[asset]);
    }

    function _pausedUntil(uint16 asset, Listing memory listed) internal view returns (uint64) {
        return listed.wasStopped ? _pauses[asset].pausedUntil : 0;
    }

    function lanesOf(uint16) external view returns (uint32[] memory eids) {
        eids = new uint32[](1);
        eids[0] = hubEid;
    }

    function figures(uint32 eid_, Direction direction)
        external
        view
        returns (uint16[] memory assets, uint128[] memory amounts)
    {
        if (eid_ != hubEid) return (assets, amounts);
        assets = _assets;
        amounts = new uint128[](assets.length);
        for (uint256 i = 0; i < assets.length; ++i) {
            Book memory known = book[assets[i]];
            amounts[i] = direction == Direction.In ? known.released : known.deposited;
        }
    }
}
