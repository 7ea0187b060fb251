// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Halt} from "../interfaces/IGateway.sol";
import {ILaneApp} from "../interfaces/ILaneApp.sol";
import {LaneLog} from "../libraries/LaneLog.sol";
import {Paths} from "../libraries/Paths.sol";
import {Attesters} from "../types/Attesters.sol";
import {Counters} from "../types/Counters.sol";
import {Direction} from "../types/Direction.sol";
import {Entry} from "../types/Entry.sol";
import {Attestations} from "./Attestations.sol";

/// @title Inbox
/// @notice The peers' logs: anyone executes what two paths attested, and shows that a third one stands behind it too.
abstract contract Inbox is Attestations, ReentrancyGuardTransient {
    using Paths for uint8;

    function execute(
        uint32 srcEid,
        uint64[] calldata counts,
        Entry[] calldata entries,
        bytes calldata suffix,
        uint8 paths
    ) external nonReentrant {
        Lane storage lane = _openLaneOf(srcEid);
        Counters memory counters = lane.counters;
        if (counters.halt != Halt.None) revert LaneIsHalted(srcEid, counters.halt);
        if (counters.pausedInUntil > block.timestamp) {
            revert LaneIsPaused(srcEid, Direction.In, counters.pausedInUntil);
        }
        _checkPaths(srcEid, counters, paths);

        uint64 first = counters.executed;
        (uint64[] memory chainCounts, bytes32[] memory chainHeads) =
            _chain(srcEid, first, executedHead[srcEid][first], counts, entries, suffix);
        _checkAttested(srcEid, counters.enabled, paths, counts.length, chainCounts, chainHeads);

        for (uint256 i = 0; i < counts.length; ++i) {
            executedHead[srcEid][chainCounts[i]] = chainHeads[i];
            emit WindowExecuted(srcEid, chainCounts[i], chainHeads[i], paths);
        }
        uint64 executed = chainCounts[counts.length - 1];
        counters.executed = uint48(executed);
        lane.counters = counters;
        for (uint8 path = 0; path < Paths.MAX_INDICES; ++path) {
            if (paths.has(path)) lane.vouched[path] = executed;
        }
        _handOver(srcEid, first, entries);
    }

    /// @dev ILaneApp.onEntries with its entries copied as a whole; the compiler would copy them field by field, at 600
    /// gas each.
    function _handOver(uint32 srcEid, uint64 first, Entry[] calldata entries) internal {
        address to = app;
        bytes4 selector = ILaneApp.onEntries.selector;
        assembly ("memory-safe") {
            let data := mload(0x40)
            let length := mul(entries.length, 96)
            mstore(data, selector)
            mstore(add(data, 4), srcEid)
            mstore(add(data, 36), first)
            mstore(add(data, 68), 96)
            mstore(add(data, 100), entries.length)
            calldatacopy(add(data, 132), entries.offset, length)
            if iszero(call(gas(), to, 0, data, add(length, 132), 0, 0)) {
                returndatacopy(data, 0, returndatasize())
                revert(data, returndatasize())
            }
        }
    }

    /// @dev How many paths must agree. One is never enough.
    function _requiredPaths() internal pure virtual returns (uint256) {
        return 2;
    }

    function _checkPaths(uint32 srcEid, Counters memory counters, uint8 paths) internal pure {
        if (!paths.isSubsetOf(counters.enabled)) revert PathsNotEnabled(srcEid, counters.enabled, paths);
        if (paths.size() < _requiredPaths()) revert PathsTooFew(srcEid, _requiredPaths(), paths.size());
        if (paths & counters.networks == 0) revert NetworkPathMissing(srcEid, counters.networks, paths);
    }

    /// @return chainCounts The ends of the executed windows, then those of the suffix.
    /// @return chainHeads The head at each, made again from the executed head.
    function _chain(
        uint32 srcEid,
        uint64 first,
        bytes32 head,
        uint64[] calldata counts,
        Entry[] calldata entries,
        bytes calldata suffix
    ) internal pure returns (uint64[] memory chainCounts, bytes32[] memory chainHeads) {
        uint256 windows = counts.length;
        if (windows == 0) revert NoWindows(srcEid);
        uint256 nodes = windows + LaneLog.suffixNodes(suffix);
        chainCounts = new uint64[](nodes);
        chainHeads = new bytes32[](nodes);

        uint64 previous = first;
        for (uint256 i = 0; i < nodes; ++i) {
            bytes32 root;
            uint64 count;
            if (i < windows) {
                count = counts[i];
                LaneLog.checkWindow(previous, count);
                if (count - first > entries.length) revert EntryCountMismatch(count - first, entries.length);
                root = LaneLog.rootOf(entries, previous - first, count - first);
            } else {
                (root, count) = LaneLog.suffixNode(suffix, i - windows);
                LaneLog.checkWindow(previous, count);
            }
            head = LaneLog.headOf(head, root, count);
            chainCounts[i] = previous = count;
            chainHeads[i] = head;
        }
        uint64 shown = chainCounts[windows - 1] - first;
        if (shown != entries.length) revert EntryCountMismatch(shown, entries.length);
    }

    /// @dev The windows that are executed: at the end of each, no enabled path may have attested another head. The nodes
    /// from the last of them on: each named path must have attested one; an attestation below vouches for nothing that
    /// comes after it.
    function _checkAttested(
        uint32 srcEid,
        uint8 enabled,
        uint8 paths,
        uint256 windows,
        uint64[] memory chainCounts,
        bytes32[] memory chainHeads
    ) internal view {
        for (uint256 i = 0; i + 1 < windows; ++i) {
            _agreeing(srcEid, enabled, chainCounts[i], chainHeads[i]);
        }
        uint8 missing = paths & ~_agreeing(srcEid, enabled, chainCounts[windows - 1], chainHeads[windows - 1]);
        // From the end, since paths attest the newest count they were told.
        for (uint256 i = chainCounts.length; i > windows && missing != 0; --i) {
            missing &= ~_agreeing(srcEid, missing, chainCounts[i - 1], chainHeads[i - 1]);
        }
        if (missing != 0) revert PathsNotAttested(srcEid, missing);
    }

    /// @return agreeing Those of the asked paths that attested this count. Reverts if one of them attested another head.
    function _agreeing(uint32 srcEid, uint8 asked, uint64 count, bytes32 head) internal view returns (uint8 agreeing) {
        Attesters attesters = _attesters[srcEid][count];
        agreeing = attesters.mask() & asked;
        if (agreeing == 0) return 0;
        bytes32 firstHead = _firstHead[srcEid][count];
        for (uint8 path = 0; path < Paths.MAX_INDICES; ++path) {
            if (!agreeing.has(path)) continue;
            bytes32 expected = _headOf(srcEid, count, path, attesters, firstHead);
            if (expected != head) revert LaneHeadMismatch(srcEid, path, count, expected, head);
        }
    }

    // ── vouch ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function vouch(uint32 srcEid, uint8 path, uint64 count, bytes calldata suffix) external {
        Lane storage lane = _openLaneOf(srcEid);
        if (path >= Paths.MAX_INDICES) revert PathNotEnabled(srcEid, path);
        bytes32 head = executedHead[srcEid][count];
        // Where nothing was executed there is no head, and nothing says what follows it.
        if (head == 0 || lane.vouched[path] >= count) revert NothingVouched(srcEid, path, count);
        uint64 end = count;
        uint256 nodes = LaneLog.suffixNodes(suffix);
        for (uint256 i = 0; i < nodes; ++i) {
            (bytes32 root, uint64 next) = LaneLog.suffixNode(suffix, i);
            LaneLog.checkWindow(end, next);
            (head, end) = (LaneLog.headOf(head, root, next), next);
        }
        if (_witness(srcEid, path, end) != head) revert AttestationUnknown(srcEid, path, end, head);
        lane.vouched[path] = count;
        emit Vouched(srcEid, path, count);
    }

    function quorum(uint32 srcEid, uint64 index) external view returns (uint256 vouching) {
        Lane storage lane = _lanes[srcEid];
        uint8 enabled = lane.counters.enabled;
        for (uint8 path = 0; path < Paths.MAX_INDICES; ++path) {
            if (enabled.has(path) && lane.vouched[path] > index) ++vouching;
        }
    }
}
