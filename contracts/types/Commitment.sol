// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {LaneId} from "./LaneId.sol";

/// @notice What a gateway says of a lane, the same 128 bytes on every path.
///
/// | word | bits from the top                                              | meaning                              |
/// |------|----------------------------------------------------------------|--------------------------------------|
/// | 0    | version u8 = 1, count u64, ackCount u64, 120 zero bits         |                                      |
/// | 1    | bytes32                                                        | lane of the log                      |
/// | 2    | bytes32                                                        | head of the log at `count`           |
/// | 3    | bytes32                                                        | executed head at `ackCount` of the opposite lane |
struct Commitment {
    LaneId lane;
    uint64 count;
    bytes32 head;
    uint64 ackCount;
    bytes32 ackHead;
}

/// @notice Why a commitment was not recorded. It is an event: receiving can't fail.
enum Ignored {
    None,
    /// @dev Wrong length, spare bits, or a zero head.
    Malformed,
    UnknownVersion,
    /// @dev It speaks of another lane than the one from its sender to here.
    WrongLane,
    /// @dev The path said just this before.
    Repeat,
    /// @dev More than 2^20 entries ahead of what is executed.
    TooFar
}

using {encode} for Commitment global;

uint8 constant COMMITMENT_VERSION = 1;
uint256 constant COMMITMENT_LENGTH = 128;

function encode(Commitment memory self) pure returns (bytes memory) {
    uint256 word = (uint256(COMMITMENT_VERSION) << 248) | (uint256(self.count) << 184) | (uint256(self.ackCount) << 120);
    return abi.encode(word, self.lane, self.head, self.ackHead);
}

/// @return ignored None, UnknownVersion, or Malformed: a wrong length, a non-zero spare bit, a zero head.
function decodeCommitment(bytes calldata payload) pure returns (Ignored ignored, Commitment memory commitment) {
    if (payload.length != COMMITMENT_LENGTH) return (Ignored.Malformed, commitment);
    uint256 word;
    (word, commitment.lane, commitment.head, commitment.ackHead) =
        abi.decode(payload, (uint256, LaneId, bytes32, bytes32));
    if (word >> 248 != COMMITMENT_VERSION) return (Ignored.UnknownVersion, commitment);
    commitment.count = uint64(word >> 184);
    commitment.ackCount = uint64(word >> 120);
    if (uint120(word) != 0 || commitment.head == 0 || commitment.ackHead == 0) ignored = Ignored.Malformed;
}
