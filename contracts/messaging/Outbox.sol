// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Halt} from "../interfaces/IGateway.sol";
import {IPath} from "../interfaces/IPath.sol";
import {LaneLog} from "../libraries/LaneLog.sol";
import {Paths} from "../libraries/Paths.sol";
import {Commitment} from "../types/Commitment.sol";
import {Counters} from "../types/Counters.sol";
import {Direction} from "../types/Direction.sol";
import {Entry, KIND_RETURNED} from "../types/Entry.sol";
import {Lanes} from "./Lanes.sol";

/// @title Outbox
/// @notice This side's logs: the app posts, anyone seals and dispatches.
abstract contract Outbox is Lanes, ReentrancyGuardTransient {
    using Paths for uint8;

    uint64 internal constant EVERYTHING = type(uint64).max;

    /// @dev Message networks give back what they didn't use, while `dispatch` runs. Nobody has a reason to send value
    /// while `execute` runs; it would stay here.
    receive() external payable {
        if (!_reentrancyGuardEntered()) revert UnexpectedPayment(msg.sender);
    }

    function post(uint32 dstEid, Entry calldata entry) external returns (uint64 index) {
        if (msg.sender != app) revert OnlyApp(msg.sender);
        Lane storage lane = _openLaneOf(dstEid);
        Counters memory counters = lane.counters;
        // A false acknowledgement stops all value to that peer; what it acknowledged was never said here.
        if (counters.halt >= Halt.FalseAck) revert LaneIsHalted(dstEid, counters.halt);
        // Giving back takes no value out: the peer gets told what will never be paid.
        if (counters.pausedOutUntil > block.timestamp && entry.kind() != KIND_RETURNED) {
            revert LaneIsPaused(dstEid, Direction.Out, counters.pausedOutUntil);
        }
        index = counters.posted;

        bytes32 root = LaneLog.append(index == counters.sealed_ ? bytes32(0) : lane.openRoot, entry);
        counters.posted = counters.afterPost();
        lane.openRoot = root;
        emit EntryPosted(dstEid, index, entry);
        if (counters.mustSeal()) _seal(dstEid, counters, root);
        lane.counters = counters;
    }

    function seal(uint32 dstEid) external returns (uint64 count) {
        Lane storage lane = _openLaneOf(dstEid);
        Counters memory counters = lane.counters;
        count = counters.posted;
        if (count == counters.sealed_) revert NothingToSeal(dstEid, count);
        _seal(dstEid, counters, lane.openRoot);
        lane.counters = counters;
    }

    function dispatch(uint32 dstEid, uint64 count, uint8 paths, address refundTo, bool force)
        external
        payable
        nonReentrant
        returns (uint64)
    {
        Lane storage lane = _openLaneOf(dstEid);
        Counters memory counters = lane.counters;
        if (count == EVERYTHING) {
            count = counters.posted;
            if (count != counters.sealed_) {
                _seal(dstEid, counters, lane.openRoot);
                lane.counters = counters;
            }
        }
        if (paths == 0 || !paths.isSubsetOf(counters.enabled)) revert PathsNotEnabled(dstEid, counters.enabled, paths);
        if (refundTo == address(0)) revert RefundToZero();

        Commitment memory commitment = Commitment({
            lane: lane.outLane,
            count: count,
            head: sealedHead[dstEid][count],
            ackCount: counters.executed,
            ackHead: executedHead[dstEid][counters.executed]
        });
        if (commitment.head == 0) revert NotSealed(dstEid, count, counters.sealed_);
        if (!force) paths = _withoutRepeats(dstEid, lane, count, commitment.ackCount, paths);
        emit Dispatched(dstEid, count, commitment.head, commitment.ackCount, commitment.ackHead, paths);

        uint256 kept = address(this).balance - msg.value;
        bytes memory peer = lane.peer;
        bytes memory payload = commitment.encode();
        for (uint8 path = 0; path < Paths.MAX_INDICES; ++path) {
            if (!paths.has(path)) continue;
            PathState storage state = lane.paths[path];
            state.sentCount = count;
            state.sentAckCount = commitment.ackCount;
            uint256 value = counters.networks.has(path) ? address(this).balance - kept : 0;
            IPath(state.adapter).sendMessage{value: value}(peer, payload, new bytes[](0));
        }

        uint256 left = address(this).balance - kept;
        if (left != 0) {
            (bool isPaid,) = refundTo.call{value: left}("");
            if (!isPaid) revert RefundFailed(refundTo, left);
        }
        return count;
    }

    /// @dev Leaves out what a path was given last, rather than refuse all: somebody's free dispatch over one path must
    /// not stop a paid one over several.
    function _withoutRepeats(uint32 dstEid, Lane storage lane, uint64 count, uint64 ackCount, uint8 paths)
        internal
        view
        returns (uint8 left)
    {
        for (uint8 path = 0; path < Paths.MAX_INDICES; ++path) {
            if (!paths.has(path)) continue;
            PathState storage state = lane.paths[path];
            if (state.sentCount != count || state.sentAckCount != ackCount) left |= Paths.bit(path);
        }
        if (left == 0) revert AlreadyDispatched(dstEid, paths, count, ackCount);
    }

    function quoteDispatch(uint32 dstEid, uint8 paths) external view returns (uint256 fee) {
        Lane storage lane = _openLaneOf(dstEid);
        Counters memory counters = lane.counters;
        if (paths == 0 || !paths.isSubsetOf(counters.enabled)) revert PathsNotEnabled(dstEid, counters.enabled, paths);
        Commitment memory commitment;
        commitment.lane = lane.outLane;
        bytes memory payload = commitment.encode();
        for (uint8 path = 0; path < Paths.MAX_INDICES; ++path) {
            if (paths.has(path)) fee += IPath(lane.paths[path].adapter).quote(lane.peer, payload);
        }
    }
}
