// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @dev An account is `owner (20 bytes) ‖ subaccount (12 bytes)`, always built on chain from its two parts.

function accountOf(address owner, uint96 subaccount) pure returns (bytes32) {
    return bytes32((uint256(uint160(owner)) << 96) | subaccount);
}

function ownerOf(bytes32 account) pure returns (address) {
    return address(uint160(uint256(account) >> 96));
}

/// @dev An address as an entry's `party`: left-padded to a word.
function toParty(address who) pure returns (bytes32) {
    return bytes32(uint256(uint160(who)));
}

/// @dev The `party` of a withdrawal request whose requester is not the owner: the requester's address with this bit. It is
/// asked as the controller that the owner registered, and paid to itself.
uint256 constant BY_CONTROLLER = 1 << 160;

/// @dev The address in a `party`, or zero when the word is none (its upper 96 bits are set).
function partyAddress(bytes32 party) pure returns (address) {
    return uint256(party) >> 160 == 0 ? address(uint160(uint256(party))) : address(0);
}
