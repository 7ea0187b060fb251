// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {VaultBook} from "./VaultBook.sol";

/// @title VaultCallers
/// @notice Who is believed on a vault's chain, where a contract's address may belong to a thief, who made his own at the same
/// place: an ECDSA signature, or the account that pays for the transaction.
abstract contract VaultCallers is VaultBook, EIP712, ReentrancyGuardTransient {
    /// @dev ECDSA alone: a contract's word is worth nothing for an address that it may not own on the hub.
    function _checkSigner(address expected, bytes32 digest, uint256 deadline, bytes calldata signature) internal view {
        if (block.timestamp > deadline) revert SignatureExpired(deadline);
        address signer = ECDSA.recoverCalldata(digest, signature);
        if (signer != expected) revert SignerMismatch(expected, signer);
    }

    /// @dev Who pays for the transaction has the key of its address. A contract may not own its address on another chain,
    /// and code is no test of what is a contract: one under construction has none yet, and an EOA may have some.
    function _isSenderOrigin() internal view virtual returns (bool) {
        return msg.sender == tx.origin;
    }
}
