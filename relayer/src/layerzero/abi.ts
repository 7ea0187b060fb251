/** The functions and events of LayerZero V2 that the relayer calls or reads, and the errors it tells apart. */

import { parseAbi } from "viem";

const origin = "struct Origin { uint32 srcEid; bytes32 sender; uint64 nonce; }";
const ulnConfig =
  "struct UlnConfig { uint64 confirmations; uint8 requiredDVNCount; uint8 optionalDVNCount; uint8 optionalDVNThreshold; address[] requiredDVNs; address[] optionalDVNs; }";

export const endpointAbi = parseAbi([
  origin,
  "function lazyInboundNonce(address receiver, uint32 srcEid, bytes32 sender) view returns (uint64)",
  "function inboundPayloadHash(address receiver, uint32 srcEid, bytes32 sender, uint64 nonce) view returns (bytes32)",
  "function outboundNonce(address sender, uint32 dstEid, bytes32 receiver) view returns (uint64)",
  "function lzReceive(Origin origin, address receiver, bytes32 guid, bytes message, bytes extraData) payable",
  "event PacketSent(bytes encodedPayload, bytes options, address sendLibrary)",
  "error LZ_InvalidNonce(uint64 nonce)",
  "error LZ_PayloadHashNotFound(bytes32 expected, bytes32 actual)",
  "error LZ_PathNotVerifiable()",
]);

export const receiveUlnAbi = parseAbi([
  ulnConfig,
  "function getUlnConfig(address oapp, uint32 remoteEid) view returns (UlnConfig)",
  "function hashLookup(bytes32 headerHash, bytes32 payloadHash, address dvn) view returns (bool submitted, uint64 confirmations)",
  "function verifiable(UlnConfig config, bytes32 headerHash, bytes32 payloadHash) view returns (bool)",
  "function verify(bytes packetHeader, bytes32 payloadHash, uint64 confirmations)",
  "function commitVerification(bytes packetHeader, bytes32 payloadHash)",
  "event PayloadVerified(address dvn, bytes header, uint256 confirmations, bytes32 proofHash)",
  "error LZ_ULN_Verifying()",
]);

export const dvnAbi = parseAbi([
  "function vid() view returns (uint32)",
  "function quorum() view returns (uint64)",
  "function getSigners() view returns (address[])",
  "event VerifySignaturesFailed(uint256 idx)",
  "event ExecuteFailed(uint256 index, bytes data)",
]);
