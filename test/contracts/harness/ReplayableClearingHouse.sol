// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ClearingHouse} from "../../../contracts/clearing/ClearingHouse.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";

/// @dev The clearing house without nonces: what an owner signed once can be brought again and again.
contract ReplayableClearingHouse is ClearingHouse {
    constructor(IGateway gateway_, uint64 largeWait_, uint64 largeBlocks_, address authority)
        ClearingHouse(gateway_, largeWait_, largeBlocks_, authority)
    {}

    function _useNonce(address, uint256) internal override {}
}
