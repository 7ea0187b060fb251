// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {accountOf, BY_CONTROLLER, toParty} from "../types/Account.sol";
import {KIND_WITHDRAWAL_REQUEST, makeEntry} from "../types/Entry.sol";
import {VaultCallers} from "./VaultCallers.sol";

/// @title Requests
/// @notice The way to ask from here for what nobody on the hub does.
abstract contract Requests is VaultCallers {
    bytes32 internal constant REQUEST_TYPEHASH = keccak256(
        "WithdrawalRequest(address requester,address owner,uint96 subaccount,uint32 dstEid,uint16 asset,uint128 amount,address recipient,uint256 nonce,uint256 deadline)"
    );

    mapping(address requester => mapping(uint256 nonce => bool)) public isRequestNonceUsed;

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
}
