/** The packets that a lane's LayerZeroPath has sent in one block, read from the endpoint's PacketSent events. */

import type { ChainClient } from "@weighlock/core/chains.ts";
import { type Hash, type Log, parseEventLogs } from "viem";
import type { Lane } from "../lane/lanes.ts";
import { endpointAbi } from "./abi.ts";
import { decodePacket, type Packet, PacketFormatError } from "./packet.ts";

/** In order. Others use the same endpoint; theirs are left out. */
export async function findSentPackets({
  client,
  lane,
  blockHash,
}: {
  client: ChainClient;
  lane: Lane;
  blockHash: Hash;
}): Promise<Packet[]> {
  const logs = await client.getLogs({
    address: lane.src.layerZero.endpoint,
    event: PACKET_SENT,
    blockHash,
    strict: true,
  });
  return packetsIn({ logs, lane });
}

export function packetsIn({ logs, lane }: { logs: readonly Log[]; lane: Lane }): Packet[] {
  return parseEventLogs({ abi: endpointAbi, eventName: "PacketSent", logs: [...logs] }).flatMap((log) => {
    if (log.address.toLowerCase() !== lane.src.layerZero.endpoint.toLowerCase()) return [];
    const packet = decodeOrSkip(log.args.encodedPayload);
    const isOurs =
      packet !== undefined &&
      packet.srcEid === lane.src.eid &&
      packet.dstEid === lane.dst.eid &&
      packet.sender === lane.layerZero.sender &&
      packet.receiver === lane.layerZero.receiver;
    return isOurs ? [packet] : [];
  });
}

function decodeOrSkip(encoded: `0x${string}`): Packet | undefined {
  try {
    return decodePacket(encoded);
  } catch (error) {
    // Anyone's message library may send any bytes through the endpoint.
    if (error instanceof PacketFormatError) return undefined;
    throw error;
  }
}

const PACKET_SENT = endpointAbi.find((item) => item.type === "event" && item.name === "PacketSent") as Extract<
  (typeof endpointAbi)[number],
  { type: "event"; name: "PacketSent" }
>;
