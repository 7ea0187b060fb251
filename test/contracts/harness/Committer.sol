// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Origin} from "../mocks/Interfaces.sol";
import {IEndpoint, IUln} from "../mocks/LayerZeroStack.sol";

/// @dev Commits and receives in one transaction, as a relayer's executor does.
contract Committer {
    function commitAndReceive(
        IUln uln,
        IEndpoint endpoint,
        bytes calldata header,
        bytes calldata payload,
        Origin calldata origin,
        address receiver
    ) external {
        uln.commitVerification(header, keccak256(payload));
        endpoint.lzReceive(origin, receiver, bytes32(payload[:32]), payload[32:], "");
    }
}
