// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Halt} from "../interfaces/IGateway.sol";
import {Paths} from "../libraries/Paths.sol";
import {Counters} from "../types/Counters.sol";
import {Direction} from "../types/Direction.sol";
import {NO_END} from "../types/Stops.sol";
import {Attestations} from "./Attestations.sol";

/// @title LaneStops
/// @notice What stops a lane besides what it attests itself: pauses and quarantine by the pause controller, evidence by the app,
/// the council's closing; and the way back.
abstract contract LaneStops is Attestations {
    using Paths for uint8;

    mapping(uint32 srcEid => mapping(uint8 path => mapping(uint64 count => bool))) public isQuarantined;

    modifier onlyPauseController() {
        if (msg.sender != pauseController) revert OnlyPauseController(msg.sender);
        _;
    }

    function setPause(uint32 eid_, Direction direction, uint64 until) external onlyPauseController {
        Lane storage lane = _openLaneOf(eid_);
        if (direction == Direction.Out) {
            lane.counters.pausedOutUntil = uint40(until);
        } else {
            if (until <= block.timestamp) _checkQuarantine(eid_);
            lane.counters.pausedInUntil = uint40(until);
            _setClock(lane);
        }
        emit PauseSet(eid_, direction, until);
    }

    function quarantine(uint32 srcEid, uint8 path, uint64 count, bytes32 head) external onlyPauseController {
        Lane storage lane = _openLaneOf(srcEid);
        if (!lane.counters.enabled.has(path)) revert PathNotEnabled(srcEid, path);
        if (!_attesters[srcEid][count].has(path) || _headBy(srcEid, path, count) != head) {
            revert AttestationUnknown(srcEid, path, count, head);
        }
        isQuarantined[srcEid][path][count] = true;
        ++lane.paths[path].quarantined;
        lane.counters.pausedInUntil = NO_END;
        _setClock(lane);
        emit Quarantined(srcEid, path, count, head);
        emit PauseSet(srcEid, Direction.In, NO_END);
    }

    function liftQuarantine(uint32 srcEid, uint8 path, uint64 count) external onlyPauseController {
        if (!isQuarantined[srcEid][path][count]) revert QuarantineUnknown(srcEid, path, count);
        delete isQuarantined[srcEid][path][count];
        --_lanes[srcEid].paths[path].quarantined;
        emit QuarantineLifted(srcEid, path, count, _headBy(srcEid, path, count));
    }

    function liftHalt(uint32 eid_) external onlyPauseController {
        Lane storage lane = _openLaneOf(eid_);
        Halt halt = lane.counters.halt;
        if (halt == Halt.None) revert LaneNotHalted(eid_);
        if (halt == Halt.Closed) revert LaneIsHalted(eid_, Halt.Closed);
        _checkQuarantine(eid_);
        lane.counters.halt = Halt.None;
        _setClock(lane);
        emit HaltLifted(eid_, halt);
    }

    function reportFalseReturn(uint32 srcEid) external {
        if (msg.sender != app) revert OnlyApp(msg.sender);
        _openLaneOf(srcEid);
        _halt(srcEid, Halt.FalseReturn);
    }

    function closeLane(uint32 eid_) external restricted {
        Lane storage lane = _openLaneOf(eid_);
        if (lane.counters.halt == Halt.Closed) revert LaneIsHalted(eid_, Halt.Closed);
        _halt(eid_, Halt.Closed);
        emit LaneClosed(eid_);
    }

    function _checkQuarantine(uint32 srcEid) internal view virtual {
        uint256 attestations = quarantined(srcEid);
        if (attestations != 0) revert QuarantineNotEmpty(srcEid, attestations);
    }

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev What a disabled path attested is void anyway.
    function quarantined(uint32 srcEid) public view returns (uint256 attestations) {
        Lane storage lane = _lanes[srcEid];
        uint8 enabled = lane.counters.enabled;
        for (uint8 path = 0; path < Paths.MAX_INDICES; ++path) {
            if (enabled.has(path)) attestations += lane.paths[path].quarantined;
        }
    }

    function haltOf(uint32 eid_) external view returns (Halt) {
        return _lanes[eid_].counters.halt;
    }

    function pausedUntil(uint32 eid_, Direction direction) external view returns (uint64) {
        Counters storage counters = _lanes[eid_].counters;
        return direction == Direction.In ? counters.pausedInUntil : counters.pausedOutUntil;
    }

    function haltedAt(uint32 eid_) external view returns (uint64) {
        Lane storage lane = _lanes[eid_];
        return lane.counters.halt == Halt.None ? 0 : lane.haltedAt;
    }

    function clock(uint32 srcEid) external view returns (uint64) {
        return _lanes[srcEid].stops.clock(uint40(block.timestamp));
    }

    function isFlowing(uint32 srcEid) external view returns (bool) {
        Counters memory counters = _lanes[srcEid].counters;
        return counters.isFlowing(uint40(block.timestamp));
    }
}
