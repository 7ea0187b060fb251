/** Packets that our DVN has not verified for good, as the sources' dispatches show them. */

import type { Lane } from "../lane/lanes.ts";
import type { Packet } from "../layerzero/packet.ts";

export type PendingPacket = { lane: Lane; packet: Packet; block: bigint };

export type PendingPackets = {
  add(pending: PendingPacket): void;
  delete(pending: PendingPacket): void;
  /** A source's blocks after `block` are void. */
  rollback(srcEid: number, block: bigint): void;
  of(srcEid: number): PendingPacket[];
  /** Whether the lane's packet of that nonce was ever added, and not rolled back. */
  isKnown(lane: Lane, nonce: bigint): boolean;
  clear(srcEid: number): void;
  oldestBlock(srcEid: number): bigint | undefined;
};

export function createPendingPackets(): PendingPackets {
  const pending = new Map<string, PendingPacket>();
  /** Also those that are done: which block sent each nonce of a lane. */
  const known = new Map<Lane, Map<bigint, bigint>>();
  // A reorg may send the same nonce again in another block.
  const keyOf = ({ packet, block }: PendingPacket) => `${packet.guid}@${block}`;
  const of = (srcEid: number) => [...pending.values()].filter(({ lane }) => lane.src.eid === srcEid);
  return {
    add(each) {
      pending.set(keyOf(each), each);
      const ofLane = known.get(each.lane) ?? new Map<bigint, bigint>();
      known.set(each.lane, ofLane.set(each.packet.nonce, each.block));
    },
    delete: (each) => void pending.delete(keyOf(each)),
    rollback(srcEid, block) {
      for (const each of of(srcEid)) if (each.block > block) pending.delete(keyOf(each));
      for (const [lane, nonces] of known) {
        if (lane.src.eid !== srcEid) continue;
        for (const [nonce, sentIn] of nonces) if (sentIn > block) nonces.delete(nonce);
      }
    },
    of,
    isKnown: (lane, nonce) => known.get(lane)?.has(nonce) ?? false,
    clear(srcEid) {
      for (const each of of(srcEid)) pending.delete(keyOf(each));
      for (const lane of known.keys()) if (lane.src.eid === srcEid) known.delete(lane);
    },
    oldestBlock: (srcEid) =>
      of(srcEid).reduce<bigint | undefined>(
        (oldest, { block }) => (oldest === undefined || block < oldest ? block : oldest),
        undefined,
      ),
  };
}
