/** The functions and events of LayerZero V2 that the relayer calls or reads. */

import { parseAbi } from "viem";

const ulnConfig =
  "struct UlnConfig { uint64 confirmations; uint8 requiredDVNCount; uint8 optionalDVNCount; uint8 optionalDVNThreshold; address[] requiredDVNs; address[] optionalDVNs; }";

export const endpointAbi = parseAbi([
  "function lazyInboundNonce(address receiver, uint32 srcEid, bytes32 sender) view returns (uint64)",
  "function inboundNonce(address receiver, uint32 srcEid, bytes32 sender) view returns (uint64)",
  "function inboundPayloadHash(address receiver, uint32 srcEid, bytes32 sender, uint64 nonce) view returns (bytes32)",
  "function outboundNonce(address sender, uint32 dstEid, bytes32 receiver) view returns (uint64)",
  "event PacketSent(bytes encodedPayload, bytes options, address sendLibrary)",
]);

export const receiveUlnAbi = parseAbi([
  ulnConfig,
  "function getUlnConfig(address oapp, uint32 remoteEid) view returns (UlnConfig)",
  "function hashLookup(bytes32 headerHash, bytes32 payloadHash, address dvn) view returns (bool submitted, uint64 confirmations)",
  "function verifiable(UlnConfig config, bytes32 headerHash, bytes32 payloadHash) view returns (bool)",
  "function verify(bytes packetHeader, bytes32 payloadHash, uint64 confirmations)",
  "event PayloadVerified(address dvn, bytes header, uint256 confirmations, bytes32 proofHash)",
]);

export const dvnAbi = parseAbi([
  "function vid() view returns (uint32)",
  "function quorum() view returns (uint64)",
  "function getSigners() view returns (address[])",
  "event VerifySignaturesFailed(uint256 idx)",
  "event ExecuteFailed(uint256 index, bytes data)",
]);
