// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICollateralVault, Parked} from "../interfaces/ICollateralVault.sol";
import {Halt, IGateway} from "../interfaces/IGateway.sol";
import {ILaneApp} from "../interfaces/ILaneApp.sol";
import {BoundedPush} from "../libraries/BoundedPush.sol";
import {accountOf, partyAddress, toParty} from "../types/Account.sol";
import {Entry, KIND_DEPOSIT, KIND_RELEASE, makeEntry} from "../types/Entry.sol";

/// @title CollateralVault
/// @notice Holds collateral. In: `deposit`, by what arrived, whole canonical units only. Out: releases that the gateway
/// executed, pushed to their recipient inside a fixed gas allowance; what a token refuses is parked as one word and
/// paid by `retry` when the refusal is gone. There is no other way out, no sweep and no owner of the money.
///
/// The book counts what came in and what went out, in canonical units: tokens held ≥ deposited − released, and no
/// release is paid beyond it, whatever the message said.
contract CollateralVault is ICollateralVault, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    struct Book {
        uint128 deposited;
        uint128 released;
    }

    /// @dev An asset in one word, since every deposit reads it.
    struct Listing {
        address token;
        uint24 pushGas;
        uint8 scaleDecimals;
        uint64 minDeposit;
    }

    /// @dev 128 entries that each use the whole allowance and then park must fit in 14M gas, before refunds: 14M / 128 is
    /// 109k, of which an entry of an asset that nothing else in the window touches takes under 43k. See snapshots/.
    uint256 internal constant MAX_PUSH_GAS = 66_000;
    /// @dev What follows a push (undoing the book, the park's word and event) must still be paid for.
    uint256 internal constant AFTER_PUSH_GAS = 40_000;
    /// @dev 10^36 × 2^128 fits in a word.
    uint8 internal constant MAX_DECIMALS = 36;

    IGateway public immutable gateway;
    uint32 public immutable hubEid;
    uint32 public immutable eid;

    mapping(uint16 asset => Listing) internal _listings;
    mapping(address token => bool) internal _isListed;
    mapping(uint16 asset => Book) public book;
    mapping(bytes32 account => mapping(uint16 asset => uint128)) public releasedTo;
    mapping(uint32 srcEid => mapping(uint64 index => bytes32)) public parkOf;

    constructor(IGateway gateway_, uint32 hubEid_, address authority) AccessManaged(authority) {
        if (gateway_.app() != address(this)) revert GatewayNotOurs(address(this), gateway_.app());
        if (hubEid_ == 0 || hubEid_ == gateway_.eid()) revert HubEidInvalid(hubEid_);
        gateway = gateway_;
        hubEid = hubEid_;
        eid = gateway_.eid();
    }

    // ── setting up ──────────────────────────────────────────────────────────────────────────────────────────────────

    function listAsset(uint16 asset, address token, uint8 canonicalDecimals, uint128 minDeposit, uint32 pushGas)
        external
        restricted
    {
        // Two ids for one token, or two tokens for one id, would count the same money twice.
        if (_listings[asset].token != address(0) || _isListed[token]) revert AssetAlreadyListed(asset, token);
        if (token.code.length == 0) revert TokenInvalid(token);
        uint8 decimals = _decimalsOf(token);
        if (decimals < canonicalDecimals) revert DecimalsTooFew(token, canonicalDecimals, decimals);
        if (pushGas == 0 || pushGas > MAX_PUSH_GAS) revert PushGasInvalid(MAX_PUSH_GAS, pushGas);
        if (minDeposit == 0) revert ZeroAmount();
        if (minDeposit > type(uint64).max) revert AmountTooLarge(asset, minDeposit);

        _listings[asset] = Listing(token, uint24(pushGas), decimals - canonicalDecimals, uint64(minDeposit));
        _isListed[token] = true;
        emit AssetListed(asset, token, decimals, canonicalDecimals, minDeposit, pushGas);
    }

    function _decimalsOf(address token) internal view returns (uint8) {
        (bool isAnswered, bytes memory answer) = token.staticcall(abi.encodeCall(IERC20Metadata.decimals, ()));
        if (!isAnswered || answer.length < 32 || uint256(bytes32(answer)) > MAX_DECIMALS) revert TokenInvalid(token);
        return uint8(uint256(bytes32(answer)));
    }

    // ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    function deposit(uint16 asset, uint256 amount, address owner, uint96 subaccount, address refundTo, bool holdsOnHub)
        external
        nonReentrant
        returns (uint64 index, uint128 credited)
    {
        Asset memory listed = assetOf(asset);
        if (listed.token == address(0)) revert AssetNotListed(asset);
        bytes32 account = accountOf(owner, subaccount);
        if (owner == address(0)) revert AccountMalformed(account);
        if (refundTo == address(0)) revert RefundAddressZero();
        // A contract's address may belong to somebody else on another chain. Code is no test of what is a contract: one
        // under construction has none yet, and an EOA may have some.
        if (owner == msg.sender && msg.sender != tx.origin && !holdsOnHub) {
            revert ContractOwnerNotConfirmed(owner);
        }
        credited = _toCanonicalDown(asset, amount, listed);

        _receive(asset, credited, listed);
        index = gateway.post(hubEid, makeEntry(KIND_DEPOSIT, asset, eid, 0, credited, account, toParty(refundTo)));
        emit Deposited(index, account, asset, msg.sender, refundTo, credited);
    }

    /// @dev Takes exactly the representable part, and only if exactly that arrives.
    function _receive(uint16 asset, uint128 amount, Asset memory listed) internal {
        Book memory entry = book[asset];
        IERC20 token = IERC20(listed.token);
        uint256 balanceBefore = token.balanceOf(address(this));
        uint256 owed = uint256(entry.deposited - entry.released) * listed.scale;
        if (balanceBefore < owed) revert BalanceBelowBook(asset, owed, balanceBefore);

        if (amount > type(uint128).max - entry.deposited) revert AmountTooLarge(asset, amount);
        book[asset].deposited = entry.deposited + amount;
        uint256 local = uint256(amount) * listed.scale;
        token.safeTransferFrom(msg.sender, address(this), local);
        uint256 balanceAfter = token.balanceOf(address(this));
        if (balanceAfter != balanceBefore + local) {
            revert DepositNotReceived(asset, balanceBefore + local, balanceAfter);
        }
    }

    function _toCanonicalDown(uint16 asset, uint256 amount, Asset memory listed) internal pure returns (uint128) {
        if (amount == 0) revert ZeroAmount();
        uint256 canonical = amount / listed.scale;
        if (canonical < listed.minDeposit) revert BelowMinimum(asset, listed.minDeposit, canonical);
        if (canonical > type(uint128).max) revert AmountTooLarge(asset, canonical);
        return uint128(canonical);
    }

    // ── out ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc ILaneApp
    function onEntries(uint32 srcEid, uint64 firstIndex, Entry[] calldata entries) external nonReentrant {
        if (msg.sender != address(gateway)) revert CallerNotGateway(msg.sender);
        for (uint256 i = 0; i < entries.length; ++i) {
            Entry memory entry = entries[i];
            uint64 index = firstIndex + uint64(i);
            Parked reason = _release(srcEid, index, entry, partyAddress(entry.party));
            if (reason != Parked.None) _park(srcEid, index, entry, reason);
        }
    }

    function retry(uint32 srcEid, uint64 index, Entry calldata entry, uint64 parkedAt, uint64 unlockAt, address payee)
        external
        nonReentrant
    {
        if (parkOf[srcEid][index] != _parkHash(entry, parkedAt, unlockAt, payee)) revert ParkUnknown(srcEid, index);
        if (block.timestamp < unlockAt) revert ParkLocked(srcEid, index, unlockAt);
        // The hub acknowledged deposits that were never made: what it authorised may be backed by nothing.
        if (gateway.haltOf(hubEid) == Halt.FalseAck) revert PaymentsStopped(Halt.FalseAck);
        delete parkOf[srcEid][index];
        Parked reason = _release(srcEid, index, entry, payee);
        if (reason != Parked.None) revert ParkNotPayable(srcEid, index, reason);
    }

    /// @return Parked.None when paid; otherwise nothing has changed.
    function _release(uint32 srcEid, uint64 index, Entry memory entry, address recipient) internal returns (Parked) {
        if (srcEid != hubEid || entry.kind() != KIND_RELEASE || entry.spare() != 0 || entry.eid() != eid) {
            return Parked.NotPayable;
        }
        uint16 asset = entry.asset();
        uint128 amount = entry.amount();
        Asset memory listed = assetOf(asset);
        if (listed.token == address(0)) return Parked.AssetUnlisted;
        if (recipient == address(0)) return Parked.RecipientInvalid;
        Book memory before = book[asset];
        if (amount > before.deposited - before.released) return Parked.BeyondBook;

        // Booked before the call, so that nothing the token calls sees money that is already on its way.
        book[asset].released = before.released + amount;
        if (!_tryPush(listed, recipient, uint256(amount) * listed.scale)) {
            book[asset].released = before.released;
            return Parked.Refused;
        }
        unchecked {
            // Bounded by the sum of all releases, which the book bounds by 2^128.
            releasedTo[entry.account][asset] += amount;
        }
        emit Released(index, entry.account, asset, recipient, amount);
        return Parked.None;
    }

    /// @dev A push that fails for want of gas would park what could be paid: whoever executes brings enough.
    function _tryPush(Asset memory listed, address recipient, uint256 local) internal returns (bool) {
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

    function _park(uint32 srcEid, uint64 index, Entry memory entry, Parked reason) internal {
        address payee = partyAddress(entry.party);
        uint64 parkedAt = uint64(block.timestamp);
        parkOf[srcEid][index] = _parkHash(entry, parkedAt, parkedAt, payee);
        emit ReleaseParked(srcEid, index, reason, entry, parkedAt, parkedAt, payee);
    }

    function _parkHash(Entry memory entry, uint64 parkedAt, uint64 unlockAt, address payee)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(entry.word, entry.account, entry.party, parkedAt, unlockAt, payee));
    }

    function assetOf(uint16 asset) public view returns (Asset memory) {
        Listing memory listing = _listings[asset];
        return Asset(listing.token, listing.pushGas, listing.minDeposit, 10 ** listing.scaleDecimals);
    }
}
