// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice The two lanes between here and a peer, seen from here.
enum Direction {
    /// @dev What arrives: executing it, and everything that finishes what it brought.
    In,
    /// @dev What leaves: posting.
    Out
}
