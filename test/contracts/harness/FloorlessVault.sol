// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPermit2} from "../../../contracts/interfaces/IPermit2.sol";
import {CollateralVault} from "../../../contracts/vault/CollateralVault.sol";

/// @dev The vault without its gas floor: a push gets what is left, and parks when that is too little.
contract FloorlessVault is CollateralVault {
    constructor(
        IGateway gateway_,
        uint32 hubEid_,
        IPermit2 permit2_,
        uint64 largeWait_,
        uint64 largeBlocks_,
        address authority
    ) CollateralVault(gateway_, hubEid_, permit2_, largeWait_, largeBlocks_, authority) {}

    function _tryPush(Listing memory listed, address recipient, uint256 local) internal override returns (bool) {
        try this.push{gas: listed.pushGas}(listed.token, recipient, local) {
            return true;
        } catch {
            return false;
        }
    }
}
