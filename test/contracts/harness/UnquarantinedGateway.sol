// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Gateway} from "../../../contracts/messaging/Gateway.sol";

/// @dev The gateway where a pause may end while somebody's word is still in quarantine.
contract UnquarantinedGateway is Gateway {
    constructor(uint32 eid_, address app_, address pauseController_, address authority)
        Gateway(eid_, app_, pauseController_, authority)
    {}

    function _checkQuarantine(uint32) internal pure override {}
}
