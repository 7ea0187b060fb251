/** A gateway's counters of one lane, read in one storage word each: the views do not tell what was last dispatched. */

import { layout } from "@weighlock/core/abi/layout.ts";
import type { ChainClient } from "@weighlock/core/chains.ts";
import { type Address, concat, type Hex, keccak256, numberToHex } from "viem";

/** As `Gateway.Counters`; masks have path i at bit i. */
export type Counters = {
  posted: bigint;
  sealed: bigint;
  /** Of the opposite lane. */
  executed: bigint;
  enabled: number;
  networks: number;
  /** 0: not open. */
  windowLimit: number;
  /** 0: executes. */
  halt: number;
};

/** What a path was last given, and what came back over it. */
export type PathCounters = { sentCount: bigint; sentAckCount: bigint; ackCount: bigint; ackAt: bigint };

export type StateAt = { client: ChainClient; gateway: Address; eid: number; blockTag?: "latest" | "finalized" };

/** Instead of a tag; a node that has dropped that block's state fails. */
type AtBlock = { blockNumber?: bigint };

const { variables, structs } = layout.Gateway;

export async function readCounters({
  client,
  gateway,
  eid,
  blockTag = "latest",
  blockNumber,
}: StateAt & AtBlock): Promise<Counters> {
  const slot = laneSlot(eid) + BigInt(structs.Lane.counters.slot);
  const field = fieldsOf(await readSlot({ client, gateway, slot, block: blockNumber ?? blockTag }));
  const { posted, sealed_, executed, enabled, networks, windowLimit, halt } = structs.Counters;
  return {
    posted: field(posted),
    sealed: field(sealed_),
    executed: field(executed),
    enabled: Number(field(enabled)),
    networks: Number(field(networks)),
    windowLimit: Number(field(windowLimit)),
    halt: Number(field(halt)),
  };
}

export async function readPathCounters({
  client,
  gateway,
  eid,
  path,
  blockTag = "latest",
}: StateAt & { path: number }): Promise<PathCounters> {
  const { sentCount, sentAckCount, ackCount, ackAt } = structs.PathState;
  const base = laneSlot(eid) + BigInt(structs.Lane.paths.slot + path * PATH_SLOTS);
  const field = fieldsOf(await readSlot({ client, gateway, slot: base + BigInt(sentCount.slot), block: blockTag }));
  return {
    sentCount: field(sentCount),
    sentAckCount: field(sentAckCount),
    ackCount: field(ackCount),
    ackAt: field(ackAt),
  };
}

/** Executed entries that each path index vouches for. */
export async function readVouched({ client, gateway, eid, blockTag = "latest" }: StateAt): Promise<bigint[]> {
  const { vouched } = structs.Lane;
  const base = laneSlot(eid) + BigInt(vouched.slot);
  const words = await Promise.all(
    Array.from({ length: vouched.bytes / 32 }, (_, i) =>
      readSlot({ client, gateway, slot: base + BigInt(i), block: blockTag }),
    ),
  );
  return words.flatMap((word) => [0, 8, 16, 24].map((offset) => fieldsOf(word)({ offset, bytes: 8 })));
}

const PATH_SLOTS = structs.Lane.paths.bytes / 32 / 8;

function laneSlot(eid: number): bigint {
  return BigInt(keccak256(concat([numberToHex(eid, { size: 32 }), numberToHex(variables._lanes.slot, { size: 32 })])));
}

async function readSlot({
  client,
  gateway,
  slot,
  block,
}: {
  client: ChainClient;
  gateway: Address;
  slot: bigint;
  block: bigint | "latest" | "finalized";
}): Promise<bigint> {
  const at = typeof block === "bigint" ? { blockNumber: block } : { blockTag: block };
  const word = await client.getStorageAt({ address: gateway, slot: numberToHex(slot, { size: 32 }), ...at });
  return BigInt((word ?? "0x0") as Hex);
}

function fieldsOf(word: bigint) {
  return ({ offset, bytes }: { offset: number; bytes: number }) =>
    (word >> BigInt(8 * offset)) & ((1n << BigInt(8 * bytes)) - 1n);
}
