// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC7786Recipient} from "@openzeppelin/contracts/interfaces/draft-IERC7786.sol";
import {InteroperableAddress} from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Halt, IGateway} from "../interfaces/IGateway.sol";
import {ILaneApp} from "../interfaces/ILaneApp.sol";
import {IPath} from "../interfaces/IPath.sol";
import {LaneLog} from "../libraries/LaneLog.sol";
import {Paths} from "../libraries/Paths.sol";
import {Attesters} from "../types/Attesters.sol";
import {Commitment, decodeCommitment, Ignored} from "../types/Commitment.sol";
import {Direction} from "../types/Direction.sol";
import {Entry, KIND_RETURNED} from "../types/Entry.sol";
import {LaneEnd, LaneId, laneIdOf} from "../types/LaneId.sol";

/// @title Gateway
/// @notice Keeps one append-only log per lane and executes a peer's log once two paths attest its head.
///
/// Who acts. The app (vault or clearing house) posts entries. Anyone seals a window and dispatches a commitment: the
/// log's length and head, and how far this side has executed the opposite log. Each path delivers commitments to
/// `receiveMessage`, which only records them. Anyone executes: shows the entries of the next windows, and the roots of
/// later ones up to what the paths attested; every hash is made again from the executed head.
///
/// What fails, and what then. A lost, late, repeated or reordered commitment costs nothing: the next one says all that
/// it said. One lying path moves nothing, since two must agree, and is evidence as soon as another path speaks of that
/// count: the lane halts. A peer that acknowledges what was never sealed halts its lane too. A halted lane executes
/// nothing; what it holds stays where it is.
///
/// No entry and no commitment can change a role, a peer, a path or a limit.
contract Gateway is IGateway, AccessManaged, ReentrancyGuardTransient {
    using Paths for uint8;

    /// @dev The first slot of a lane: everything that posting, attesting and executing read together.
    struct Counters {
        // 2^48 entries are more than a chain can hold; on the wire they have 64 bits.
        uint48 posted;
        uint48 sealed_;
        uint48 executed;
        uint8 enabled;
        uint8 networks;
        uint8 windowLimit; // zero: the lane is not open
        Halt halt;
        // Unix seconds
        uint40 pausedInUntil;
        uint40 pausedOutUntil;
    }

    struct PathState {
        // One word: what `dispatch` and an acknowledgement write.
        uint64 sentCount; // what it was last given
        uint64 sentAckCount;
        uint64 ackCount; // what the peer acknowledged over it
        uint64 ackAt;
        address adapter;
    }

    struct Lane {
        Counters counters;
        bytes32 openRoot; // of the window not sealed yet; stale, and not read, while that window is empty
        LaneId outLane;
        LaneId inLane;
        bytes peer; // ERC-7930 address of the peer gateway
        uint64[8] vouched; // executed entries that each path vouches for; four share a word
        PathState[8] paths;
    }

    uint64 internal constant MAX_AHEAD = 1 << 20;
    uint64 internal constant EVERYTHING = type(uint64).max;
    uint8 internal constant EXECUTED_LOG = 255;

    uint32 public immutable eid;
    address public immutable app;
    address public immutable pauseController;
    uint256 internal immutable DEPLOYED_AT = block.timestamp;

    /// @dev Write-once. The verifier proves both mappings by storage slot.
    mapping(uint32 dstEid => mapping(uint64 count => bytes32)) public sealedHead;
    mapping(uint32 srcEid => mapping(uint64 count => bytes32)) public executedHead;

    mapping(uint32 eid => Lane) internal _lanes;
    mapping(bytes32 peerHash => uint32 eid) internal _eidOfPeer;
    mapping(uint32 eid => mapping(address adapter => uint256 indexPlusOne)) internal _pathOf;
    mapping(uint32 srcEid => mapping(uint64 count => Attesters)) internal _attesters;
    /// @dev What the first path said of a count; what another said is only written down where it differs.
    mapping(uint32 srcEid => mapping(uint64 count => bytes32 head)) internal _firstHead;
    mapping(uint32 srcEid => mapping(uint64 count => mapping(uint8 path => bytes32 head))) internal _otherHead;

    /// @param app_ The vault or clearing house; like the pause controller it is deployed after its gateway, at a known
    /// address.
    constructor(uint32 eid_, address app_, address pauseController_, address authority) AccessManaged(authority) {
        if (eid_ == 0 || app_ == address(0)) revert LaneEndInvalid(eid_, block.chainid, app_);
        if (pauseController_ == address(0)) revert PauseControllerZero();
        eid = eid_;
        app = app_;
        pauseController = pauseController_;
    }

    /// @dev Message networks give back what they didn't use, while `dispatch` runs. Nobody has a reason to send value
    /// while `execute` runs; it would stay here.
    receive() external payable {
        if (!_reentrancyGuardEntered()) revert UnexpectedPayment(msg.sender);
    }

    // ── setting up ──────────────────────────────────────────────────────────────────────────────────────────────────

    function openLane(uint32 eid_, uint256 chainId, address peer, uint256 epoch) external restricted {
        Lane storage lane = _lanes[eid_];
        if (lane.counters.windowLimit != 0) revert LaneAlreadyOpen(eid_);
        bytes memory peerBytes = InteroperableAddress.formatEvmV1(chainId, peer);
        if (
            eid_ == 0 || eid_ == eid || chainId == 0 || chainId == block.chainid || peer == address(0)
                || _eidOfPeer[keccak256(peerBytes)] != 0
        ) revert LaneEndInvalid(eid_, chainId, peer);

        LaneEnd memory here = LaneEnd(block.chainid, eid, address(this));
        LaneEnd memory there = LaneEnd(chainId, eid_, peer);
        LaneId outLane = laneIdOf(epoch, here, there);
        LaneId inLane = laneIdOf(epoch, there, here);

        lane.counters.windowLimit = uint8(LaneLog.MAX_WINDOW);
        lane.outLane = outLane;
        lane.inLane = inLane;
        lane.peer = peerBytes;
        _eidOfPeer[keccak256(peerBytes)] = eid_;
        sealedHead[eid_][0] = LaneId.unwrap(outLane);
        executedHead[eid_][0] = LaneId.unwrap(inLane);
        emit LaneOpened(eid_, chainId, peer, epoch, outLane, inLane);
    }

    function addPath(uint32 eid_, uint8 path, address adapter, bool isNetwork) external restricted {
        Lane storage lane = _openLaneOf(eid_);
        Counters memory counters = lane.counters;
        if (adapter.code.length == 0 || _pathOf[eid_][adapter] != 0) revert PathInvalid(eid_, adapter);
        // An index is taken for ever: not by an adapter of another gateway, or one that leads elsewhere.
        if (
            IPath(adapter).gateway() != address(this)
                || keccak256(IPath(adapter).remoteGateway(eid_)) != keccak256(lane.peer)
        ) revert PathInvalid(eid_, adapter);
        if (path >= Paths.MAX_INDICES || lane.paths[path].adapter != address(0)) revert PathIndexTaken(eid_, path);
        if (counters.enabled.size() == Paths.MAX_ENABLED) revert PathsFull(eid_);

        uint8 bit = Paths.bit(path);
        counters.enabled |= bit;
        if (isNetwork) counters.networks |= bit;
        lane.counters = counters;
        lane.paths[path].adapter = adapter;
        _pathOf[eid_][adapter] = uint256(path) + 1;
        emit PathAdded(eid_, path, adapter, isNetwork);
    }

    function tightenWindow(uint32 dstEid, uint8 limit) external restricted {
        Lane storage lane = _openLaneOf(dstEid);
        uint8 current = lane.counters.windowLimit;
        if (limit == 0 || limit >= current) revert WindowLimitNotTighter(current, limit);
        Counters memory counters = lane.counters;
        counters.windowLimit = limit;
        if (counters.posted - counters.sealed_ >= limit) _seal(dstEid, counters, lane.openRoot);
        lane.counters = counters;
        emit WindowLimitTightened(dstEid, limit);
    }

    function loosenWindow(uint32 dstEid, uint8 limit) external restricted {
        Lane storage lane = _openLaneOf(dstEid);
        uint8 current = lane.counters.windowLimit;
        if (limit <= current || limit > LaneLog.MAX_WINDOW) revert WindowLimitNotLooser(current, limit);
        lane.counters.windowLimit = limit;
        emit WindowLimitLoosened(dstEid, limit);
    }

    // ── stopping ────────────────────────────────────────────────────────────────────────────────────────────────────

    function setPause(uint32 eid_, Direction direction, uint64 until) external {
        if (msg.sender != pauseController) revert OnlyPauseController(msg.sender);
        Counters storage counters = _openLaneOf(eid_).counters;
        if (direction == Direction.In) counters.pausedInUntil = uint40(until);
        else counters.pausedOutUntil = uint40(until);
        emit PauseSet(eid_, direction, until);
    }

    function reportFalseReturn(uint32 srcEid) external {
        if (msg.sender != app) revert OnlyApp(msg.sender);
        Counters storage counters = _openLaneOf(srcEid).counters;
        // It stops more than a contradiction, which a liar could show first to hide it.
        if (counters.halt == Halt.FalseAck || counters.halt == Halt.FalseReturn) return;
        counters.halt = Halt.FalseReturn;
        emit LaneHalted(srcEid, Halt.FalseReturn);
    }

    // ── source ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function post(uint32 dstEid, Entry calldata entry) external returns (uint64 index) {
        if (msg.sender != app) revert OnlyApp(msg.sender);
        Lane storage lane = _openLaneOf(dstEid);
        Counters memory counters = lane.counters;
        // A false acknowledgement stops all value to that peer; what it acknowledged was never said here.
        if (counters.halt == Halt.FalseAck) revert LaneIsHalted(dstEid, Halt.FalseAck);
        // Giving back takes no value out: the peer gets told what will never be paid.
        if (counters.pausedOutUntil > block.timestamp && entry.kind() != KIND_RETURNED) {
            revert LaneIsPaused(dstEid, Direction.Out, counters.pausedOutUntil);
        }
        index = counters.posted;

        bytes32 root = LaneLog.append(index == counters.sealed_ ? bytes32(0) : lane.openRoot, entry);
        counters.posted = uint48(index + 1);
        lane.openRoot = root;
        emit EntryPosted(dstEid, index, entry);
        if (counters.posted - counters.sealed_ == counters.windowLimit) _seal(dstEid, counters, root);
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

    // ── destination: attest ─────────────────────────────────────────────────────────────────────────────────────────

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
            _acknowledge(srcEid, path, counters, lane.paths[path], commitment);
            ignored = _attest(srcEid, path, counters, commitment);
            if (counters.halt != lane.counters.halt) {
                lane.counters.halt = counters.halt;
                emit LaneHalted(srcEid, counters.halt);
            }
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
        // A false acknowledgement stops more, so it is not overwritten.
        if (counters.halt == Halt.None) counters.halt = Halt.Contradiction;
        emit Contradicted(srcEid, count, path, head, otherPath, otherHead);
    }

    // ── destination: execute ────────────────────────────────────────────────────────────────────────────────────────

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
        lane.counters.executed = uint48(executed);
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

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function outbox(uint32 dstEid) external view returns (uint64 posted, uint64 sealed_, bytes32 head) {
        Counters memory counters = _lanes[dstEid].counters;
        return (counters.posted, counters.sealed_, sealedHead[dstEid][counters.sealed_]);
    }

    function inbox(uint32 srcEid) external view returns (uint64 executed, bytes32 head) {
        executed = _lanes[srcEid].counters.executed;
        head = executedHead[srcEid][executed];
    }

    function attestation(uint32 srcEid, uint8 path, uint64 count) external view returns (bytes32 head, uint64 seenAt) {
        Attesters attesters = _attesters[srcEid][count];
        if (path >= Paths.MAX_INDICES || !attesters.has(path)) return (0, 0);
        head = _headOf(srcEid, count, path, attesters, _firstHead[srcEid][count]);
        seenAt = uint64(DEPLOYED_AT + attesters.sinceDeployment(path));
    }

    function acknowledged(uint32 dstEid, uint8 path) external view returns (uint64 count, uint64 seenAt) {
        if (path >= Paths.MAX_INDICES) return (0, 0);
        PathState storage state = _lanes[dstEid].paths[path];
        return (state.ackCount, state.ackAt);
    }

    function quorum(uint32 srcEid, uint64 index) external view returns (uint256 vouching) {
        Lane storage lane = _lanes[srcEid];
        uint8 enabled = lane.counters.enabled;
        for (uint8 path = 0; path < Paths.MAX_INDICES; ++path) {
            if (enabled.has(path) && lane.vouched[path] > index) ++vouching;
        }
    }

    function haltOf(uint32 eid_) external view returns (Halt) {
        return _lanes[eid_].counters.halt;
    }

    function pausedUntil(uint32 eid_, Direction direction) external view returns (uint64) {
        Counters storage counters = _lanes[eid_].counters;
        return direction == Direction.In ? counters.pausedInUntil : counters.pausedOutUntil;
    }

    function accepts(uint32 dstEid) external view returns (bool) {
        Counters memory counters = _lanes[dstEid].counters;
        return counters.windowLimit != 0 && counters.halt != Halt.FalseAck && counters.pausedOutUntil <= block.timestamp;
    }

    function laneIds(uint32 eid_) external view returns (LaneId outLane, LaneId inLane) {
        return (_lanes[eid_].outLane, _lanes[eid_].inLane);
    }

    function pathsOf(uint32 eid_) external view returns (address[8] memory adapters, uint8 enabled, uint8 networks) {
        Lane storage lane = _lanes[eid_];
        for (uint8 path = 0; path < Paths.MAX_INDICES; ++path) {
            adapters[path] = lane.paths[path].adapter;
        }
        return (adapters, lane.counters.enabled, lane.counters.networks);
    }

    function windowLimit(uint32 dstEid) external view returns (uint8) {
        return _lanes[dstEid].counters.windowLimit;
    }

    // ── internal ────────────────────────────────────────────────────────────────────────────────────────────────────

    function _openLaneOf(uint32 eid_) internal view returns (Lane storage lane) {
        lane = _lanes[eid_];
        if (lane.counters.windowLimit == 0) revert LaneNotOpen(eid_);
    }

    /// @dev The caller stores `counters`.
    function _seal(uint32 dstEid, Counters memory counters, bytes32 root) internal {
        uint64 count = counters.posted;
        bytes32 head = LaneLog.headOf(sealedHead[dstEid][counters.sealed_], root, count);
        counters.sealed_ = uint48(count);
        sealedHead[dstEid][count] = head;
        emit WindowSealed(dstEid, count, root, head);
    }
}
