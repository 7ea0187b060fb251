// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC7786GatewaySource, IERC7786Recipient} from "@openzeppelin/contracts/interfaces/draft-IERC7786.sol";
import {InteroperableAddress} from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";
import {IPath} from "../interfaces/IPath.sol";

/// @title What every path shares: one gateway here, one peer gateway for each eid, fixed once opened
abstract contract Path is IPath, AccessManaged {
    address public immutable gateway;

    mapping(uint32 eid => bytes) public remoteGateway;
    mapping(bytes32 remoteHash => uint32 eid) internal _eidOfRemote;

    constructor(address gateway_, address authority) AccessManaged(authority) {
        if (gateway_ == address(0)) revert GatewayZero();
        gateway = gateway_;
    }

    /// @inheritdoc IERC7786GatewaySource
    function supportsAttribute(bytes4) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IERC7786GatewaySource
    /// @dev Only the gateway may send: what a peer hears over a path is what its gateway says.
    function sendMessage(bytes calldata recipient, bytes calldata payload, bytes[] calldata attributes)
        external
        payable
        returns (bytes32 sendId)
    {
        if (msg.sender != gateway) revert OnlyGateway(msg.sender);
        if (attributes.length != 0) revert UnsupportedAttribute(bytes4(attributes[0]));
        sendId = _send(_eidOf(recipient), payload);
        bytes memory sender = InteroperableAddress.formatEvmV1(block.chainid, gateway);
        emit MessageSent(sendId, sender, recipient, payload, 0, attributes);
    }

    function _send(uint32 dstEid, bytes calldata payload) internal virtual returns (bytes32 sendId);

    function _openRemote(uint32 eid, uint256 chainId, address remote) internal {
        if (remoteGateway[eid].length != 0) revert RemoteAlreadyOpen(eid);
        bytes memory encoded = InteroperableAddress.formatEvmV1(chainId, remote);
        if (
            eid == 0 || chainId == 0 || chainId == block.chainid || remote == address(0)
                || _eidOfRemote[keccak256(encoded)] != 0
        ) revert RemoteInvalid(eid, chainId, remote);
        remoteGateway[eid] = encoded;
        _eidOfRemote[keccak256(encoded)] = eid;
        emit RemoteOpened(eid, chainId, remote);
    }

    function _deliver(uint32 srcEid, bytes32 receiveId, bytes memory payload) internal {
        bytes memory sender = remoteGateway[srcEid];
        if (sender.length == 0) revert RemoteEidUnknown(srcEid);
        bytes4 answer = IERC7786Recipient(gateway).receiveMessage(receiveId, sender, payload);
        if (answer != IERC7786Recipient.receiveMessage.selector) revert DeliveryRefused(answer);
    }

    function _eidOf(bytes calldata recipient) internal view returns (uint32 eid) {
        eid = _eidOfRemote[keccak256(recipient)];
        if (eid == 0) revert RemoteUnknown(recipient);
    }
}
