// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPermit2} from "../../../contracts/interfaces/IPermit2.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {CollateralVault} from "../../../contracts/vault/CollateralVault.sol";

/// @dev The vault without its measure: it credits what was asked for, not what arrived.
contract UnmeasuredVault is CollateralVault {
    constructor(
        IGateway gateway_,
        uint32 hubEid_,
        IPermit2 permit2_,
        uint64 largeWait_,
        uint64 largeBlocks_,
        address authority
    ) CollateralVault(gateway_, hubEid_, permit2_, largeWait_, largeBlocks_, authority) {}

    function _close(address, uint256, Entry memory entry) internal override returns (uint64, uint128) {
        return (gateway.post(hubEid, entry), entry.amount());
    }
}
