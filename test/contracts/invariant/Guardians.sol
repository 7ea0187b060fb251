// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Direction} from "../../../contracts/types/Direction.sol";
import {Ghosts} from "./Ghosts.sol";

/// @dev Pausers, the council that resumes and lists, and the clock.
abstract contract Guardians is Ghosts {
    address private constant PAUSER = address(0x9a05e);

    function setUp() public virtual override {
        super.setUp();
        for (uint8 i = 0; i < 3; ++i) {
            chains[i].pauseController.addPauser(PAUSER);
        }
    }

    function pause(uint256 seed) external acting(seed) {
        (uint8 here, uint8 there) = _anyLane();
        _pause(here, there, Direction(_roll(2)));
    }

    function resume(uint256 seed) external acting(seed) {
        for (uint256 i = 0; i < 8; ++i) {
            (uint8 here, uint8 there) = _anyLane();
            Direction direction = Direction(_roll(2));
            if (!_isPaused(here, there, direction)) continue;
            uint64 until = chains[here].gateway.pausedUntil(chains[there].eid, direction);
            chains[here].pauseController.resume(chains[there].eid, direction, until);
            ++times["resume"];
            return;
        }
    }

    function list(uint256 seed) external acting(seed) {
        if (_roll(2) == 0) _listLate(_anyVault());
    }

    function passTime(uint256 seed) external acting(seed) {
        vm.warp(block.timestamp + (_roll(2) == 0 ? _roll(1 days) : _roll(9 days)));
    }

    /// @dev Not caught: a pause always succeeds.
    function _pause(uint8 here, uint8 there, Direction direction) internal {
        vm.prank(PAUSER);
        chains[here].pauseController.pause(chains[there].eid, direction);
        ++times["pause"];
    }

    function _listLate(uint8 chain) internal {
        if (isLateListed[chain]) return;
        hub.listAsset(chains[chain].eid, LATE, LATE_DECIMALS, MINIMUM);
        isLateListed[chain] = true;
    }
}
