// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Origin} from "@layerzerolabs/lz-evm-oapp-v2/contracts/oapp/OApp.sol";
import {LayerZeroPath} from "../../../contracts/messaging/LayerZeroPath.sol";

/// @dev The path without its main defence against a stranger's delivery: it keeps some gas back to outlive a failure
/// inside, as non-blocking applications do, so that the failure does not undo the delivery.
contract SwallowingPath is LayerZeroPath {
    uint256 internal constant KEPT_GAS = 10_000;

    constructor(address endpoint_, address gateway_, address authority, uint128 receiveGas_)
        LayerZeroPath(endpoint_, gateway_, authority, receiveGas_)
    {}

    function relay(uint32 srcEid, bytes32 guid, bytes calldata message) external {
        require(msg.sender == address(this), "only itself");
        _deliver(srcEid, guid, message);
    }

    function _lzReceive(Origin calldata origin, bytes32 guid, bytes calldata message, address, bytes calldata)
        internal
        override
    {
        if (msg.value != 0) revert ValueNotAccepted(msg.value);
        try this.relay{gas: gasleft() - KEPT_GAS}(origin.srcEid, guid, message) {} catch {}
    }
}
