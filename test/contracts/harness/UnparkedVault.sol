// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPermit2} from "../../../contracts/interfaces/IPermit2.sol";
import {CollateralVault} from "../../../contracts/vault/CollateralVault.sol";

/// @dev The vault that parks no refusal: what a token refuses stops its whole window.
contract UnparkedVault is CollateralVault {
    constructor(
        IGateway gateway_,
        uint32 hubEid_,
        IPermit2 permit2_,
        uint64 largeWait_,
        uint64 largeBlocks_,
        address authority
    ) CollateralVault(gateway_, hubEid_, permit2_, largeWait_, largeBlocks_, authority) {}

    function _tryPush(Listing memory listed, address recipient, uint256 local) internal override returns (bool) {
        SafeERC20.safeTransfer(IERC20(listed.token), recipient, local);
        return true;
    }
}
