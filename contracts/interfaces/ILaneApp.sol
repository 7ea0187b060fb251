// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Direction} from "../types/Direction.sol";
import {Entry} from "../types/Entry.sol";

/// @notice What stands behind a gateway: the collateral vault or the clearing house.
interface ILaneApp {
    /// @notice Takes the entries with index `firstIndex`, `firstIndex + 1`, … of the lane from `srcEid`.
    /// @dev Total: returns for every byte string and parks what it can't do. Too little gas is all it may revert for.
    function onEntries(uint32 srcEid, uint64 firstIndex, Entry[] calldata entries) external;

    /// @notice Writes a pause of an asset; the pause controller only. No value of it goes out then, and none is taken in.
    /// @param until Unix seconds; zero ends it.
    function setAssetPause(uint16 asset, uint64 until) external;

    /// @return Unix seconds; in the past, or zero, where it is not paused.
    function assetPausedUntil(uint16 asset) external view returns (uint64);

    /// @return eids Of the lanes that carry it: whoever ends its pause has looked at each of them.
    function lanesOf(uint16 asset) external view returns (uint32[] memory eids);

    /// @notice The cumulative figures that a direction of a lane has moved, of each asset: whoever resumes it has compared them.
    /// @return assets In the order in which they were listed.
    /// @return amounts Canonical units. In: what was credited, or paid. Out: what was authorised, or taken.
    function figures(uint32 eid, Direction direction)
        external
        view
        returns (uint16[] memory assets, uint128[] memory amounts);
}
