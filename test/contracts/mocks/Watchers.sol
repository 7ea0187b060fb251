// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "forge-std/Vm.sol";

/// @dev Keys of watchers or verifiers, in ascending order of their addresses, and their signatures.
library Watchers {
    Vm internal constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 internal constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function keys(string memory name, uint256 size) internal pure returns (uint256[] memory made) {
        made = new uint256[](size);
        for (uint256 i = 0; i < size; ++i) {
            uint256 key = uint256(keccak256(abi.encode(name, i))) % ORDER;
            uint256 j = i;
            for (; j > 0 && VM.addr(made[j - 1]) > VM.addr(key); --j) {
                made[j] = made[j - 1];
            }
            made[j] = key;
        }
    }

    function addresses(uint256[] memory keys_) internal pure returns (address[] memory made) {
        made = new address[](keys_.length);
        for (uint256 i = 0; i < keys_.length; ++i) {
            made[i] = VM.addr(keys_[i]);
        }
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev The signature with s on the upper half of the curve.
    function malleate(bytes memory signature) internal pure returns (bytes memory) {
        bytes32 r;
        uint256 s;
        assembly {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
        }
        return abi.encodePacked(r, ORDER - s, uint8(signature[64]) == 27 ? uint8(28) : uint8(27));
    }
}
