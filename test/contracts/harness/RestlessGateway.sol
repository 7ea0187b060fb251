// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Gateway} from "../../../contracts/messaging/Gateway.sol";

/// @dev The gateway whose lanes' clocks run on while they are stopped.
contract RestlessGateway is Gateway {
    constructor(uint32 eid_, address app_, address pauseController_, address authority)
        Gateway(eid_, app_, pauseController_, authority)
    {}

    function _setClock(Lane storage) internal pure override {}
}
