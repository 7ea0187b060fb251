// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IGateway} from "../interfaces/IGateway.sol";
import {IPauseController} from "../interfaces/IPauseController.sol";
import {Direction} from "../types/Direction.sol";

/// @title PauseController
/// @notice Pausers stop a direction of a lane, at once and for a day; the council starts it again, after a delay, or the
/// day ends. A pause needs no message from another chain and no answer of another contract but the gateway.
contract PauseController is IPauseController, AccessManaged {
    uint64 public constant PAUSE_SECONDS = 1 days;

    IGateway public immutable gateway;
    mapping(address pauser => bool) public isPauser;

    constructor(IGateway gateway_, address authority) AccessManaged(authority) {
        if (gateway_.pauseController() != address(this)) {
            revert ControllerNotOfGateway(address(this), gateway_.pauseController());
        }
        gateway = gateway_;
    }

    function pause(uint32 eid, Direction direction) external {
        if (!isPauser[msg.sender]) revert OnlyPauser(msg.sender);
        if (gateway.pausedUntil(eid, direction) > block.timestamp) return;
        uint64 until = uint64(block.timestamp) + PAUSE_SECONDS;
        gateway.setPause(eid, direction, until);
        emit Paused(eid, direction, msg.sender, until);
    }

    function resume(uint32 eid, Direction direction, uint64 until) external restricted {
        if (until <= block.timestamp || gateway.pausedUntil(eid, direction) != until) {
            revert NotPaused(eid, direction, until);
        }
        gateway.setPause(eid, direction, 0);
        emit Resumed(eid, direction);
    }

    function addPauser(address pauser) external restricted {
        if (pauser == address(0) || isPauser[pauser]) revert PauserInvalid(pauser);
        isPauser[pauser] = true;
        emit PauserAdded(pauser);
    }

    function removePauser(address pauser) external restricted {
        if (!isPauser[pauser]) revert PauserInvalid(pauser);
        isPauser[pauser] = false;
        emit PauserRemoved(pauser);
    }
}
