// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {InteroperableAddress} from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";
import {Halt, IGateway} from "../interfaces/IGateway.sol";
import {IPath} from "../interfaces/IPath.sol";
import {LaneLog} from "../libraries/LaneLog.sol";
import {Paths} from "../libraries/Paths.sol";
import {Attesters} from "../types/Attesters.sol";
import {Counters} from "../types/Counters.sol";
import {LaneEnd, LaneId, laneIdOf} from "../types/LaneId.sol";
import {Stops} from "../types/Stops.sol";

/// @title Lanes
/// @notice What a gateway keeps of each lane, and how a lane is opened, gets its paths and loses them.
abstract contract Lanes is IGateway, AccessManaged {
    using Paths for uint8;

    struct PathState {
        // One word: what `dispatch` and an acknowledgement write.
        uint64 sentCount; // what it was last given
        uint64 sentAckCount;
        uint64 ackCount; // what the peer acknowledged over it
        uint64 ackAt;
        address adapter;
        uint64 quarantined; // of its attestations
    }

    struct Lane {
        Counters counters;
        Stops stops; // of the direction in, by halts and pauses
        bytes32 openRoot; // of the window not sealed yet; stale, and not read, while that window is empty
        LaneId outLane;
        LaneId inLane;
        bytes peer; // ERC-7930 address of the peer gateway
        uint64[8] vouched; // executed entries that each path vouches for; four share a word
        PathState[8] paths;
        uint64 haltedAt; // Unix seconds of the last evidence; it only rises
    }

    uint256 internal constant MAX_LANES = 128;

    uint32 public immutable eid;
    address public immutable app;
    address public immutable pauseController;
    uint256 internal immutable DEPLOYED_AT = block.timestamp;

    /// @dev Write-once. The verifier proves both mappings by storage slot.
    mapping(uint32 dstEid => mapping(uint64 count => bytes32)) public sealedHead;
    mapping(uint32 srcEid => mapping(uint64 count => bytes32)) public executedHead;

    mapping(uint32 eid => Lane) internal _lanes;
    uint32[] internal _eids;
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

    // ── setting up ──────────────────────────────────────────────────────────────────────────────────────────────────

    function openLane(uint32 eid_, uint256 chainId, address peer, uint256 epoch) external restricted {
        Lane storage lane = _lanes[eid_];
        if (lane.counters.windowLimit != 0) revert LaneAlreadyOpen(eid_);
        bytes memory peerBytes = InteroperableAddress.formatEvmV1(chainId, peer);
        if (
            eid_ == 0 || eid_ == eid || chainId == 0 || chainId == block.chainid || peer == address(0)
                || _eidOfPeer[keccak256(peerBytes)] != 0
        ) revert LaneEndInvalid(eid_, chainId, peer);
        // Whoever pauses all lanes goes through all of them.
        if (_eids.length == MAX_LANES) revert LanesFull(MAX_LANES);
        _eids.push(eid_);

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

    function disablePath(uint32 eid_, uint8 path) external virtual restricted {
        Counters memory counters = _openLaneOf(eid_).counters;
        if (path >= Paths.MAX_INDICES || !counters.enabled.has(path)) revert PathNotEnabled(eid_, path);
        counters.enabled &= ~Paths.bit(path);
        _lanes[eid_].counters = counters;
        emit PathDisabled(eid_, path);
    }

    function tightenWindow(uint32 dstEid, uint8 limit) external restricted {
        Lane storage lane = _openLaneOf(dstEid);
        uint8 current = lane.counters.windowLimit;
        if (limit == 0 || limit >= current) revert WindowLimitNotTighter(current, limit);
        Counters memory counters = lane.counters;
        counters.windowLimit = limit;
        if (counters.mustSeal()) _seal(dstEid, counters, lane.openRoot);
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

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function outbox(uint32 dstEid) external view returns (uint64 posted, uint64 sealed_, bytes32 head) {
        Counters memory counters = _lanes[dstEid].counters;
        return (counters.posted, counters.sealed_, sealedHead[dstEid][counters.sealed_]);
    }

    function inbox(uint32 srcEid) external view returns (uint64 executed, bytes32 head) {
        executed = _lanes[srcEid].counters.executed;
        head = executedHead[srcEid][executed];
    }

    function acknowledged(uint32 dstEid, uint8 path) external view returns (uint64 count, uint64 seenAt) {
        if (path >= Paths.MAX_INDICES) return (0, 0);
        PathState storage state = _lanes[dstEid].paths[path];
        return (state.ackCount, state.ackAt);
    }

    function eids() external view returns (uint32[] memory) {
        return _eids;
    }

    function accepts(uint32 dstEid) external view returns (bool) {
        Counters memory counters = _lanes[dstEid].counters;
        return counters.windowLimit != 0 && counters.halt < Halt.FalseAck && counters.pausedOutUntil <= block.timestamp;
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
        counters.sealed_ = counters.afterSeal();
        sealedHead[dstEid][count] = head;
        emit WindowSealed(dstEid, count, root, head);
    }
}
