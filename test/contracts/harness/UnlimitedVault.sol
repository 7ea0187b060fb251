// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPermit2} from "../../../contracts/interfaces/IPermit2.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {CollateralVault} from "../../../contracts/vault/CollateralVault.sol";

/// @dev The vault without levels and limits: what two paths agree on is paid at once.
contract UnlimitedVault is CollateralVault {
    constructor(
        IGateway gateway_,
        uint32 hubEid_,
        IPermit2 permit2_,
        uint64 largeWait_,
        uint64 largeBlocks_,
        address authority
    ) CollateralVault(gateway_, hubEid_, permit2_, largeWait_, largeBlocks_, authority) {}

    function _limit(uint32, uint64, uint128, Limit memory, uint64, Outflow memory, Payout memory, Terms memory)
        internal
        pure
        override
        returns (Parked)
    {
        return Parked.None;
    }
}
