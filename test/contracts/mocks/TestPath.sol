// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7786GatewaySource, IERC7786Recipient} from "@openzeppelin/contracts/interfaces/draft-IERC7786.sol";
import {IPath} from "../../../contracts/interfaces/IPath.sol";

/// @dev A path whose owner attests whatever a test asks for. It charges a fee and gives back the rest, as LayerZero does.
contract TestPath is IPath {
    address public immutable gateway;
    mapping(uint32 eid => bytes) public remoteGateway;
    uint256 public fee;
    uint256 public sends;
    uint256 public lastValue;
    bytes public lastRecipient;
    bytes public lastPayload;

    error FeeTooLow(uint256 expected, uint256 actual);
    error RefundRefused();

    constructor(address gateway_) {
        gateway = gateway_;
    }

    function setRemote(uint32 eid, bytes calldata remote) external {
        remoteGateway[eid] = remote;
    }

    function setFee(uint256 fee_) external {
        fee = fee_;
    }

    function attest(bytes calldata sender, bytes calldata payload) external payable {
        IERC7786Recipient(gateway).receiveMessage{value: msg.value}(keccak256(payload), sender, payload);
    }

    function quote(bytes calldata, bytes calldata) external view returns (uint256) {
        return fee;
    }

    function supportsAttribute(bytes4) external pure returns (bool) {
        return false;
    }

    function sendMessage(bytes calldata recipient, bytes calldata payload, bytes[] calldata)
        external
        payable
        returns (bytes32)
    {
        if (msg.sender != gateway) revert OnlyGateway(msg.sender);
        if (msg.value < fee) revert FeeTooLow(fee, msg.value);
        ++sends;
        (lastValue, lastRecipient, lastPayload) = (msg.value, recipient, payload);
        if (msg.value > fee) {
            (bool isPaid,) = gateway.call{value: msg.value - fee}("");
            if (!isPaid) revert RefundRefused();
        }
        return 0;
    }
}
