// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Direction} from "../../../contracts/types/Direction.sol";
import {Deploy} from "./Deploy.sol";

/// @dev Deploys a gateway, its app and its pause controller, which name each other, in one transaction of a fresh contract:
/// its first addresses are known.
contract Factory {
    address public gateway;
    address public app;
    address public pauseController;

    /// @param tail What the app's constructor takes after the gateway.
    function deploy(
        bytes memory gatewayCode,
        uint32 eid,
        Direction valueOut,
        address authority,
        bytes memory appCode,
        bytes memory tail
    ) external {
        gateway = Deploy.create(abi.encodePacked(gatewayCode, abi.encode(eid, _created(2), _created(3), authority)));
        app = Deploy.create(abi.encodePacked(appCode, abi.encode(gateway), tail));
        pauseController = address(Deploy.pauseController(gateway, valueOut, authority));
    }

    function _created(uint8 nonce) internal view returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(hex"d694", address(this), nonce)))));
    }
}
