/** What of a lane only logs can tell: its entries, and which of them were ever held, parked or struck. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { EntryWords } from "@weighlock/core/entry.ts";
import { RetryableError } from "@weighlock/core/errors.ts";
import { readRanges } from "@weighlock/core/ranges.ts";
import { getAbiItem } from "viem";
import { entryReading, waitingOf, wordedEntry } from "./entryReading.ts";
import type { Pin } from "./pin.ts";
import type { EntryReading, Waiting, WordedEntry } from "./reading.ts";

export type PinnedLane = { src: Pin; dst: Pin };

export type History = {
  /** Entries `from` to `to`, the latter excluded, of the source's log up to its newest block, lower index first. */
  entries(lane: PinnedLane, from: bigint, to: bigint): Promise<EntryReading[]>;
  /** Each entry that was ever held or parked by the destination's pinned block, as it was the last time. */
  everParked(lane: PinnedLane): Promise<Waiting[]>;
  /** Each release that the council struck by the destination's pinned block. */
  everStruck(lane: PinnedLane): Promise<WordedEntry[]>;
  /** The entry at `index` of the source's log up to its newest block; undefined beyond its end. */
  wordsAt(lane: PinnedLane, index: bigint): Promise<EntryWords | undefined>;
};

const EntryPosted = getAbiItem({ abi: gatewayAbi, name: "EntryPosted" });
const EntryHeld = getAbiItem({ abi: clearingHouseAbi, name: "EntryHeld" });
const ReleaseParked = getAbiItem({ abi: collateralVaultAbi, name: "ReleaseParked" });
const ReleaseStruck = getAbiItem({ abi: collateralVaultAbi, name: "ReleaseStruck" });
/** Topics asked for in one eth_getLogs. */
const INDEXES_PER_CALL = 200;
/** More between two ends than a gateway lets a path attest ahead is no backlog but a wrong answer. */
const MOST_BETWEEN = 1n << 20n;

/** Asks the node's logs anew each time. */
export function createLogHistory(): History {
  return { entries: readEntries, everParked, everStruck, wordsAt };
}

async function readEntries({ src, dst }: PinnedLane, from: bigint, to: bigint): Promise<EntryReading[]> {
  const wanted = to - from;
  const dstEid = dst.deployment.eid;
  const contradiction = (shown: number | bigint) =>
    new RetryableError(`${src.deployment.name} shows ${shown} of ${wanted} entries to ${dstEid}; ask another node.`);
  if (wanted > MOST_BETWEEN) throw contradiction(0);
  const indexes = Array.from({ length: Number(wanted) }, (_, i) => from + BigInt(i));
  const entries: EntryReading[] = [];
  const lastBlock = wanted === 0n ? 0n : await src.client.getBlockNumber();
  for (let i = 0; i < indexes.length; i += INDEXES_PER_CALL) {
    const index = indexes.slice(i, i + INDEXES_PER_CALL);
    const logs = await postedLogs({ src, dstEid, index, lastBlock });
    entries.push(...logs.map(({ args }) => entryReading(args.index, args.entry)));
  }
  if (entries.length !== indexes.length) throw contradiction(entries.length);
  return entries.sort((a, b) => (a.index < b.index ? -1 : 1));
}

function postedLogs({
  src: { deployment, client },
  dstEid,
  index,
  lastBlock,
}: {
  src: Pin;
  dstEid: number;
  index: bigint[];
  lastBlock: bigint;
}) {
  return readRanges({
    from: BigInt(deployment.deployBlock),
    to: lastBlock,
    read: (fromBlock, toBlock) =>
      client.getLogs({
        address: deployment.gateway,
        event: EntryPosted,
        args: { dstEid, index },
        fromBlock,
        toBlock,
        strict: true,
      }),
  });
}

async function wordsAt({ src, dst }: PinnedLane, index: bigint): Promise<EntryWords | undefined> {
  const lastBlock = await src.client.getBlockNumber();
  const logs = await postedLogs({ src, dstEid: dst.deployment.eid, index: [index], lastBlock });
  return logs[0]?.args.entry;
}

async function everParked({ src, dst }: PinnedLane): Promise<Waiting[]> {
  const { deployment, client, blockNumber } = dst;
  const args = { srcEid: src.deployment.eid };
  const logs = await readRanges({
    from: BigInt(deployment.deployBlock),
    to: blockNumber,
    read: async (fromBlock, toBlock) => {
      const range = { args, fromBlock, toBlock, strict: true } as const;
      const found =
        deployment.role === "hub"
          ? await client.getLogs({ ...range, address: deployment.clearingHouse, event: EntryHeld })
          : await client.getLogs({ ...range, address: deployment.vault, event: ReleaseParked });
      return found.map(({ args }) => waitingOf(args));
    },
  });
  // One index can be held again as another entry: a return whose account nobody owns becomes a deposit in suspense.
  return [...new Map(logs.map((entry) => [entry.index, entry])).values()];
}

async function everStruck({ src, dst }: PinnedLane): Promise<WordedEntry[]> {
  const { deployment, client, blockNumber } = dst;
  if (deployment.role === "hub") return [];
  const logs = await readRanges({
    from: BigInt(deployment.deployBlock),
    to: blockNumber,
    read: (fromBlock, toBlock) =>
      client.getLogs({
        address: deployment.vault,
        event: ReleaseStruck,
        args: { srcEid: src.deployment.eid },
        fromBlock,
        toBlock,
        strict: true,
      }),
  });
  return logs.map(({ args }) => wordedEntry(args.index, args.entry));
}
