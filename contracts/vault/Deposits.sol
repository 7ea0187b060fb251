// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IPermit2} from "../interfaces/IPermit2.sol";
import {accountOf, toParty} from "../types/Account.sol";
import {Entry, KIND_DEPOSIT, makeEntry} from "../types/Entry.sol";
import {VaultCallers} from "./VaultCallers.sol";

/// @title Deposits
/// @notice The way in: by what arrived, whole canonical units only.
abstract contract Deposits is VaultCallers {
    using SafeERC20 for IERC20;

    IPermit2 public immutable permit2;

    /// @param permit2_ Uniswap's, at its well-known address.
    constructor(IPermit2 permit2_) {
        permit2 = permit2_;
    }

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
        Listing memory listed = _listings[asset];
        if (listed.token == address(0)) revert AssetNotListed(asset);
        uint64 pausedUntil = _pausedUntil(asset, listed);
        if (pausedUntil > block.timestamp) revert AssetIsPaused(asset, pausedUntil);
        bytes32 account = accountOf(owner, subaccount);
        if (owner == address(0)) revert AccountMalformed(account);
        if (refundTo == address(0)) revert RefundAddressZero();
        if (owner == msg.sender && !holdsOnHub && !_isSenderOrigin()) revert ContractOwnerNotConfirmed(owner);

        uint256 scale = 10 ** listed.scaleDecimals;
        uint128 credited = _toCanonicalDown(asset, amount, scale, listed.minDeposit);
        Book memory before = book[asset];
        uint256 balance = IERC20(listed.token).balanceOf(address(this));
        uint256 owed = uint256(before.deposited - before.released) * scale;
        if (balance < owed) revert BalanceBelowBook(asset, owed, balance);
        if (credited > type(uint128).max - before.deposited) revert AmountTooLarge(asset, credited);
        book[asset].deposited = before.deposited + credited;

        token = listed.token;
        local = uint256(credited) * scale;
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

    function _toCanonicalDown(uint16 asset, uint256 amount, uint256 scale, uint256 minimum)
        internal
        pure
        returns (uint128)
    {
        if (amount == 0) revert ZeroAmount();
        uint256 canonical = amount / scale;
        if (canonical < minimum) revert BelowMinimum(asset, uint128(minimum), canonical);
        if (canonical > type(uint128).max) revert AmountTooLarge(asset, canonical);
        return uint128(canonical);
    }
}
