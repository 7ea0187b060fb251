// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Direction} from "../types/Direction.sol";
import {IGateway} from "./IGateway.sol";

/// @title PauseController: who may stop a direction of a lane, and who may start it again
/// @notice A pauser's key is hot and can only stop. What is stopped is written into the gateway, which asks nobody when
/// it executes or posts.
interface IPauseController {
    event PauserAdded(address indexed pauser);
    event PauserRemoved(address indexed pauser);
    event Paused(uint32 indexed eid, Direction indexed direction, address indexed pauser, uint64 until);
    event Resumed(uint32 indexed eid, Direction indexed direction);

    error OnlyPauser(address caller);
    error PauserInvalid(address pauser);
    /// @dev That direction is not paused now, or until another time.
    error NotPaused(uint32 eid, Direction direction, uint64 until);
    error ControllerNotOfGateway(address expected, address actual);

    /// @notice Stops one direction of a lane for `PAUSE_SECONDS`. While it is paused, a repeat changes nothing and
    /// succeeds.
    /// @dev Pausers are kept here: no access manager has to answer for a pause to succeed.
    function pause(uint32 eid, Direction direction) external;

    /// @notice Ends the pause that ends at `until`. The council's, and delayed: what was scheduled for one pause is of no use
    /// against the next.
    function resume(uint32 eid, Direction direction, uint64 until) external;

    /// @notice The council's, and delayed.
    function addPauser(address pauser) external;

    /// @notice The guardian's, at once: a stolen pauser's key stops honest lanes.
    function removePauser(address pauser) external;

    /// @return How long one pause lasts, in seconds.
    function PAUSE_SECONDS() external view returns (uint64);
    function gateway() external view returns (IGateway);
    function isPauser(address pauser) external view returns (bool);
}
