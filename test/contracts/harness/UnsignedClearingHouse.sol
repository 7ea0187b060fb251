// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ClearingHouse} from "../../../contracts/clearing/ClearingHouse.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Withdrawal} from "../../../contracts/types/Withdrawal.sol";

/// @dev The clearing house without the owner's signature: an operator may write what it likes into a withdrawal.
contract UnsignedClearingHouse is ClearingHouse {
    constructor(IGateway gateway_, uint64 largeWait_, uint64 largeBlocks_, address authority)
        ClearingHouse(gateway_, largeWait_, largeBlocks_, authority)
    {}

    function _isSigned(Withdrawal memory, bytes calldata) internal pure override returns (bool) {
        return true;
    }
}
