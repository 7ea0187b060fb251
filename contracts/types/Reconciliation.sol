// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What monitors found in order about one lane, each by nodes of its own (EIP-712, domain "Weighlock Monitor" version
/// "1" of the pause controller).
/// @param executed Entries of the lane from `eid` that are executed here, every one of them posted there.
/// @param executedHead At `executed`: sealed there, executed here.
/// @param assets What the app's `figures` cover.
/// @param amounts Canonical units, compared with the entries of both sides.
struct LaneState {
    uint32 eid;
    uint64 executed;
    bytes32 executedHead;
    uint16[] assets;
    uint128[] amounts;
}

/// @notice What m of n monitors sign before something is resumed.
/// @param scope What is to be resumed; `id` is its eid or asset.
/// @param stoppedAt Of the stop that is to end: a later one needs its own.
/// @param observedAt Unix seconds.
struct Reconciliation {
    uint8 scope;
    uint32 id;
    uint64 stoppedAt;
    LaneState[] lanes;
    uint64 observedAt;
}

using {structHash} for Reconciliation global;

bytes32 constant LANE_STATE_TYPEHASH =
    keccak256("LaneState(uint32 eid,uint64 executed,bytes32 executedHead,uint16[] assets,uint128[] amounts)");
bytes32 constant RECONCILIATION_TYPEHASH = keccak256(
    "Reconciliation(uint8 scope,uint32 id,uint64 stoppedAt,LaneState[] lanes,uint64 observedAt)LaneState(uint32 eid,uint64 executed,bytes32 executedHead,uint16[] assets,uint128[] amounts)"
);

function structHash(Reconciliation memory self) pure returns (bytes32) {
    bytes32[] memory lanes = new bytes32[](self.lanes.length);
    for (uint256 i = 0; i < lanes.length; ++i) {
        LaneState memory lane = self.lanes[i];
        lanes[i] = keccak256(
            abi.encode(
                LANE_STATE_TYPEHASH,
                lane.eid,
                lane.executed,
                lane.executedHead,
                keccak256(abi.encodePacked(lane.assets)),
                keccak256(abi.encodePacked(lane.amounts))
            )
        );
    }
    return keccak256(
        abi.encode(
            RECONCILIATION_TYPEHASH,
            self.scope,
            self.id,
            self.stoppedAt,
            keccak256(abi.encodePacked(lanes)),
            self.observedAt
        )
    );
}
