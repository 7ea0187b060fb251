// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Held, IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {Halt, IGateway} from "../interfaces/IGateway.sol";
import {ILaneApp} from "../interfaces/ILaneApp.sol";
import {LaneLog} from "../libraries/LaneLog.sol";
import {SignedBy} from "../libraries/SignedBy.sol";
import {BY_CONTROLLER, accountOf, ownerOf, partyAddress, toParty} from "../types/Account.sol";
import {Direction} from "../types/Direction.sol";
import {Entry, KIND_DEPOSIT, KIND_RELEASE, KIND_RETURNED, KIND_WITHDRAWAL_REQUEST, makeEntry} from "../types/Entry.sol";
import {Refusal, SignedWithdrawal, Withdrawal} from "../types/Withdrawal.sol";

/// @title ClearingHouse
/// @notice Keeps what each account owns, and for each lane and asset how much came in and how much was let out again.
/// A withdrawal names a vault; it never exceeds what that vault's lane has brought in, so no vault is asked for what
/// another holds. Deposits that can't be credited wait in suspense: money of the lane, but of no account, that backs
/// no withdrawal, until its reason is gone or it is sent back.
///
/// Who may withdraw: an account's owner, by calling, by a signature that any operator brings, or from a vault's chain by
/// a request in the log. What a vault can't pay comes back in the log as well, and is credited from this side's own
/// outbox, never from what the message says.
contract ClearingHouse is IClearingHouse, AccessManaged, EIP712 {
    struct LaneBook {
        uint128 credited;
        uint128 authorised;
    }

    struct LaneAsset {
        uint128 suspense;
        uint128 minWithdrawal; // zero: not listed on this lane
    }

    /// @dev A deposit that is still in suspense after these may be sent back.
    uint64 internal constant REFUNDABLE_AFTER = 7 days;

    IGateway public immutable gateway;

    /// @dev Fixed layout, listed in docs/storage.md: a later escape proves these slots.
    mapping(bytes32 account => mapping(uint16 asset => int256)) public balanceOf;
    mapping(uint16 asset => uint256) public totalLedger;
    mapping(uint32 eid => mapping(uint16 asset => LaneBook)) public laneBook;
    mapping(uint32 eid => mapping(uint16 asset => LaneAsset)) internal _laneAsset;
    mapping(uint32 srcEid => mapping(uint64 index => bytes32)) public heldOf;
    mapping(uint16 asset => uint256 canonicalDecimalsPlusOne) internal _canonicalDecimals;
    mapping(uint16 asset => uint32[]) internal _eidsOf;
    mapping(address owner => mapping(uint32 dstEid => mapping(address recipient => bool))) public isRecipient;
    mapping(address owner => mapping(uint32 srcEid => address)) public controllerOf;
    /// @dev 256 flags a word: nonces in a row cost one new word for all of them, and releases come in a row.
    mapping(address owner => mapping(uint256 word => uint256)) internal _usedNonces;
    mapping(uint32 dstEid => mapping(uint64 word => uint256)) internal _returned;

    constructor(IGateway gateway_, address authority) AccessManaged(authority) EIP712("Weighlock Clearing House", "1") {
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
            Held reason = _take(srcEid, index, entry);
            if (reason != Held.None) _hold(srcEid, index, entry, reason);
        }
    }

    /// @return Why the entry must wait, or None when it is done.
    function _take(uint32 srcEid, uint64 index, Entry memory entry) internal returns (Held) {
        uint8 kind = entry.kind();
        if (entry.spare() != 0) return Held.NotCreditable;
        if (kind == KIND_WITHDRAWAL_REQUEST) {
            _serve(srcEid, index, entry);
            return Held.None;
        }
        if (entry.eid() != srcEid) return Held.NotCreditable;
        if (kind == KIND_RETURNED) return Held.Returned;
        if (kind != KIND_DEPOSIT) return Held.NotCreditable;
        Held reason = _bookDeposit(srcEid, entry);
        if (reason == Held.None) _credit(srcEid, index, entry);
        return reason;
    }

    /// @dev Books a deposit for its lane, and into suspense where no account can have it.
    function _bookDeposit(uint32 srcEid, Entry memory entry) internal returns (Held) {
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

    /// @dev A request is done by being served or refused: an entry never fails.
    function _serve(uint32 srcEid, uint64 index, Entry memory entry) internal {
        (Refusal reason, address recipient) = _requestedRecipient(srcEid, entry);
        if (reason == Refusal.None) {
            reason = _refusal(entry.account, entry.eid(), entry.asset(), entry.amount(), 0, recipient);
        }
        if (reason == Refusal.None && !gateway.accepts(entry.eid())) reason = Refusal.LaneStopped;
        if (reason != Refusal.None) emit RequestRefused(srcEid, index, reason);
        else _authorise(entry.account, entry.eid(), entry.asset(), entry.amount(), recipient);
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
        bool isAllowed = recipient == owner || isRecipient[owner][entry.eid()][recipient];
        return (isAllowed ? Refusal.None : Refusal.RecipientNotRegistered, recipient);
    }

    // ── finishing what waits ────────────────────────────────────────────────────────────────────────────────────────

    function finish(uint32 srcEid, uint64 index, Entry calldata entry, uint64 parkedAt) external {
        // The other reasons have no end: a zero owner stays zero, and what is no deposit holds no money.
        _takeHeld(srcEid, index, entry, Held.AssetUnlisted, parkedAt);
        LaneAsset storage laneAsset = _laneAsset[srcEid][entry.asset()];
        if (laneAsset.minWithdrawal == 0) revert StillHeld(srcEid, index, Held.AssetUnlisted);
        laneAsset.suspense -= entry.amount();
        _credit(srcEid, index, entry);
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

        uint16 asset = entry.asset();
        uint128 amount = entry.amount();
        _laneAsset[srcEid][asset].suspense -= amount;
        laneBook[srcEid][asset].authorised += amount;
        releaseIndex =
            gateway.post(srcEid, makeEntry(KIND_RELEASE, asset, srcEid, 0, amount, entry.account, entry.party));
        emit Refunded(srcEid, index, releaseIndex);
    }

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
        (bool isSealed, Entry memory release) = _releaseOf(srcEid, ref, previousCount, window);
        if (!isSealed || release.kind() != KIND_RELEASE || release.hash() != entry.party || isReturned(srcEid, ref)) {
            emit FalselyReturned(srcEid, index, ref);
            gateway.reportFalseReturn(srcEid);
            return;
        }
        _returned[srcEid][ref >> 8] |= 1 << (ref & 255);

        uint16 asset = release.asset();
        uint128 amount = release.amount();
        laneBook[srcEid][asset].authorised -= amount;
        if (ownerOf(release.account) != address(0)) {
            balanceOf[release.account][asset] += int256(uint256(amount));
            totalLedger[asset] += amount;
        } else {
            // A refund that its address refused: it is no account's, so it waits again.
            _laneAsset[srcEid][asset].suspense += amount;
            Entry memory deposit = makeEntry(KIND_DEPOSIT, asset, srcEid, 0, amount, release.account, release.party);
            _hold(srcEid, index, deposit, Held.OwnerZero);
        }
        emit ReturnSettled(srcEid, index, ref, release.account, amount);
    }

    /// @return isSealed Whether this side has sealed an entry `ref` at all; a vault executes only what is sealed.
    /// @return release That entry, of the shown window, which is made again between two neighbouring seals.
    function _releaseOf(uint32 dstEid, uint64 ref, uint64 previousCount, Entry[] calldata window)
        internal
        view
        returns (bool isSealed, Entry memory release)
    {
        (, uint64 sealedCount,) = gateway.outbox(dstEid);
        if (ref >= sealedCount) return (false, release);
        uint64 count = previousCount + uint64(window.length);
        if (ref < previousCount || ref >= count) revert WindowMismatch(dstEid, ref, previousCount, count);
        bytes32 root = LaneLog.rootOf(window, 0, window.length);
        bytes32 head = LaneLog.headOf(gateway.sealedHead(dstEid, previousCount), root, count);
        if (head != gateway.sealedHead(dstEid, count)) revert WindowMismatch(dstEid, ref, previousCount, count);
        return (true, window[ref - previousCount]);
    }

    function _hold(uint32 srcEid, uint64 index, Entry memory entry, Held reason) internal {
        uint64 parkedAt = uint64(block.timestamp);
        heldOf[srcEid][index] = _heldHash(entry, reason, parkedAt);
        emit EntryHeld(srcEid, index, reason, entry, parkedAt);
    }

    /// @dev Whoever finishes a held entry takes its word away first: it ends once. Not over a lane that is stopped: what
    /// it brought may be what it was stopped for.
    function _takeHeld(uint32 srcEid, uint64 index, Entry calldata entry, Held reason, uint64 parkedAt) internal {
        if (heldOf[srcEid][index] != _heldHash(entry, reason, parkedAt)) revert HeldUnknown(srcEid, index);
        delete heldOf[srcEid][index];
        Halt halt = gateway.haltOf(srcEid);
        uint64 until = gateway.pausedUntil(srcEid, Direction.In);
        if (halt != Halt.None || until > block.timestamp) revert FinishingStopped(srcEid, halt, until);
    }

    function _heldHash(Entry memory entry, Held reason, uint64 parkedAt) internal pure returns (bytes32) {
        return keccak256(abi.encode(entry.word, entry.account, entry.party, reason, parkedAt));
    }

    // ── out ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    function withdraw(uint96 subaccount, uint32 dstEid, uint16 asset, uint128 amount, address recipient)
        external
        returns (uint64 index)
    {
        bytes32 account = accountOf(msg.sender, subaccount);
        Refusal reason = _refusal(account, dstEid, asset, amount, 0, recipient);
        if (reason != Refusal.None) _revertWith(reason, account, dstEid, asset, amount);
        index = _authorise(account, dstEid, asset, amount, recipient);
    }

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
            _authorise(account, asked.dstEid, asked.asset, asked.amount, asked.recipient);
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

    function setRecipient(uint32 dstEid, address recipient, bool isAllowed) external {
        if (recipient == address(0)) revert RecipientZero();
        isRecipient[msg.sender][dstEid][recipient] = isAllowed;
        emit RecipientSet(msg.sender, dstEid, recipient, isAllowed);
    }

    function setController(uint32 srcEid, address controller) external {
        controllerOf[msg.sender][srcEid] = controller;
        emit ControllerSet(msg.sender, srcEid, controller);
    }

    function transfer(uint96 subaccount, address toOwner, uint96 toSubaccount, uint16 asset, uint128 amount) external {
        if (amount == 0) revert AmountZero();
        if (toOwner == address(0)) revert ReceiverZero();
        bytes32 account = accountOf(msg.sender, subaccount);
        int256 balance = balanceOf[account][asset];
        if (balance < int256(uint256(amount))) revert BalanceTooLow(account, asset, balance, amount);
        _move(account, accountOf(toOwner, toSubaccount), asset, amount);
    }

    function _refusalOfSigned(Withdrawal memory asked, uint128 fee, bytes calldata signature)
        internal
        view
        returns (Refusal reason)
    {
        if (block.timestamp > asked.deadline) return Refusal.Expired;
        if (fee > asked.maxFee) return Refusal.FeeTooHigh;
        if (isNonceUsed(asked.owner, asked.nonce)) return Refusal.NonceUsed;
        bytes32 account = accountOf(asked.owner, asked.subaccount);
        reason = _refusal(account, asked.dstEid, asked.asset, asked.amount, fee, asked.recipient);
        if (reason != Refusal.None) return reason;
        if (!gateway.accepts(asked.dstEid)) return Refusal.LaneStopped;
        if (!SignedBy.check(asked.owner, _hashTypedDataV4(asked.structHash()), signature)) {
            return Refusal.SignatureInvalid;
        }
    }

    /// @dev What every withdrawal must meet, however it was asked for.
    function _refusal(bytes32 account, uint32 dstEid, uint16 asset, uint128 amount, uint128 fee, address recipient)
        internal
        view
        returns (Refusal)
    {
        uint128 minimum = _laneAsset[dstEid][asset].minWithdrawal;
        if (minimum == 0) return Refusal.AssetNotOnLane;
        if (amount == 0) return Refusal.AmountZero;
        if (recipient == address(0)) return Refusal.RecipientZero;
        int256 balance = balanceOf[account][asset];
        int256 debit = int256(uint256(amount) + fee);
        if (balance < debit) return Refusal.BalanceTooLow;
        // The whole of a small balance may leave: it would be locked otherwise.
        if (amount < minimum && balance != debit) return Refusal.BelowMinimum;
        if (available(dstEid, asset) < amount) return Refusal.VaultTooLow;
        return Refusal.None;
    }

    function _revertWith(Refusal reason, bytes32 account, uint32 dstEid, uint16 asset, uint128 amount) internal view {
        if (reason == Refusal.AssetNotOnLane) revert AssetNotOnLane(dstEid, asset);
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

    /// @dev Takes from the ledger and tells the vault. The gateway refuses where the lane is stopped.
    function _authorise(bytes32 account, uint32 dstEid, uint16 asset, uint128 amount, address recipient)
        internal
        returns (uint64 index)
    {
        balanceOf[account][asset] -= int256(uint256(amount));
        totalLedger[asset] -= amount;
        laneBook[dstEid][asset].authorised += amount;
        index = gateway.post(dstEid, makeEntry(KIND_RELEASE, asset, dstEid, 0, amount, account, toParty(recipient)));
        emit Withdrawn(dstEid, account, asset, index, amount, recipient);
    }

    /// @dev The caller has checked the balance.
    function _move(bytes32 from, bytes32 to, uint16 asset, uint128 amount) internal {
        balanceOf[from][asset] -= int256(uint256(amount));
        balanceOf[to][asset] += int256(uint256(amount));
        emit Transferred(from, to, asset, amount);
    }

    function _useNonce(address owner, uint256 nonce) internal {
        _usedNonces[owner][nonce >> 8] |= 1 << (nonce & 255);
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

    function isNonceUsed(address owner, uint256 nonce) public view returns (bool) {
        return (_usedNonces[owner][nonce >> 8] >> (nonce & 255)) & 1 == 1;
    }

    function isReturned(uint32 dstEid, uint64 ref) public view returns (bool) {
        return (_returned[dstEid][ref >> 8] >> (ref & 255)) & 1 == 1;
    }

    function suspense(uint32 eid, uint16 asset) external view returns (uint128) {
        return _laneAsset[eid][asset].suspense;
    }
}
