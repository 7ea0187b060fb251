// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPermit2} from "../../../contracts/interfaces/IPermit2.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {CollateralVault} from "../../../contracts/vault/CollateralVault.sol";

/// @dev The vault that takes back at once what has drawn from its bucket.
contract SquattableVault is CollateralVault {
    constructor(
        IGateway gateway_,
        uint32 hubEid_,
        IPermit2 permit2_,
        uint64 largeWait_,
        uint64 largeBlocks_,
        address authority
    ) CollateralVault(gateway_, hubEid_, permit2_, largeWait_, largeBlocks_, authority) {}

    function _keepsItsPlace(uint16, Terms memory) internal pure override returns (bool) {
        return false;
    }
}
