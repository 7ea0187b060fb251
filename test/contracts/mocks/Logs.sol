// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Entry} from "../../../contracts/types/Entry.sol";

/// @dev A copy of one lane's log, made from what was posted and sealed with hashing of its own (docs/messages.md), so
/// that what the contracts say is compared with something that they didn't compute.
struct Log {
    Entry[] entries;
    uint64[] counts;
    bytes32[] roots;
    bytes32[] heads;
}

/// @dev What a relayer shows to `execute`.
struct Proof {
    uint64[] counts;
    Entry[] entries;
    bytes suffix;
}

library Logs {
    error CountNotSealed(uint64 count);

    function start(Log storage self, bytes32 laneId) internal {
        self.counts.push(0);
        self.roots.push(0);
        self.heads.push(laneId);
    }

    function append(Log storage self, Entry memory entry) internal {
        self.entries.push(entry);
    }

    function posted(Log storage self) internal view returns (uint64) {
        return uint64(self.entries.length);
    }

    function sealedCount(Log storage self) internal view returns (uint64) {
        return self.counts[self.counts.length - 1];
    }

    function head(Log storage self) internal view returns (bytes32) {
        return self.heads[self.heads.length - 1];
    }

    function seal(Log storage self) internal returns (uint64 count, bytes32 root, bytes32 newHead) {
        count = uint64(self.entries.length);
        for (uint256 i = sealedCount(self); i < count; ++i) {
            Entry storage entry = self.entries[i];
            root = keccak256(abi.encode(root, entry.word, entry.account, entry.party));
        }
        newHead = keccak256(abi.encode(head(self), root, uint256(count)));
        self.counts.push(count);
        self.roots.push(root);
        self.heads.push(newHead);
    }

    /// @return The number of the window that ends at `count`; 0 is the empty log.
    function windowAt(Log storage self, uint64 count) internal view returns (uint256) {
        uint256 low = 0;
        uint256 high = self.counts.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (self.counts[middle] == count) return middle;
            if (self.counts[middle] < count) low = middle + 1;
            else high = middle;
        }
        revert CountNotSealed(count);
    }

    /// @return The number of the window that holds the last of `count` entries.
    function windowAtOrAbove(Log storage self, uint64 count) internal view returns (uint256) {
        for (uint256 i = 0; i < self.counts.length; ++i) {
            if (self.counts[i] >= count) return i;
        }
        revert CountNotSealed(count);
    }

    function headAt(Log storage self, uint64 count) internal view returns (bytes32) {
        return self.heads[windowAt(self, count)];
    }

    /// @dev The `windows` windows after the executed count, and the suffix up to the sealed count `to`.
    function prove(Log storage self, uint64 executed, uint256 windows, uint64 to)
        internal
        view
        returns (Proof memory proof)
    {
        uint256 from = windowAt(self, executed);
        uint256 last = windowAt(self, to);
        proof.counts = new uint64[](windows);
        for (uint256 i = 0; i < windows; ++i) {
            proof.counts[i] = self.counts[from + 1 + i];
        }
        uint256 size = proof.counts[windows - 1] - executed;
        proof.entries = new Entry[](size);
        for (uint256 i = 0; i < size; ++i) {
            proof.entries[i] = self.entries[executed + i];
        }
        proof.suffix = new bytes((last - from - windows) * 40);
        for (uint256 i = from + windows + 1; i <= last; ++i) {
            bytes memory suffix = proof.suffix;
            uint256 offset = (i - from - windows - 1) * 40;
            bytes32 root = self.roots[i];
            bytes32 count = bytes32(uint256(self.counts[i]) << 192);
            // The last word's upper 8 bytes are the count; the rest is overwritten by the next node, or is the
            // free memory behind the array's padding.
            assembly ("memory-safe") {
                let at := add(add(suffix, 32), offset)
                mstore(at, root)
                for { let j := 0 } lt(j, 8) { j := add(j, 1) } { mstore8(add(add(at, 32), j), byte(j, count)) }
            }
        }
    }
}
