// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DeployPermit2} from "permit2/test/utils/DeployPermit2.sol";

/// @dev Uniswap's Permit2, with the code that it has on every chain, where it is on every chain.
library Permit2 {
    address internal constant ADDRESS = 0x000000000022D473030F116dDEE9F6B43aC78BA3;

    function etch() internal {
        new DeployPermit2().run();
    }
}
