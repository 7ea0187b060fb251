/** Executed entries that are not done: releases that a vault parked, and entries that the hub holds. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { HubDeployment, LaneDeployment, VaultDeployment } from "@weighlock/core/deployment.ts";
import type { EntryWords } from "@weighlock/core/entry.ts";
import type { Terms } from "@weighlock/core/waiting.ts";
import { type Address, type Hash, zeroHash } from "viem";
import { OperationError } from "./errors.ts";
import { readEvents } from "./events.ts";
import { laneName } from "./input.ts";
import type { Network } from "./network.ts";

/** Everything that finishing it asks for. */
export type ParkedRelease = {
  type: "parked";
  lane: LaneDeployment & { dst: VaultDeployment };
  index: bigint;
  entry: EntryWords;
  /** `Parked`. */
  reason: number;
  terms: Terms;
  payee: Address;
  transactionHash: Hash;
  block: bigint;
};

export type HeldEntry = {
  type: "held";
  lane: LaneDeployment & { dst: HubDeployment };
  index: bigint;
  entry: EntryWords;
  /** `Held`. */
  reason: number;
  terms: Terms;
  transactionHash: Hash;
  block: bigint;
};

export type Waiting = ParkedRelease | HeldEntry;

type Search = {
  network: Network;
  /** Of one entry alone. */
  index?: bigint;
  /** The destination's block in which it was executed, where that is known. */
  from?: bigint;
};

/** Of one lane, or one entry of it; those that still wait, in order. */
export async function readWaiting(of: Search & { lane: LaneDeployment }): Promise<Waiting[]> {
  const { lane, ...rest } = of;
  const { src, dst } = lane;
  return dst.role === "hub" ? readHeld({ ...rest, lane: { src, dst } }) : readParked({ ...rest, lane: { src, dst } });
}

/** Throws OperationError when it does not wait: it is done, or was never parked. */
export async function readOneWaiting(of: { network: Network; lane: LaneDeployment; index: bigint }): Promise<Waiting> {
  const [waiting] = await readWaiting(of);
  if (waiting) return waiting;
  const id = `${laneName(of.lane)}:${of.index}`;
  throw new OperationError(
    `${id} is neither parked nor held: it is done, or not executed yet; look with: weighlock status ${id}`,
  );
}

async function readParked({
  network,
  lane,
  index,
  from,
}: Search & { lane: ParkedRelease["lane"] }): Promise<ParkedRelease[]> {
  const { src, dst } = lane;
  const { client } = await network.connect(dst);
  const view = { address: dst.vault, abi: collateralVaultAbi } as const;
  const logs = await readEvents({
    ...view,
    client,
    eventName: "ReleaseParked",
    args: { srcEid: src.eid, ...(index !== undefined && { index }) },
    from: from ?? dst.deployBlock,
    newestFirst: true,
    isEnough: (found) => index !== undefined && found.length > 0,
  });
  const newest = newestOf(logs);
  const words = await Promise.all(
    newest.map(({ args }) => client.readContract({ ...view, functionName: "parkOf", args: [src.eid, args.index] })),
  );
  return newest
    .filter((_, i) => words[i] !== zeroHash)
    .map(({ args: { srcEid: _, ...args }, transactionHash, blockNumber: block }) => ({
      ...{ type: "parked" as const, lane, ...args, transactionHash, block },
    }));
}

async function readHeld({ network, lane, index, from }: Search & { lane: HeldEntry["lane"] }): Promise<HeldEntry[]> {
  const { src, dst } = lane;
  const { client } = await network.connect(dst);
  const view = { address: dst.clearingHouse, abi: clearingHouseAbi } as const;
  const logs = await readEvents({
    ...view,
    client,
    eventName: "EntryHeld",
    args: { srcEid: src.eid, ...(index !== undefined && { index }) },
    from: from ?? dst.deployBlock,
    newestFirst: true,
    isEnough: (found) => index !== undefined && found.length > 0,
  });
  const newest = newestOf(logs);
  const words = await Promise.all(
    newest.map(({ args }) => client.readContract({ ...view, functionName: "heldOf", args: [src.eid, args.index] })),
  );
  return newest
    .filter((_, i) => words[i] !== zeroHash)
    .map(({ args: { srcEid: _, ...args }, transactionHash, blockNumber: block }) => ({
      ...{ type: "held" as const, lane, ...args, transactionHash, block },
    }));
}

/** What moves on to its next wait is told again under its index: the last event tells what the word is of. */
function newestOf<Log extends { args: { index: bigint } }>(logs: readonly Log[]): Log[] {
  return [...new Map(logs.map((log) => [log.args.index, log])).values()];
}
