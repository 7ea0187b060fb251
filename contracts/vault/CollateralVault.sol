// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICollateralVault, Parked} from "../interfaces/ICollateralVault.sol";
import {Halt, IGateway} from "../interfaces/IGateway.sol";
import {ILaneApp} from "../interfaces/ILaneApp.sol";
import {IPermit2} from "../interfaces/IPermit2.sol";
import {BoundedPush} from "../libraries/BoundedPush.sol";
import {BY_CONTROLLER, accountOf, ownerOf, partyAddress, toParty} from "../types/Account.sol";
import {Direction} from "../types/Direction.sol";
import {Entry, KIND_DEPOSIT, KIND_RELEASE, KIND_RETURNED, KIND_WITHDRAWAL_REQUEST, makeEntry} from "../types/Entry.sol";

/// @title CollateralVault
/// @notice Holds collateral. In: `deposit`, by what arrived, whole canonical units only. Out: releases that the gateway
/// executed, pushed to their recipient inside a fixed gas allowance; what a token refuses is parked as one word, and ends
/// paid by `retry` when the refusal is gone, or given back to the hub. There is no other way out, no sweep and no owner
/// of the money.
///
/// Who may ask for somebody here: on this chain a contract's address may belong to a thief, who made his own at the same
/// place. So an owner is believed by ECDSA signature, or as the account that pays for the transaction.
///
/// The book counts what came in and what went out, in canonical units: tokens held ≥ deposited − released, and no
/// release is paid beyond it, whatever the message said.
contract CollateralVault is ICollateralVault, AccessManaged, EIP712, ReentrancyGuardTransient {
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

    /// @dev After these, what is still refused need not wait for its payee or owner.
    uint64 internal constant RETURNABLE_AFTER = 7 days;

    bytes32 internal constant REQUEST_TYPEHASH = keccak256(
        "WithdrawalRequest(address requester,address owner,uint96 subaccount,uint32 dstEid,uint16 asset,uint128 amount,address recipient,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant RETURN_TYPEHASH =
        keccak256("ReturnRelease(uint64 index,bytes32 release,uint256 deadline)");

    IGateway public immutable gateway;
    uint32 public immutable hubEid;
    uint32 public immutable eid;
    IPermit2 public immutable permit2;

    mapping(uint16 asset => Listing) internal _listings;
    mapping(address token => bool) internal _isListed;
    mapping(uint16 asset => Book) public book;
    mapping(bytes32 account => mapping(uint16 asset => uint128)) public releasedTo;
    mapping(uint32 srcEid => mapping(uint64 index => bytes32)) public parkOf;
    mapping(address requester => mapping(uint256 nonce => bool)) public isRequestNonceUsed;

    /// @param permit2_ Uniswap's, at its well-known address.
    constructor(IGateway gateway_, uint32 hubEid_, IPermit2 permit2_, address authority)
        AccessManaged(authority)
        EIP712("Weighlock Vault", "1")
    {
        if (gateway_.app() != address(this)) {
            revert GatewayNotOurs(address(this), gateway_.app());
        }
        if (hubEid_ == 0 || hubEid_ == gateway_.eid()) revert HubEidInvalid(hubEid_);
        gateway = gateway_;
        hubEid = hubEid_;
        eid = gateway_.eid();
        permit2 = permit2_;
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
        returns (uint64, uint128)
    {
        (address token, uint256 local, uint256 expected, Entry memory entry) =
            _open(asset, amount, owner, subaccount, refundTo, holdsOnHub);
        IERC20(token).safeTransferFrom(msg.sender, address(this), local);
        return _close(token, expected, entry);
    }

    function depositWithPermit(
        uint16 asset,
        uint256 amount,
        address owner,
        uint96 subaccount,
        address refundTo,
        bool holdsOnHub,
        Permit calldata permit
    ) external nonReentrant returns (uint64, uint128) {
        (address token, uint256 local, uint256 expected, Entry memory entry) =
            _open(asset, amount, owner, subaccount, refundTo, holdsOnHub);
        // Whoever saw the permit may have used it before us. The transfer tells whether there is an allowance.
        try IERC20Permit(token)
            .permit(msg.sender, address(this), amount, permit.deadline, permit.v, permit.r, permit.s) {}
            catch {}
        IERC20(token).safeTransferFrom(msg.sender, address(this), local);
        return _close(token, expected, entry);
    }

    function depositWithPermit2(
        uint16 asset,
        uint256 amount,
        address owner,
        uint96 subaccount,
        address refundTo,
        bool holdsOnHub,
        Permit2Transfer calldata permit
    ) external nonReentrant returns (uint64, uint128) {
        (address token, uint256 local, uint256 expected, Entry memory entry) =
            _open(asset, amount, owner, subaccount, refundTo, holdsOnHub);
        permit2.permitTransferFrom(
            IPermit2.PermitTransferFrom(IPermit2.TokenPermissions(token, amount), permit.nonce, permit.deadline),
            IPermit2.SignatureTransferDetails(address(this), local),
            msg.sender,
            permit.signature
        );
        return _close(token, expected, entry);
    }

    /// @dev Checks a deposit and books it, before it is taken.
    function _open(uint16 asset, uint256 amount, address owner, uint96 subaccount, address refundTo, bool holdsOnHub)
        internal
        returns (address token, uint256 local, uint256 expected, Entry memory entry)
    {
        Asset memory listed = assetOf(asset);
        if (listed.token == address(0)) revert AssetNotListed(asset);
        bytes32 account = accountOf(owner, subaccount);
        if (owner == address(0)) revert AccountMalformed(account);
        if (refundTo == address(0)) revert RefundAddressZero();
        if (owner == msg.sender && !holdsOnHub && !_isSenderOrigin()) revert ContractOwnerNotConfirmed(owner);

        uint128 credited = _toCanonicalDown(asset, amount, listed);
        Book memory before = book[asset];
        uint256 balance = IERC20(listed.token).balanceOf(address(this));
        uint256 owed = uint256(before.deposited - before.released) * listed.scale;
        if (balance < owed) revert BalanceBelowBook(asset, owed, balance);
        if (credited > type(uint128).max - before.deposited) revert AmountTooLarge(asset, credited);
        book[asset].deposited = before.deposited + credited;

        token = listed.token;
        local = uint256(credited) * listed.scale;
        expected = balance + local;
        entry = makeEntry(KIND_DEPOSIT, asset, eid, 0, credited, account, toParty(refundTo));
    }

    /// @dev Posts a deposit of which exactly the representable part arrived.
    function _close(address token, uint256 expected, Entry memory entry)
        internal
        virtual
        returns (uint64 index, uint128 credited)
    {
        uint256 balance = IERC20(token).balanceOf(address(this));
        if (balance != expected) revert DepositNotReceived(entry.asset(), expected, balance);
        return (gateway.post(hubEid, entry), entry.amount());
    }

    function _toCanonicalDown(uint16 asset, uint256 amount, Asset memory listed) internal pure returns (uint128) {
        if (amount == 0) revert ZeroAmount();
        uint256 canonical = amount / listed.scale;
        if (canonical < listed.minDeposit) revert BelowMinimum(asset, listed.minDeposit, canonical);
        if (canonical > type(uint128).max) revert AmountTooLarge(asset, canonical);
        return uint128(canonical);
    }

    /// @dev Who pays for the transaction has the key of its address. A contract may not own its address on another chain,
    /// and code is no test of what is a contract: one under construction has none yet, and an EOA may have some.
    function _isSenderOrigin() internal view virtual returns (bool) {
        return msg.sender == tx.origin;
    }

    // ── asking from here ────────────────────────────────────────────────────────────────────────────────────────────

    function requestWithdrawal(Request calldata request) external nonReentrant returns (uint64) {
        if (!_isSenderOrigin()) revert RequesterNotOrigin(msg.sender, tx.origin);
        return _request(request, msg.sender);
    }

    function requestWithdrawalSigned(
        Request calldata request,
        address requester,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external nonReentrant returns (uint64) {
        if (isRequestNonceUsed[requester][nonce]) revert RequestNonceUsed(requester, nonce);
        isRequestNonceUsed[requester][nonce] = true;
        _checkSigner(requester, requestDigest(request, requester, nonce, deadline), deadline, signature);
        return _request(request, requester);
    }

    function requestDigest(Request calldata request, address requester, uint256 nonce, uint256 deadline)
        public
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    REQUEST_TYPEHASH,
                    requester,
                    request.owner,
                    request.subaccount,
                    request.dstEid,
                    request.asset,
                    request.amount,
                    request.recipient,
                    nonce,
                    deadline
                )
            )
        );
    }

    /// @dev The hub knows what this side can't: balances, registered recipients and controllers.
    function _request(Request calldata request, address requester) internal returns (uint64) {
        bytes32 account = accountOf(request.owner, request.subaccount);
        if (request.owner == address(0)) revert AccountMalformed(account);
        if (request.amount == 0) revert ZeroAmount();
        if (request.dstEid == 0) revert DestinationZero();
        bytes32 party = toParty(request.recipient);
        if (requester != request.owner) {
            if (request.recipient != requester) revert RequestRecipientInvalid(requester, request.recipient);
            party |= bytes32(BY_CONTROLLER);
        } else if (request.recipient == address(0)) {
            revert RequestRecipientInvalid(requester, request.recipient);
        }
        return gateway.post(
            hubEid, makeEntry(KIND_WITHDRAWAL_REQUEST, request.asset, request.dstEid, 0, request.amount, account, party)
        );
    }

    /// @dev ECDSA alone: a contract's word is worth nothing for an address that it may not own on the hub.
    function _checkSigner(address expected, bytes32 digest, uint256 deadline, bytes calldata signature) internal view {
        if (block.timestamp > deadline) revert SignatureExpired(deadline);
        address signer = ECDSA.recoverCalldata(digest, signature);
        if (signer != expected) revert SignerMismatch(expected, signer);
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
        if (block.timestamp < unlockAt) revert ParkLocked(srcEid, index, unlockAt);
        _takePark(srcEid, index, entry, parkedAt, unlockAt, payee);
        Parked reason = _tryRelease(srcEid, index, entry, payee);
        if (reason != Parked.None) revert ParkNotPayable(srcEid, index, reason);
    }

    function returnRelease(uint64 index, Entry calldata entry, uint64 parkedAt, uint64 unlockAt, address payee)
        external
        nonReentrant
    {
        _takePark(hubEid, index, entry, parkedAt, unlockAt, payee);
        if (msg.sender != payee && !(msg.sender == ownerOf(entry.account) && _isSenderOrigin())) {
            uint64 returnableAt = unlockAt + RETURNABLE_AFTER;
            if (block.timestamp < returnableAt) revert ReturnNotYet(index, returnableAt);
            if (_tryRelease(hubEid, index, entry, payee) == Parked.None) return;
        }
        _return(index, entry);
    }

    function returnReleaseSigned(
        uint64 index,
        Entry calldata entry,
        uint64 parkedAt,
        uint64 unlockAt,
        address payee,
        uint256 deadline,
        bytes calldata signature
    ) external nonReentrant {
        _takePark(hubEid, index, entry, parkedAt, unlockAt, payee);
        _checkSigner(ownerOf(entry.account), returnDigest(index, entry, deadline), deadline, signature);
        _return(index, entry);
    }

    function returnDigest(uint64 index, Entry calldata entry, uint256 deadline) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(RETURN_TYPEHASH, index, entry.hash(), deadline)));
    }

    /// @dev Whoever finishes a park takes its word away first: it ends once.
    function _takePark(
        uint32 srcEid,
        uint64 index,
        Entry calldata entry,
        uint64 parkedAt,
        uint64 unlockAt,
        address payee
    ) internal {
        if (parkOf[srcEid][index] != _parkHash(entry, parkedAt, unlockAt, payee)) {
            revert ParkUnknown(srcEid, index);
        }
        delete parkOf[srcEid][index];
    }

    /// @dev The hub makes the release again from its own outbox; a park that it never posted would halt the lane there.
    function _return(uint64 index, Entry calldata entry) internal {
        if (!_isOurs(hubEid, entry)) revert ParkNotReturnable(hubEid, index);
        bytes32 release = entry.hash();
        uint64 returned = gateway.post(
            hubEid, makeEntry(KIND_RETURNED, entry.asset(), eid, index, entry.amount(), entry.account, release)
        );
        emit ReleaseReturned(index, returned, release);
    }

    /// @dev A payment outside of `execute`, which is stopped with it.
    function _tryRelease(uint32 srcEid, uint64 index, Entry memory entry, address recipient) internal returns (Parked) {
        // The hub acknowledged deposits that were never made: what it authorised may be backed by nothing.
        if (gateway.haltOf(hubEid) == Halt.FalseAck) revert PaymentsStopped(Halt.FalseAck);
        uint64 until = gateway.pausedUntil(hubEid, Direction.In);
        if (until > block.timestamp) revert PaymentsPaused(until);
        return _release(srcEid, index, entry, recipient);
    }

    function _isOurs(uint32 srcEid, Entry memory entry) internal view returns (bool) {
        return srcEid == hubEid && entry.kind() == KIND_RELEASE && entry.spare() == 0 && entry.eid() == eid;
    }

    /// @return Parked.None when paid; otherwise nothing has changed.
    function _release(uint32 srcEid, uint64 index, Entry memory entry, address recipient) internal returns (Parked) {
        if (!_isOurs(srcEid, entry)) return Parked.NotPayable;
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
    function _tryPush(Asset memory listed, address recipient, uint256 local) internal virtual returns (bool) {
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
