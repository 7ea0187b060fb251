// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title Whether an address has signed a digest: by its key, or by its contract's answer (ERC-1271)
/// @notice The contract gets a fixed gas allowance and one word to answer in, so that one wallet can't stop a batch.
library SignedBy {
    /// @dev A wallet of several owners takes about 10,000 each; one that verifies a passkey by itself about 250,000.
    uint256 internal constant ERC1271_GAS = 300_000;
    /// @dev A call gets 63/64 of what is there; 4,000 for the call itself, to an address that was read before but may
    /// delegate to one that was not (EIP-7702).
    uint256 internal constant REQUIRED_GAS = ERC1271_GAS * 64 / 63 + 4000;

    error SignatureGasTooLow(uint256 required, uint256 actual);

    /// @dev The key comes first: an account that delegates to code (EIP-7702) still owns itself by it.
    function check(address who, bytes32 digest, bytes calldata signature) internal view returns (bool isSigned) {
        (address signer, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure == ECDSA.RecoverError.NoError && signer == who) return true;
        if (who.code.length == 0) return false;
        bytes memory data = abi.encodeCall(IERC1271.isValidSignature, (digest, signature));
        bytes32 valid = IERC1271.isValidSignature.selector;
        // Too little gas would make a good signature look bad, and an estimate of gas would choose just that.
        if (gasleft() < REQUIRED_GAS) revert SignatureGasTooLow(REQUIRED_GAS, gasleft());
        assembly ("memory-safe") {
            mstore(0, 0)
            let isAnswered := staticcall(ERC1271_GAS, who, add(data, 32), mload(data), 0, 32)
            isSigned := and(isAnswered, and(gt(returndatasize(), 31), eq(mload(0), valid)))
        }
    }
}
