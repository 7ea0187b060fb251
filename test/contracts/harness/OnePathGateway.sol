// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Gateway} from "../../../contracts/messaging/Gateway.sol";

/// @dev The gateway without its main defence: one path is enough.
contract OnePathGateway is Gateway {
    constructor(uint32 eid_, address app_, address pauseController_, address authority)
        Gateway(eid_, app_, pauseController_, authority)
    {}

    function _requiredPaths() internal pure override returns (uint256) {
        return 1;
    }
}
