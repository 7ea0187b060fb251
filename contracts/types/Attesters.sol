// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Which paths attested one count of a lane, and when: one word, since presence must be a bit of its own and
/// never a non-zero head.
///
/// | field | bits | offset     | meaning                                                              |
/// |-------|------|------------|----------------------------------------------------------------------|
/// | mask  |    8 |          0 | bit i: path i has attested                                           |
/// | at i  |   31 | 8 + 31 · i | seconds from the gateway's deployment to path i's attestation        |
type Attesters is uint256;

using {mask, has, with, sinceDeployment} for Attesters global;

function mask(Attesters self) pure returns (uint8) {
    return uint8(Attesters.unwrap(self));
}

function has(Attesters self, uint8 path) pure returns (bool) {
    return (Attesters.unwrap(self) >> path) & 1 == 1;
}

/// @dev The caller has checked that `path` is not there yet. 31 bits of seconds last 68 years; later ones saturate.
function with(Attesters self, uint8 path, uint256 secondsSinceDeployment) pure returns (Attesters) {
    uint256 seconds_ = secondsSinceDeployment > 0x7fffffff ? 0x7fffffff : secondsSinceDeployment;
    return Attesters.wrap(Attesters.unwrap(self) | (1 << path) | (seconds_ << (8 + 31 * uint256(path))));
}

function sinceDeployment(Attesters self, uint8 path) pure returns (uint256) {
    return (Attesters.unwrap(self) >> (8 + 31 * uint256(path))) & 0x7fffffff;
}
