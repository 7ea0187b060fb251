// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Which paths attested one count of a lane, and when: one word, since presence must be a bit of its own and
/// never a non-zero head.
///
/// | field   | bits | offset      | meaning                                                            |
/// |---------|------|-------------|--------------------------------------------------------------------|
/// | mask    |    8 |           0 | bit i: path i has attested                                         |
/// | differs |    8 |           8 | bit i: with another head than the first path that attested here    |
/// | at i    |   30 | 16 + 30 · i | seconds from the gateway's deployment to path i's attestation      |
type Attesters is uint256;

using {mask, has, differs, with, sinceDeployment} for Attesters global;

uint256 constant MAX_SECONDS = (1 << 30) - 1;

function mask(Attesters self) pure returns (uint8) {
    return uint8(Attesters.unwrap(self));
}

function has(Attesters self, uint8 path) pure returns (bool) {
    return (Attesters.unwrap(self) >> path) & 1 == 1;
}

function differs(Attesters self, uint8 path) pure returns (bool) {
    return (Attesters.unwrap(self) >> (8 + uint256(path))) & 1 == 1;
}

/// @dev The caller has checked that `path` is not there yet. 30 bits of seconds last 34 years; later ones saturate.
function with(Attesters self, uint8 path, bool isDifferent, uint256 secondsSinceDeployment) pure returns (Attesters) {
    uint256 bits = isDifferent ? 0x0101 : 0x0001;
    uint256 seconds_ = secondsSinceDeployment > MAX_SECONDS ? MAX_SECONDS : secondsSinceDeployment;
    return Attesters.wrap(Attesters.unwrap(self) | (bits << path) | (seconds_ << (16 + 30 * uint256(path))));
}

function sinceDeployment(Attesters self, uint8 path) pure returns (uint256) {
    return (Attesters.unwrap(self) >> (16 + 30 * uint256(path))) & MAX_SECONDS;
}
