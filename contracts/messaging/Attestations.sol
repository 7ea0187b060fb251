// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7786Recipient} from "@openzeppelin/contracts/interfaces/draft-IERC7786.sol";
import {Halt} from "../interfaces/IGateway.sol";
import {LaneLog} from "../libraries/LaneLog.sol";
import {Paths} from "../libraries/Paths.sol";
import {Attesters} from "../types/Attesters.sol";
import {Commitment, decodeCommitment, Ignored} from "../types/Commitment.sol";
import {Counters} from "../types/Counters.sol";
import {Lanes} from "./Lanes.sol";

/// @title Attestations
/// @notice What each path said of a peer's log, when, and what follows where two of them, or one and the executed log, differ:
/// the lane halts in the transaction that shows it.
abstract contract Attestations is Lanes {
    using Paths for uint8;

    uint64 internal constant MAX_AHEAD = 1 << 20;
    uint8 internal constant EXECUTED_LOG = 255;

    // ── attest ──────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IERC7786Recipient
    /// @notice Attests: records what a path says of its lane, and what the peer acknowledges of ours.
    /// @dev Reverts only for a wrong caller, peer or value. All else that is wrong with it is an event.
    function receiveMessage(bytes32 receiveId, bytes calldata sender, bytes calldata payload)
        external
        payable
        returns (bytes4)
    {
        if (msg.value != 0) revert ValueNotZero(msg.value);
        uint32 srcEid = _eidOfPeer[keccak256(sender)];
        if (srcEid == 0) revert PeerUnknown(sender);
        Lane storage lane = _lanes[srcEid];
        Counters memory counters = lane.counters;
        uint256 indexPlusOne = _pathOf[srcEid][msg.sender];
        if (indexPlusOne == 0 || !counters.enabled.has(uint8(indexPlusOne - 1))) {
            revert CallerNotPath(srcEid, msg.sender);
        }

        uint8 path = uint8(indexPlusOne - 1);
        (Ignored ignored, Commitment memory commitment) = decodeCommitment(payload);
        if (ignored == Ignored.None && commitment.lane != lane.inLane) ignored = Ignored.WrongLane;
        if (ignored == Ignored.None) {
            // From here on: what this message shows.
            counters.halt = Halt.None;
            _acknowledge(srcEid, path, counters, lane.paths[path], commitment);
            ignored = _attest(srcEid, path, counters, commitment);
            if (counters.halt != Halt.None) _halt(srcEid, counters.halt);
        }
        if (ignored != Ignored.None) emit AttestationIgnored(srcEid, path, receiveId, ignored);
        return IERC7786Recipient.receiveMessage.selector;
    }

    /// @dev An honest acknowledgement is always one of our own seals, whatever its age.
    function _acknowledge(
        uint32 dstEid,
        uint8 path,
        Counters memory counters,
        PathState storage state,
        Commitment memory commitment
    ) internal {
        bytes32 expected = sealedHead[dstEid][commitment.ackCount];
        if (expected != commitment.ackHead) {
            counters.halt = Halt.FalseAck;
            emit FalselyAcknowledged(dstEid, path, commitment.ackCount, expected, commitment.ackHead);
        } else if (commitment.ackCount > state.ackCount) {
            // Only a higher one moves the time: an old message said again must not look fresh.
            state.ackCount = commitment.ackCount;
            state.ackAt = uint64(block.timestamp);
            emit Acknowledged(dstEid, path, commitment.ackCount);
        }
    }

    function _attest(uint32 srcEid, uint8 path, Counters memory counters, Commitment memory commitment)
        internal
        returns (Ignored)
    {
        uint64 count = commitment.count;
        bytes32 head = commitment.head;
        if (count > counters.executed && count - counters.executed > MAX_AHEAD) return Ignored.TooFar;

        Attesters attesters = _attesters[srcEid][count];
        bytes32 firstHead = attesters.mask() == 0 ? head : _firstHead[srcEid][count];
        if (attesters.has(path)) {
            bytes32 before = _headOf(srcEid, count, path, attesters, firstHead);
            if (before != head) _contradict(srcEid, counters, count, path, head, path, before);
            // Said before that count was executed, it may be evidence only now.
            bool isEvidence = _checkExecuted(srcEid, counters, count, path, head) || before != head;
            return isEvidence ? Ignored.None : Ignored.Repeat;
        }
        _attesters[srcEid][count] = attesters.with(path, head != firstHead, block.timestamp - DEPLOYED_AT);
        if (attesters.mask() == 0) _firstHead[srcEid][count] = head;
        else if (head != firstHead) _otherHead[srcEid][count][path] = head;
        emit Attested(srcEid, count, path, head);

        uint8 others = attesters.mask() & counters.enabled;
        for (uint8 other = 0; other < Paths.MAX_INDICES; ++other) {
            if (!others.has(other)) continue;
            bytes32 otherHead = _headOf(srcEid, count, other, attesters, firstHead);
            if (otherHead != head) _contradict(srcEid, counters, count, path, head, other, otherHead);
        }
        _checkExecuted(srcEid, counters, count, path, head);
        return Ignored.None;
    }

    /// @dev Every window is executed whole, so a count that the executed log jumped over was never sealed: head zero.
    function _checkExecuted(uint32 srcEid, Counters memory counters, uint64 count, uint8 path, bytes32 head)
        internal
        returns (bool isContradicted)
    {
        isContradicted = count <= counters.executed && executedHead[srcEid][count] != head;
        if (isContradicted) {
            _contradict(srcEid, counters, count, path, head, EXECUTED_LOG, executedHead[srcEid][count]);
        }
    }

    /// @dev For a path that is among the attesters.
    function _headOf(uint32 srcEid, uint64 count, uint8 path, Attesters attesters, bytes32 firstHead)
        internal
        view
        returns (bytes32)
    {
        return attesters.differs(path) ? _otherHead[srcEid][count][path] : firstHead;
    }

    function _contradict(
        uint32 srcEid,
        Counters memory counters,
        uint64 count,
        uint8 path,
        bytes32 head,
        uint8 otherPath,
        bytes32 otherHead
    ) internal {
        if (counters.halt == Halt.None) counters.halt = Halt.Contradiction;
        emit Contradicted(srcEid, count, path, head, otherPath, otherHead);
    }

    // ── contradict ──────────────────────────────────────────────────────────────────────────────────────────────────

    function contradict(
        uint32 srcEid,
        bytes32 startHead,
        bytes calldata nodes,
        uint8 path,
        uint64 count,
        uint8 otherPath
    ) external {
        bytes32 otherHead = _witness(srcEid, otherPath, count);
        (uint64 end, bytes32 endHead, bool isShown, bytes32 head) =
            _walk(startHead, nodes, count, startHead == executedHead[srcEid][0]);
        if (endHead == 0 || _witness(srcEid, path, end) != endHead) {
            revert AttestationUnknown(srcEid, path, end, endHead);
        }
        if (!isShown) revert CountNotShown(srcEid, count);
        if (head == otherHead) revert NoContradiction(srcEid, count, head);
        emit Contradicted(srcEid, count, path, head, otherPath, otherHead);
        _halt(srcEid, Halt.Contradiction);
    }

    /// @dev What an enabled path attested at a count, or the executed log has there: zero where it jumped over it.
    function _witness(uint32 srcEid, uint8 path, uint64 count) internal view returns (bytes32) {
        Counters memory counters = _openLaneOf(srcEid).counters;
        if (path == EXECUTED_LOG && count <= counters.executed) return executedHead[srcEid][count];
        if (path >= Paths.MAX_INDICES || !counters.enabled.has(path)) revert PathNotEnabled(srcEid, path);
        if (!_attesters[srcEid][count].has(path)) revert AttestationUnknown(srcEid, path, count, 0);
        return _headBy(srcEid, path, count);
    }

    /// @dev Of `count` the nodes speak where it is one of them, or between two of them, which jump over it. A head proves its
    /// count only as a node, so what is before the first node is not known, but where the log begins.
    /// @param isBeginning Whether the nodes start from the empty log, whose head is the lane's id and no other log's.
    /// @return end Count of the last node.
    /// @return endHead Head there.
    /// @return isShown Whether the nodes speak of `count`.
    /// @return shownHead At `count`; zero where they jump over it.
    function _walk(bytes32 head, bytes calldata nodes, uint64 count, bool isBeginning)
        internal
        pure
        returns (uint64 end, bytes32 endHead, bool isShown, bytes32 shownHead)
    {
        uint256 length = LaneLog.suffixNodes(nodes);
        for (uint256 i = 0; i < length; ++i) {
            (bytes32 root, uint64 next) = LaneLog.suffixNode(nodes, i);
            bool isBetween = i != 0 || isBeginning;
            if (isBetween) LaneLog.checkWindow(end, next);
            endHead = head = LaneLog.headOf(head, root, next);
            if (next == count) (isShown, shownHead) = (true, head);
            else if (isBetween && end < count && count < next) isShown = true;
            end = next;
        }
    }

    // ── halt ────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev All evidence counts, also of what is shown already: whoever wants to lift the halt has to look again. So each has a
    /// time of its own.
    function _halt(uint32 eid_, Halt reason) internal {
        Lane storage lane = _lanes[eid_];
        Counters memory counters = lane.counters;
        if (counters.halt == Halt.Closed) return;
        lane.haltedAt = block.timestamp > lane.haltedAt ? uint64(block.timestamp) : lane.haltedAt + 1;
        if (counters.afterHalt(reason) == counters.halt) return;
        lane.counters.halt = reason;
        _setClock(lane);
        emit LaneHalted(eid_, reason);
    }

    /// @dev Unlock times wait while nothing may be paid.
    function _setClock(Lane storage lane) internal virtual {
        Counters memory counters = lane.counters;
        lane.stops = lane.stops.stop(uint40(block.timestamp), counters.stoppedUntil());
    }

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev For a path that is among the attesters of that count.
    function _headBy(uint32 srcEid, uint8 path, uint64 count) internal view returns (bytes32) {
        return _headOf(srcEid, count, path, _attesters[srcEid][count], _firstHead[srcEid][count]);
    }

    function attestation(uint32 srcEid, uint8 path, uint64 count) external view returns (bytes32 head, uint64 seenAt) {
        Attesters attesters = _attesters[srcEid][count];
        if (path >= Paths.MAX_INDICES || !attesters.has(path)) return (0, 0);
        head = _headBy(srcEid, path, count);
        seenAt = uint64(DEPLOYED_AT + attesters.sinceDeployment(path));
    }
}
