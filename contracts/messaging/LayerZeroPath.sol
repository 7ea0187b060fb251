// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    MessagingFee,
    MessagingParams
} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";
import {SetConfigParam} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/IMessageLibManager.sol";
import {ExecutorConfig} from "@layerzerolabs/lz-evm-messagelib-v2/contracts/SendLibBase.sol";
import {UlnConfig} from "@layerzerolabs/lz-evm-messagelib-v2/contracts/uln/UlnBase.sol";
import {OApp, Origin} from "@layerzerolabs/lz-evm-oapp-v2/contracts/oapp/OApp.sol";
import {OptionsBuilder} from "@layerzerolabs/lz-evm-oapp-v2/contracts/oapp/libs/OptionsBuilder.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {COMMITMENT_LENGTH} from "../types/Commitment.sol";
import {Path} from "./Path.sol";

/// @dev ReceiveUln302, the one function used here.
interface IReceiveUln {
    function commitVerification(bytes calldata packetHeader, bytes32 payloadHash) external;
}

/// @dev EndpointV2 has it; its interface leaves it out.
interface IBlockedLibrary {
    function blockedLibrary() external view returns (address);
}

/// @title LayerZeroPath: commitments carried by LayerZero V2
/// @notice Everything that LayerZero lets an application choose is chosen here, once, when a remote is opened: send and
/// receive library, verifiers, confirmations, executor. Nothing resolves to a default that others own, and nobody can
/// change it after: the contract is its own owner and its own delegate. Other choices are a new path at a free index.
contract LayerZeroPath is Path, OApp {
    using OptionsBuilder for bytes;

    /// @dev ULN302's config types.
    uint32 internal constant CONFIG_EXECUTOR = 1;
    uint32 internal constant CONFIG_ULN = 2;
    /// @dev In a ULN config a zero means "the default"; this means "none".
    uint8 internal constant NIL_DVN_COUNT = type(uint8).max;
    uint64 internal constant NIL_CONFIRMATIONS = type(uint64).max;
    /// @dev Of PacketV1Codec: the header starts with it.
    uint8 internal constant PACKET_VERSION = 1;

    /// @notice One remote end and how to reach it.
    /// @param receiveConfig What verifies messages from there; `sendConfig` is what that side will ask of ours.
    struct Remote {
        uint32 eid;
        uint256 chainId;
        address gateway;
        address path;
        address sendLibrary;
        address receiveLibrary;
        ExecutorConfig executor;
        UlnConfig sendConfig;
        UlnConfig receiveConfig;
    }

    /// @notice Gas that the remote executor is paid to bring to `lzReceive`. Attesting costs the same for every message.
    uint128 public immutable receiveGas;
    /// @notice Pinned with the remote; verified messages are committed there.
    mapping(uint32 eid => address) public receiveLibraryOf;

    error UlnConfigNotPinned(uint32 eid);
    error LibraryMissing(uint32 eid);
    error ReceiveGasZero();
    /// @dev The library committed it, and the endpoint holds another hash for that nonce, or none.
    error NotVerified(uint32 srcEid, uint64 nonce, bytes32 expected, bytes32 actual);

    constructor(address endpoint_, address gateway_, address authority, uint128 receiveGas_)
        Path(gateway_, authority)
        OApp(endpoint_, address(this))
        Ownable(address(this))
    {
        if (receiveGas_ == 0) revert ReceiveGasZero();
        receiveGas = receiveGas_;
    }

    function openRemote(Remote calldata remote) external restricted {
        uint32 eid = remote.eid;
        _openRemote(eid, remote.chainId, remote.gateway);
        if (remote.path == address(0)) revert RemoteInvalid(eid, remote.chainId, remote.path);
        address blocked = IBlockedLibrary(address(endpoint)).blockedLibrary();
        if (
            remote.sendLibrary == address(0) || remote.receiveLibrary == address(0) || remote.sendLibrary == blocked
                || remote.receiveLibrary == blocked
        ) revert LibraryMissing(eid);
        _checkPinned(eid, remote.sendConfig);
        _checkPinned(eid, remote.receiveConfig);
        if (remote.executor.maxMessageSize < COMMITMENT_LENGTH || remote.executor.executor == address(0)) {
            revert UlnConfigNotPinned(eid);
        }

        receiveLibraryOf[eid] = remote.receiveLibrary;
        _setPeer(eid, bytes32(uint256(uint160(remote.path))));
        endpoint.setSendLibrary(address(this), eid, remote.sendLibrary);
        endpoint.setReceiveLibrary(address(this), eid, remote.receiveLibrary, 0);
        SetConfigParam[] memory send = new SetConfigParam[](2);
        send[0] = SetConfigParam(eid, CONFIG_EXECUTOR, abi.encode(remote.executor));
        send[1] = SetConfigParam(eid, CONFIG_ULN, abi.encode(remote.sendConfig));
        endpoint.setConfig(address(this), remote.sendLibrary, send);
        SetConfigParam[] memory receive_ = new SetConfigParam[](1);
        receive_[0] = SetConfigParam(eid, CONFIG_ULN, abi.encode(remote.receiveConfig));
        endpoint.setConfig(address(this), remote.receiveLibrary, receive_);
    }

    /// @notice Commits what the DVNs have verified, if nobody has yet, and delivers it: one transaction instead of two. Anyone
    /// may; the endpoint checks all that it checks of an executor.
    function deliver(uint32 srcEid, uint64 nonce, bytes32 guid, bytes calldata message) external {
        bytes32 sender = _getPeerOrRevert(srcEid);
        _commit(srcEid, sender, nonce, keccak256(abi.encodePacked(guid, message)));
        endpoint.lzReceive(Origin(srcEid, sender, nonce), address(this), guid, message, "");
    }

    /// @notice Attests what the DVNs have verified without delivering it; commits it, if nobody has yet. LayerZero delivers a
    /// nonce only when all before it are verified, so one that nobody verifies would stop this path; what is verified
    /// counts all the same. Anyone may, and again: the gateway takes a repeat for what it is.
    function attestVerified(uint32 srcEid, uint64 nonce, bytes32 guid, bytes calldata message) external {
        bytes32 sender = _getPeerOrRevert(srcEid);
        bytes32 payloadHash = keccak256(abi.encodePacked(guid, message));
        _commit(srcEid, sender, nonce, payloadHash);
        // The endpoint's word counts, not that the library was called.
        bytes32 verified = endpoint.inboundPayloadHash(address(this), srcEid, sender, nonce);
        if (verified != payloadHash) revert NotVerified(srcEid, nonce, verified, payloadHash);
        _deliver(srcEid, guid, message);
    }

    /// @dev Reverts unless every required DVN has verified it since it was last committed, as the library does.
    function _commit(uint32 srcEid, bytes32 sender, uint64 nonce, bytes32 payloadHash) internal {
        if (endpoint.inboundPayloadHash(address(this), srcEid, sender, nonce) == payloadHash) return;
        bytes memory header = abi.encodePacked(
            PACKET_VERSION, nonce, srcEid, sender, endpoint.eid(), bytes32(uint256(uint160(address(this))))
        );
        IReceiveUln(receiveLibraryOf[srcEid]).commitVerification(header, payloadHash);
    }

    /// @notice Gives up the next nonce, should it never be verified: LayerZero delivers a nonce only when all before it are
    /// verified. Commitments are cumulative, so nothing is lost with one.
    function skip(uint32 srcEid, uint64 nonce) external restricted {
        endpoint.skip(address(this), srcEid, _getPeerOrRevert(srcEid), nonce);
    }

    /// @notice Makes a committed nonce undeliverable, until it is verified again. What is verified and not committed yet must
    /// be committed first: whoever commits it after would undo this.
    function nilify(uint32 srcEid, uint64 nonce, bytes32 payloadHash) external restricted {
        endpoint.nilify(address(this), srcEid, _getPeerOrRevert(srcEid), nonce, payloadHash);
    }

    function quote(bytes calldata recipient, bytes calldata payload) external view returns (uint256) {
        return _quote(_eidOf(recipient), payload, _options(), false).nativeFee;
    }

    /// @dev The endpoint takes its fee out of the whole value and gives the rest back to the gateway.
    function _send(uint32 dstEid, bytes calldata payload) internal override returns (bytes32) {
        _lzSend(dstEid, payload, _options(), MessagingFee(msg.value, 0), gateway);
        return 0;
    }

    /// @dev The caller and the peer were checked by OAppReceiver.
    function _lzReceive(Origin calldata origin, bytes32 guid, bytes calldata message, address, bytes calldata)
        internal
        virtual
        override
    {
        if (msg.value != 0) revert ValueNotAccepted(msg.value);
        _deliver(origin.srcEid, guid, message);
    }

    function _options() internal view returns (bytes memory) {
        return OptionsBuilder.newOptions().addExecutorLzReceiveOption(receiveGas, 0);
    }

    /// @dev At least two required verifiers, no optional ones, and no field left to a default.
    function _checkPinned(uint32 eid, UlnConfig calldata config) internal pure {
        if (
            config.confirmations == 0 || config.confirmations == NIL_CONFIRMATIONS || config.requiredDVNCount < 2
                || config.requiredDVNCount == NIL_DVN_COUNT || config.optionalDVNCount != NIL_DVN_COUNT
                || config.optionalDVNThreshold != 0
        ) revert UlnConfigNotPinned(eid);
    }
}
