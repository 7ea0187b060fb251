// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPermit2} from "../../../contracts/interfaces/IPermit2.sol";
import {CollateralVault} from "../../../contracts/vault/CollateralVault.sol";

/// @dev The vault without an allowance for a push: a token may use all gas, and all that it returns is copied.
contract UnboundedVault is CollateralVault {
    constructor(
        IGateway gateway_,
        uint32 hubEid_,
        IPermit2 permit2_,
        uint64 largeWait_,
        uint64 largeBlocks_,
        address authority
    ) CollateralVault(gateway_, hubEid_, permit2_, largeWait_, largeBlocks_, authority) {}

    function _tryPush(Listing memory listed, address recipient, uint256 local) internal override returns (bool) {
        (bool isPaid, bytes memory answer) = listed.token.call(abi.encodeCall(IERC20.transfer, (recipient, local)));
        return isPaid && (answer.length == 0 || abi.decode(answer, (bool)));
    }
}
