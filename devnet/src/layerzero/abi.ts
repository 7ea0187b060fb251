/** The functions and events of LayerZero V2 that are called or read here, typed. Deployments use the packages' ABIs. */

import { parseAbi } from "viem";

const origin = "struct Origin { uint32 srcEid; bytes32 sender; uint64 nonce; }";
const ulnConfig =
  "struct UlnConfig { uint64 confirmations; uint8 requiredDVNCount; uint8 optionalDVNCount; uint8 optionalDVNThreshold; address[] requiredDVNs; address[] optionalDVNs; }";

export const endpointAbi = parseAbi([
  origin,
  "function eid() view returns (uint32)",
  "function owner() view returns (address)",
  "function isRegisteredLibrary(address lib) view returns (bool)",
  "function defaultSendLibrary(uint32 dstEid) view returns (address)",
  "function defaultReceiveLibrary(uint32 srcEid) view returns (address)",
  "function defaultReceiveLibraryTimeout(uint32 srcEid) view returns (address lib, uint256 expiry)",
  "function lazyInboundNonce(address receiver, uint32 srcEid, bytes32 sender) view returns (uint64)",
  "function inboundNonce(address receiver, uint32 srcEid, bytes32 sender) view returns (uint64)",
  "function inboundPayloadHash(address receiver, uint32 srcEid, bytes32 sender, uint64 nonce) view returns (bytes32)",
  "function lzReceive(Origin origin, address receiver, bytes32 guid, bytes message, bytes extraData) payable",
  "event PacketSent(bytes encodedPayload, bytes options, address sendLibrary)",
  "event PacketVerified(Origin origin, address receiver, bytes32 payloadHash)",
  "event PacketDelivered(Origin origin, address receiver)",
]);

export const sendUlnAbi = parseAbi([
  ulnConfig,
  "struct ExecutorConfig { uint32 maxMessageSize; address executor; }",
  "function treasury() view returns (address)",
  "function getUlnConfig(address oapp, uint32 remoteEid) view returns (UlnConfig)",
  "function getExecutorConfig(address oapp, uint32 remoteEid) view returns (ExecutorConfig)",
  "event DVNFeePaid(address[] requiredDVNs, address[] optionalDVNs, uint256[] fees)",
]);

export const receiveUlnAbi = parseAbi([
  ulnConfig,
  "function getUlnConfig(address oapp, uint32 remoteEid) view returns (UlnConfig)",
  "function hashLookup(bytes32 headerHash, bytes32 payloadHash, address dvn) view returns (bool submitted, uint64 confirmations)",
  "function verifiable(UlnConfig config, bytes32 headerHash, bytes32 payloadHash) view returns (bool)",
  "function verify(bytes packetHeader, bytes32 payloadHash, uint64 confirmations)",
  "function commitVerification(bytes packetHeader, bytes32 payloadHash)",
  "event PayloadVerified(address dvn, bytes header, uint256 confirmations, bytes32 proofHash)",
]);

export const dvnAbi = parseAbi([
  "struct ExecuteParam { uint32 vid; address target; bytes callData; uint256 expiration; bytes signatures; }",
  "function vid() view returns (uint32)",
  "function localEidV2() view returns (uint32)",
  "function quorum() view returns (uint64)",
  "function getSigners() view returns (address[])",
  "function hasRole(bytes32 role, address account) view returns (bool)",
  "function grantRole(bytes32 role, address account)",
  "function revokeRole(bytes32 role, address account)",
  "function workerFeeLib() view returns (address)",
  "function priceFeed() view returns (address)",
  "function dstConfig(uint32 dstEid) view returns (uint64 gas, uint16 multiplierBps, uint128 floorMarginUSD)",
  "function getFee(uint32 dstEid, uint64 confirmations, address sender, bytes options) view returns (uint256)",
  "function execute(ExecuteParam[] params)",
  "event VerifySignaturesFailed(uint256 index)",
  "event ExecuteFailed(uint256 index, bytes data)",
  "event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender)",
  "event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender)",
]);

export const executorAbi = parseAbi([
  "function endpoint() view returns (address)",
  "function localEidV2() view returns (uint32)",
  "function workerFeeLib() view returns (address)",
  "function priceFeed() view returns (address)",
  "function hasRole(bytes32 role, address account) view returns (bool)",
  "function dstConfig(uint32 dstEid) view returns (uint64 lzReceiveBaseGas, uint16 multiplierBps, uint128 floorMarginUSD, uint128 nativeCap, uint64 lzComposeBaseGas)",
]);

export const priceFeedAbi = parseAbi([
  "struct Price { uint128 priceRatio; uint64 gasPriceInUnit; uint32 gasPerByte; }",
  "function getPrice(uint32 dstEid) view returns (Price)",
  "function nativeTokenPriceUSD() view returns (uint128)",
  "function getPriceRatioDenominator() view returns (uint128)",
  "function estimateFeeByEid(uint32 dstEid, uint256 callDataSize, uint256 gas) view returns (uint256 fee, uint128 priceRatio, uint128 priceRatioDenominator, uint128 nativePriceUSD)",
]);
