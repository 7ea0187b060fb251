// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice An ordered pair source → destination of one deployment and epoch, and the head of its empty log: a head of
/// one lane is never a head of another.
type LaneId is bytes32;

using {equals as ==, differs as !=} for LaneId global;

function equals(LaneId a, LaneId b) pure returns (bool) {
    return LaneId.unwrap(a) == LaneId.unwrap(b);
}

function differs(LaneId a, LaneId b) pure returns (bool) {
    return LaneId.unwrap(a) != LaneId.unwrap(b);
}

/// @notice One end of a lane.
struct LaneEnd {
    uint256 chainId;
    uint32 eid;
    address gateway;
}

function laneIdOf(uint256 epoch, LaneEnd memory src, LaneEnd memory dst) pure returns (LaneId) {
    return LaneId.wrap(
        keccak256(
            abi.encode(
                bytes32("weighlock.lane.v1"),
                epoch,
                src.chainId,
                src.eid,
                src.gateway,
                dst.chainId,
                dst.eid,
                dst.gateway
            )
        )
    );
}
