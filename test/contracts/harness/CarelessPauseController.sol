// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {PauseController} from "../../../contracts/security/PauseController.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Reconciliation} from "../../../contracts/types/Reconciliation.sol";
import {Scope} from "../../../contracts/types/Scope.sol";

/// @dev The pause controller that takes the council's word for it that all is in order.
contract CarelessPauseController is PauseController {
    constructor(
        IGateway gateway_,
        Direction valueOut_,
        uint64 resumeDelay_,
        uint256 monitorThreshold_,
        address authority
    ) PauseController(gateway_, valueOut_, resumeDelay_, monitorThreshold_, authority) {}

    function _checkReconciliation(Scope, uint32, uint64, Reconciliation calldata) internal pure override {}

    function _checkSignatures(bytes32, bytes calldata) internal pure override {}
}
