// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Deploy} from "./Deploy.sol";

/// @dev Deploys a gateway and its app, which name each other, in one transaction of a fresh contract: its first two
/// addresses are known.
contract Factory {
    address public gateway;
    address public app;

    /// @param tail What the app's constructor takes after the gateway.
    function deploy(bytes memory gatewayCode, uint32 eid, address authority, bytes memory appCode, bytes memory tail)
        external
    {
        address second = address(uint160(uint256(keccak256(abi.encodePacked(hex"d694", address(this), hex"02")))));
        gateway = Deploy.create(abi.encodePacked(gatewayCode, abi.encode(eid, second, authority)));
        app = Deploy.create(abi.encodePacked(appCode, abi.encode(gateway), tail));
    }
}
