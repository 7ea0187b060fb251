// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Entry} from "../types/Entry.sol";

/// @notice What stands behind a gateway: the collateral vault or the clearing house.
interface ILaneApp {
    /// @notice Takes the entries with index `firstIndex`, `firstIndex + 1`, … of the lane from `srcEid`.
    /// @dev Total: returns for every byte string and parks what it can't do. Too little gas is all it may revert for.
    function onEntries(uint32 srcEid, uint64 firstIndex, Entry[] calldata entries) external;
}
