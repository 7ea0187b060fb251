// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignedBy} from "../libraries/SignedBy.sol";
import {BY_CONTROLLER, accountOf, ownerOf, partyAddress, toParty} from "../types/Account.sol";
import {Entry} from "../types/Entry.sol";
import {Refusal, SignedWithdrawal, Withdrawal} from "../types/Withdrawal.sol";
import {Ledger} from "./Ledger.sol";

/// @title Withdrawals
/// @notice Who may withdraw: an account's owner, by calling, by a signature that any operator brings, or from a vault's
/// chain by a request in the log. A withdrawal names a vault and never exceeds what that vault's lane has brought in.
abstract contract Withdrawals is Ledger, EIP712 {
    mapping(address owner => mapping(uint32 dstEid => mapping(address recipient => bool))) public isRecipient;
    mapping(address owner => mapping(uint32 srcEid => address)) public controllerOf;
    /// @dev 256 flags a word: nonces in a row cost one new word for all of them.
    mapping(address owner => mapping(uint256 word => uint256)) internal _usedNonces;

    // ── by calling ──────────────────────────────────────────────────────────────────────────────────────────────────

    function withdraw(uint96 subaccount, uint32 dstEid, uint16 asset, uint128 amount, address recipient)
        external
        returns (uint64)
    {
        bytes32 account = accountOf(msg.sender, subaccount);
        Refusal reason = _refusal(account, dstEid, asset, amount, amount, recipient);
        if (reason != Refusal.None) _revertWith(reason, account, dstEid, asset, amount);
        return _withdraw(account, dstEid, asset, amount, recipient);
    }

    // ── by signature ────────────────────────────────────────────────────────────────────────────────────────────────

    function withdrawBatch(SignedWithdrawal[] calldata items) external returns (uint256 accepted) {
        bytes32 operator = accountOf(msg.sender, 0);
        for (uint256 i = 0; i < items.length; ++i) {
            SignedWithdrawal calldata item = items[i];
            Withdrawal memory asked = item.withdrawal;
            Refusal reason = _refusalOfSigned(asked, item.fee, item.signature);
            if (reason != Refusal.None) {
                emit WithdrawalSkipped(asked.owner, asked.nonce, reason);
                continue;
            }
            _useNonce(asked.owner, asked.nonce);
            bytes32 account = accountOf(asked.owner, asked.subaccount);
            if (item.fee != 0) _move(account, operator, asked.asset, item.fee);
            _withdraw(account, asked.dstEid, asked.asset, asked.amount, asked.recipient);
            ++accepted;
        }
    }

    function withdrawalDigest(Withdrawal calldata withdrawal) external view returns (bytes32) {
        return _hashTypedDataV4(withdrawal.structHash());
    }

    function cancelNonce(uint256 nonce) external {
        if (isNonceUsed(msg.sender, nonce)) revert NonceAlreadyUsed(msg.sender, nonce);
        _useNonce(msg.sender, nonce);
        emit NonceCancelled(msg.sender, nonce);
    }

    /// @dev The signature comes last: a wallet is only asked about what could be done.
    function _refusalOfSigned(Withdrawal memory asked, uint128 fee, bytes calldata signature)
        internal
        view
        returns (Refusal reason)
    {
        if (block.timestamp > asked.deadline) return Refusal.Expired;
        if (fee > asked.maxFee) return Refusal.FeeTooHigh;
        if (isNonceUsed(asked.owner, asked.nonce)) return Refusal.NonceUsed;
        bytes32 account = accountOf(asked.owner, asked.subaccount);
        reason =
            _refusal(account, asked.dstEid, asked.asset, asked.amount, uint256(asked.amount) + fee, asked.recipient);
        if (reason != Refusal.None) return reason;
        if (!gateway.accepts(asked.dstEid)) return Refusal.LaneStopped;
        if (!_isSigned(asked, signature)) return Refusal.SignatureInvalid;
    }

    function _isSigned(Withdrawal memory asked, bytes calldata signature) internal view virtual returns (bool) {
        return SignedBy.check(asked.owner, _hashTypedDataV4(asked.structHash()), signature);
    }

    function _useNonce(address owner, uint256 nonce) internal virtual {
        _usedNonces[owner][nonce >> 8] |= 1 << (nonce & 255);
    }

    // ── by request from a vault's chain ─────────────────────────────────────────────────────────────────────────────

    function setRecipient(uint32 dstEid, address recipient, bool isAllowed) external {
        if (recipient == address(0)) revert RecipientZero();
        isRecipient[msg.sender][dstEid][recipient] = isAllowed;
        emit RecipientSet(msg.sender, dstEid, recipient, isAllowed);
    }

    function setController(uint32 srcEid, address controller) external {
        controllerOf[msg.sender][srcEid] = controller;
        emit ControllerSet(msg.sender, srcEid, controller);
    }

    /// @dev A request is done by being served or refused: an entry never fails.
    function _serve(uint32 srcEid, uint64 index, Entry memory entry) internal {
        (Refusal reason, address recipient) = _requestedRecipient(srcEid, entry);
        if (reason == Refusal.None) {
            reason = _refusal(entry.account, entry.eid(), entry.asset(), entry.amount(), entry.amount(), recipient);
        }
        if (reason == Refusal.None && !gateway.accepts(entry.eid())) reason = Refusal.LaneStopped;
        if (reason != Refusal.None) emit RequestRefused(srcEid, index, reason);
        else _withdraw(entry.account, entry.eid(), entry.asset(), entry.amount(), recipient);
    }

    /// @dev The vault vouches for who asks, this side for where it may be paid.
    function _requestedRecipient(uint32 srcEid, Entry memory entry) internal view returns (Refusal, address recipient) {
        address owner = ownerOf(entry.account);
        uint256 party = uint256(entry.party);
        recipient = partyAddress(bytes32(party & ~BY_CONTROLLER));
        if (party & BY_CONTROLLER != 0) {
            bool isController = recipient != address(0) && controllerOf[owner][srcEid] == recipient;
            return (isController ? Refusal.None : Refusal.ControllerUnknown, recipient);
        }
        bool isOwn = recipient == owner && !_isContract(owner);
        bool isAllowed = isOwn || isRecipient[owner][entry.eid()][recipient];
        return (isAllowed ? Refusal.None : Refusal.RecipientNotRegistered, recipient);
    }

    /// @dev Its address may be somebody else's on another chain. One without code here can't be told from a key. A key that delegates to code (EIP-7702) has 23 bytes of it, too
    /// few for a contract that could own anything.
    function _isContract(address who) internal view virtual returns (bool) {
        uint256 length = who.code.length;
        return length != 0 && length != 23;
    }

    // ── however it was asked for ────────────────────────────────────────────────────────────────────────────────────

    /// @param debit The amount and the fee.
    function _refusal(bytes32 account, uint32 dstEid, uint16 asset, uint128 amount, uint256 debit, address recipient)
        internal
        view
        returns (Refusal)
    {
        uint128 minimum = _laneAsset[dstEid][asset].minWithdrawal;
        if (minimum == 0) return Refusal.AssetNotOnLane;
        if (assetPausedUntil[asset] > block.timestamp) return Refusal.AssetPaused;
        if (amount == 0) return Refusal.AmountZero;
        if (recipient == address(0)) return Refusal.RecipientZero;
        int256 balance = balanceOf[account][asset];
        if (balance < int256(debit)) return Refusal.BalanceTooLow;
        // What would be locked otherwise may leave: a small balance, whatever dust somebody sends it meanwhile.
        if (amount < minimum && balance - int256(debit) >= int256(uint256(minimum))) return Refusal.BelowMinimum;
        if (available(dstEid, asset) < amount) return Refusal.VaultTooLow;
        return Refusal.None;
    }

    function _revertWith(Refusal reason, bytes32 account, uint32 dstEid, uint16 asset, uint128 amount) internal view {
        if (reason == Refusal.AssetNotOnLane) revert AssetNotOnLane(dstEid, asset);
        if (reason == Refusal.AssetPaused) revert LaneAssetPaused(asset, assetPausedUntil[asset]);
        if (reason == Refusal.AmountZero) revert AmountZero();
        if (reason == Refusal.RecipientZero) revert RecipientZero();
        if (reason == Refusal.BalanceTooLow) {
            revert BalanceTooLow(account, asset, balanceOf[account][asset], amount);
        }
        if (reason == Refusal.BelowMinimum) {
            revert BelowMinimumWithdrawal(asset, _laneAsset[dstEid][asset].minWithdrawal, amount);
        }
        revert VaultTooLow(dstEid, asset, available(dstEid, asset), amount);
    }

    /// @dev Debits before it posts.
    function _withdraw(bytes32 account, uint32 dstEid, uint16 asset, uint128 amount, address recipient)
        internal
        returns (uint64 index)
    {
        _takeFromLedger(account, asset, amount);
        index = _release(account, dstEid, asset, amount, toParty(recipient));
        emit Withdrawn(dstEid, account, asset, index, amount, recipient);
    }

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function isNonceUsed(address owner, uint256 nonce) public view returns (bool) {
        return (_usedNonces[owner][nonce >> 8] >> (nonce & 255)) & 1 == 1;
    }
}
