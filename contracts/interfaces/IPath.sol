// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7786GatewaySource} from "@openzeppelin/contracts/interfaces/draft-IERC7786.sol";

/// @notice An ERC-7786 adapter that carries commitments between two gateways and decides nothing.
interface IPath is IERC7786GatewaySource {
    event RemoteOpened(uint32 indexed eid, uint256 chainId, address gateway);

    error OnlyGateway(address caller);
    error RemoteAlreadyOpen(uint32 eid);
    error RemoteInvalid(uint32 eid, uint256 chainId, address gateway);
    error RemoteUnknown(bytes recipient);
    error RemoteEidUnknown(uint32 eid);
    error ValueNotAccepted(uint256 value);
    error GatewayZero();
    /// @dev The gateway did not answer as ERC-7786 asks a recipient to.
    error DeliveryRefused(bytes4 answer);

    function gateway() external view returns (address);

    /// @return The peer gateway behind an eid, as an ERC-7930 address; empty where none was opened.
    function remoteGateway(uint32 eid) external view returns (bytes memory);

    /// @return fee What `sendMessage` takes now, in wei.
    function quote(bytes calldata recipient, bytes calldata payload) external view returns (uint256 fee);
}
