// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What is stopped or resumed: with an id, an eid or an asset.
enum Scope {
    /// @dev What a lane brings: execution, payments, credits.
    In,
    /// @dev What is posted to a lane's other end, but what is given back.
    Out,
    /// @dev A lane's halt, which evidence made and nobody can set.
    Halt,
    /// @dev One asset, everywhere on this chain.
    Asset
}
