/** The LayerZero packets of a lane's dispatches, looked up once for each block that has any. */

import type { ChainClient } from "@weighlock/core/chains.ts";
import type { Hash } from "viem";
import type { Packet } from "../layerzero/packet.ts";
import { findSentPackets } from "../layerzero/sentPackets.ts";
import type { Lane } from "./lanes.ts";

export type PacketLookup = {
  sentIn(blockHash: Hash): Promise<readonly Packet[]>;
  /** Keeps only what those blocks sent. */
  retain(blockHashes: ReadonlySet<Hash>): void;
};

export function createPacketLookup({ client, lane }: { client: ChainClient; lane: Lane }): PacketLookup {
  const known = new Map<Hash, readonly Packet[]>();
  let sender = lane.layerZero.sender;
  return {
    async sentIn(blockHash) {
      // Another path sent others.
      if (sender !== lane.layerZero.sender) known.clear();
      sender = lane.layerZero.sender;
      const before = known.get(blockHash);
      if (before !== undefined) return before;
      const packets = await findSentPackets({ client, lane, blockHash });
      known.set(blockHash, packets);
      return packets;
    },
    retain(blockHashes) {
      for (const blockHash of known.keys()) if (!blockHashes.has(blockHash)) known.delete(blockHash);
    },
  };
}
