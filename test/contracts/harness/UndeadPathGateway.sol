// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Gateway} from "../../../contracts/messaging/Gateway.sol";

/// @dev The gateway where a disabled path only says nothing more: what it said before still counts.
contract UndeadPathGateway is Gateway {
    constructor(uint32 eid_, address app_, address pauseController_, address authority)
        Gateway(eid_, app_, pauseController_, authority)
    {}

    function disablePath(uint32 eid_, uint8 path) external override restricted {
        delete _pathOf[eid_][_lanes[eid_].paths[path].adapter];
        emit PathDisabled(eid_, path);
    }
}
