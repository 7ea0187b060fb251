// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Entry} from "../types/Entry.sol";

/// @title The hashes of an append-only log
/// @notice `root(i + 1) = keccak(root(i), entry)` inside a window, from 0; `head(c2) = keccak(head(c1), root, c2)` over
/// windows, from the lane's id. Every part is one full word, so the two kinds of node (128 and 96 bytes) can't be taken
/// for one another, nor for a lane id (256 bytes).
library LaneLog {
    /// @dev A window: 1 to 128 entries.
    uint64 internal constant MAX_WINDOW = 128;

    /// @dev A suffix node: root (32 bytes) ‖ count (8 bytes).
    uint256 internal constant NODE_LENGTH = 40;

    error SuffixLengthInvalid(uint256 length);
    error WindowSizeInvalid(uint64 previousCount, uint64 count);

    function append(bytes32 root, Entry memory entry) internal pure returns (bytes32) {
        return keccak256(abi.encode(root, entry.word, entry.account, entry.party));
    }

    /// @return root Of the window that holds `entries[from .. to)`.
    function rootOf(Entry[] calldata entries, uint256 from, uint256 to) internal pure returns (bytes32 root) {
        assembly ("memory-safe") {
            // One buffer of (root, entry) is hashed over and over: abi.encode would allocate a new one for each entry.
            let node := mload(0x40)
            let source := add(entries.offset, mul(from, 96))
            let end := add(entries.offset, mul(to, 96))
            for {} lt(source, end) { source := add(source, 96) } {
                mstore(node, root)
                calldatacopy(add(node, 32), source, 96)
                root := keccak256(node, 128)
            }
        }
    }

    /// @dev keccak256(abi.encode(previousHead, root, count)), without a new allocation for each node of a long suffix.
    function headOf(bytes32 previousHead, bytes32 root, uint64 count) internal pure returns (bytes32 head) {
        assembly ("memory-safe") {
            let node := mload(0x40)
            mstore(node, previousHead)
            mstore(add(node, 32), root)
            mstore(add(node, 64), and(count, 0xffffffffffffffff))
            head := keccak256(node, 96)
        }
    }

    /// @return The number of nodes in a packed suffix.
    function suffixNodes(bytes calldata suffix) internal pure returns (uint256) {
        if (suffix.length % NODE_LENGTH != 0) revert SuffixLengthInvalid(suffix.length);
        return suffix.length / NODE_LENGTH;
    }

    /// @dev The caller keeps `i` below `suffixNodes`.
    function suffixNode(bytes calldata suffix, uint256 i) internal pure returns (bytes32 root, uint64 count) {
        assembly ("memory-safe") {
            let node := add(suffix.offset, mul(i, NODE_LENGTH))
            root := calldataload(node)
            // The last 8 of the node's 40 bytes: no read goes past its end.
            count := and(calldataload(add(node, 8)), 0xffffffffffffffff)
        }
    }

    function isWindow(uint64 previousCount, uint64 count) internal pure returns (bool) {
        return count > previousCount && count - previousCount <= MAX_WINDOW;
    }

    function checkWindow(uint64 previousCount, uint64 count) internal pure {
        if (!isWindow(previousCount, count)) revert WindowSizeInvalid(previousCount, count);
    }
}
