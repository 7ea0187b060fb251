/** Where a packet stands on its destination. */

import type { ChainClient } from "@weighlock/core/chains.ts";
import { type Address, zeroHash } from "viem";
import { leastOf } from "../bigints.ts";
import type { Lane } from "../lane/lanes.ts";
import { endpointAbi, receiveUlnAbi } from "./abi.ts";
import type { Packet } from "./packet.ts";

/** verified: committed to the endpoint. delivered: `lzReceive` has run, or the nonce was skipped. */
export type Delivery = "sent" | "verifiable" | "verified" | "delivered";
type BlockTag = "latest" | "finalized";

export async function lazyInboundNonce({
  client,
  lane,
  blockTag = "latest",
}: {
  client: ChainClient;
  lane: Lane;
  blockTag?: BlockTag;
}): Promise<bigint> {
  return client.readContract({
    address: lane.dst.layerZero.endpoint,
    abi: endpointAbi,
    functionName: "lazyInboundNonce",
    args: [lane.layerZero.dst.address, lane.src.eid, lane.layerZero.sender],
    blockTag,
  });
}

/** Whether an earlier nonce than the packet's is not verified: until it is, or is given up, the endpoint delivers none. */
export async function isBehindGap({
  client,
  lane,
  packet,
}: {
  client: ChainClient;
  lane: Lane;
  packet: Pick<Packet, "nonce">;
}): Promise<boolean> {
  const verified = await client.readContract({
    address: lane.dst.layerZero.endpoint,
    abi: endpointAbi,
    functionName: "inboundNonce",
    args: [lane.layerZero.dst.address, lane.src.eid, lane.layerZero.sender],
  });
  return verified + 1n < packet.nonce;
}

// More than are ever under way; a node that answers with a huge number must not fill the memory.
const MAX_NONCES = 10_000n;

/**
 * Nonces that the source had sent by block `sentBy`, or by now, and whose delivery the destination has not reached, the
 * lowest 10,000: each must be known to whoever carries the lane, since LayerZero delivers none whose predecessors are
 * not verified.
 */
export async function undeliveredNonces({
  src,
  dst,
  lane,
  sentBy,
}: {
  src: ChainClient;
  dst: ChainClient;
  lane: Lane;
  sentBy: bigint | "latest";
}): Promise<bigint[]> {
  const [sent, reached] = await Promise.all([
    src.readContract({
      address: lane.src.layerZero.endpoint,
      abi: endpointAbi,
      functionName: "outboundNonce",
      args: [lane.layerZero.src.address, lane.dst.eid, lane.layerZero.receiver],
      ...(sentBy === "latest" ? { blockTag: sentBy } : { blockNumber: sentBy }),
    }),
    lazyInboundNonce({ client: dst, lane }),
  ]);
  const length = Number(leastOf([MAX_NONCES, sent > reached ? sent - reached : 0n], 0n));
  return Array.from({ length }, (_, i) => reached + 1n + BigInt(i));
}

/** `client` is the destination's. */
export async function readDelivery({
  client,
  lane,
  packet,
  blockTag = "latest",
}: {
  client: ChainClient;
  lane: Lane;
  packet: Packet;
  blockTag?: BlockTag;
}): Promise<Delivery> {
  const { endpoint, receiveUln } = lane.dst.layerZero;
  const receiver = lane.layerZero.dst.address;
  const [committed, lazy] = await Promise.all([
    client.readContract({
      address: endpoint,
      abi: endpointAbi,
      functionName: "inboundPayloadHash",
      args: [receiver, lane.src.eid, packet.sender, packet.nonce],
      blockTag,
    }),
    lazyInboundNonce({ client, lane, blockTag }),
  ]);
  if (committed === zeroHash && lazy >= packet.nonce) return "delivered";
  if (committed === packet.payloadHash) return "verified";
  const config = await client.readContract({
    address: receiveUln,
    abi: receiveUlnAbi,
    functionName: "getUlnConfig",
    args: [receiver, lane.src.eid],
    blockTag,
  });
  const isVerifiable = await client.readContract({
    address: receiveUln,
    abi: receiveUlnAbi,
    functionName: "verifiable",
    args: [config, packet.headerHash, packet.payloadHash],
    blockTag,
  });
  return isVerifiable ? "verifiable" : "sent";
}

/** Whether `dvn` needs to say nothing more of this packet: it has, or the packet is past needing it. */
export async function isVerifiedBy({
  client,
  lane,
  packet,
  dvn,
  blockTag = "latest",
}: {
  client: ChainClient;
  lane: Lane;
  packet: Packet;
  dvn: Address;
  blockTag?: BlockTag;
}): Promise<boolean> {
  const [[isSubmitted], delivery] = await Promise.all([
    client.readContract({
      address: lane.dst.layerZero.receiveUln,
      abi: receiveUlnAbi,
      functionName: "hashLookup",
      args: [packet.headerHash, packet.payloadHash, dvn],
      blockTag,
    }),
    readDelivery({ client, lane, packet, blockTag }),
  ]);
  // Committing clears a DVN's word from the library.
  return isSubmitted || delivery === "verified" || delivery === "delivered";
}
