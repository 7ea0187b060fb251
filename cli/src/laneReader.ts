/** One lane read from its two gateways. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { LaneDeployment } from "@weighlock/core/deployment.ts";
import { readRanges } from "@weighlock/core/ranges.ts";
import type { Hash, Hex } from "viem";
import { laneName } from "./input.ts";
import type { Network } from "./network.ts";

/** Where something was written, and when. */
export type Place = { transactionHash: Hash; block: bigint; at: Date };

export type LanePath = { name: string; index: number; isNetwork: boolean };

const HALTS = ["", "two attestations contradict each other", "a false acknowledgement"] as const;

export type LaneReader = Awaited<ReturnType<typeof createLaneReader>>;

/** Two chains' clocks may differ by this much. */
const CLOCK_MARGIN = 900n;

export async function createLaneReader({ network, lane }: { network: Network; lane: LaneDeployment }) {
  const { src, dst } = lane;
  const [{ client: srcClient }, { client: dstClient }] = await Promise.all([
    network.connect(src),
    network.connect(dst),
  ]);
  const times = new Map<string, Promise<Date>>();

  type Client = typeof srcClient;
  type Logged = { transactionHash: Hash; blockNumber: bigint };
  const timeOf = (client: Client, blockNumber: bigint): Promise<Date> => {
    const key = `${client.chain.id}:${blockNumber}`;
    const known =
      times.get(key) ?? client.getBlock({ blockNumber }).then(({ timestamp }) => new Date(Number(timestamp) * 1000));
    times.set(key, known);
    return known;
  };
  const placeOf = async (client: Client, { transactionHash, blockNumber }: Logged): Promise<Place> => ({
    transactionHash,
    block: blockNumber,
    at: await timeOf(client, blockNumber),
  });
  const srcView = { address: src.gateway, abi: gatewayAbi } as const;
  const dstView = { address: dst.gateway, abi: gatewayAbi } as const;
  const srcStart = BigInt(src.deployBlock);
  const dstStart = BigInt(dst.deployBlock);

  /** No block of the destination before it is younger than `at`. */
  async function dstBlockBefore(at: Date): Promise<bigint> {
    const wanted = BigInt(Math.floor(at.getTime() / 1000)) - CLOCK_MARGIN;
    let low = dstStart;
    let high = await dstClient.getBlockNumber();
    while (low < high) {
      const middle = (low + high + 1n) / 2n;
      const { timestamp } = await dstClient.getBlock({ blockNumber: middle });
      if (timestamp < wanted) low = middle;
      else high = middle - 1n;
    }
    return low;
  }

  return {
    ...lane,
    name: laneName(lane),
    srcClient,
    dstClient,
    srcPlace: (log: Logged) => placeOf(srcClient, log),
    dstPlace: (log: Logged) => placeOf(dstClient, log),
    dstBlockBefore,

    /** The enabled paths of the destination, which are those of the source too. */
    async paths(): Promise<LanePath[]> {
      const [, enabled, networks] = await dstClient.readContract({
        ...dstView,
        functionName: "pathsOf",
        args: [src.eid],
      });
      return Array.from({ length: 8 }, (_, index) => index)
        .filter((index) => (enabled >> index) & 1)
        .map((index) => ({
          name: dst.paths.find((path) => path.index === index)?.name ?? `path ${index}`,
          index,
          isNetwork: ((networks >> index) & 1) === 1,
        }));
    },

    /** Why the destination executes nothing of this lane; empty when it does. */
    async haltReason(): Promise<string> {
      const halt = await dstClient.readContract({ ...dstView, functionName: "haltOf", args: [src.eid] });
      return HALTS[halt] ?? `reason ${halt}`;
    },

    async outbox(blockNumber?: bigint) {
      const [posted, sealed, head] = await srcClient.readContract({
        ...srcView,
        functionName: "outbox",
        args: [dst.eid],
        ...(blockNumber !== undefined && { blockNumber }),
      });
      return { posted, sealed, head };
    },
    async inbox(blockNumber?: bigint) {
      const [executed, head] = await dstClient.readContract({
        ...dstView,
        functionName: "inbox",
        args: [src.eid],
        ...(blockNumber !== undefined && { blockNumber }),
      });
      return { executed, head };
    },
    sealedHead: (count: bigint): Promise<Hex> =>
      srcClient.readContract({ ...srcView, functionName: "sealedHead", args: [dst.eid, count] }),
    windowLimit: (): Promise<number> =>
      srcClient.readContract({ ...srcView, functionName: "windowLimit", args: [dst.eid] }),

    async postedAt(index: bigint) {
      const logs = await readRanges({
        from: srcStart,
        to: await srcClient.getBlockNumber(),
        newestFirst: true,
        read: (fromBlock, toBlock) =>
          srcClient.getContractEvents({
            ...srcView,
            eventName: "EntryPosted",
            args: { dstEid: dst.eid, index },
            fromBlock,
            toBlock,
            strict: true,
          }),
        isEnough: (found) => found.length > 0,
      });
      return logs[0];
    },

    /** Entries with an index of at least `first`, in order. */
    async postedFrom(first: bigint, toBlock?: bigint) {
      const logs = await readRanges({
        from: srcStart,
        to: toBlock ?? (await srcClient.getBlockNumber()),
        newestFirst: true,
        read: (from, to) =>
          srcClient.getContractEvents({
            ...srcView,
            eventName: "EntryPosted",
            args: { dstEid: dst.eid },
            fromBlock: from,
            toBlock: to,
            strict: true,
          }),
        isEnough: (found) => (found[0]?.args.index ?? first + 1n) <= first,
      });
      return logs.filter(({ args }) => args.index >= first);
    },

    /** The seal of the window that holds an entry which was posted in `fromBlock`. */
    async sealOf(index: bigint, fromBlock: bigint) {
      const logs = await readRanges({
        from: fromBlock,
        to: await srcClient.getBlockNumber(),
        read: (from, toBlock) =>
          srcClient.getContractEvents({
            ...srcView,
            eventName: "WindowSealed",
            args: { dstEid: dst.eid },
            fromBlock: from,
            toBlock,
            strict: true,
          }),
        isEnough: (found) => found.some(({ args }) => args.count > index),
      });
      return logs.find(({ args }) => args.count > index);
    },

    /** Dispatches of `count` or later ones, in order, until each of `paths` has one. */
    async dispatchesOf(count: bigint, fromBlock: bigint, paths: readonly LanePath[]) {
      const logs = await readRanges({
        from: fromBlock,
        to: await srcClient.getBlockNumber(),
        read: (from, toBlock) =>
          srcClient.getContractEvents({
            ...srcView,
            eventName: "Dispatched",
            args: { dstEid: dst.eid },
            fromBlock: from,
            toBlock,
            strict: true,
          }),
        isEnough: (found) =>
          paths.every(({ index }) => found.some(({ args }) => args.count >= count && (args.paths >> index) & 1)),
      });
      return logs.filter(({ args }) => args.count >= count);
    },

    /** Attestations of `count` or later ones, in order, until each of `paths` has one. */
    async attestationsOf(count: bigint, fromBlock: bigint, paths: readonly LanePath[]) {
      const logs = await readRanges({
        from: fromBlock,
        to: await dstClient.getBlockNumber(),
        read: (from, toBlock) =>
          dstClient.getContractEvents({
            ...dstView,
            eventName: "Attested",
            args: { srcEid: src.eid },
            fromBlock: from,
            toBlock,
            strict: true,
          }),
        isEnough: (found) =>
          paths.every(({ index }) => found.some(({ args }) => args.count >= count && args.path === index)),
      });
      return logs.filter(({ args }) => args.count >= count);
    },

    /** An executed window ends where a sealed one does, since its head holds the count. */
    async executionOf(count: bigint, fromBlock: bigint) {
      const logs = await readRanges({
        from: fromBlock,
        to: await dstClient.getBlockNumber(),
        read: (from, toBlock) =>
          dstClient.getContractEvents({
            ...dstView,
            eventName: "WindowExecuted",
            args: { srcEid: src.eid, count },
            fromBlock: from,
            toBlock,
            strict: true,
          }),
        isEnough: (found) => found.length > 0,
      });
      return logs[0];
    },

    /** The highest count that was dispatched; undefined before the first. */
    async newestDispatch(): Promise<bigint | undefined> {
      const logs = await readRanges({
        from: srcStart,
        to: await srcClient.getBlockNumber(),
        newestFirst: true,
        read: (fromBlock, toBlock) =>
          srcClient.getContractEvents({
            ...srcView,
            eventName: "Dispatched",
            args: { dstEid: dst.eid },
            fromBlock,
            toBlock,
            strict: true,
          }),
        isEnough: (found) => found.length > 0,
      });
      return logs.length === 0 ? undefined : maxOf(logs.map(({ args }) => args.count));
    },

    /** The highest count that a path attested; 0 before its first. */
    async newestAttestation(path: number): Promise<bigint> {
      const logs = await readRanges({
        from: dstStart,
        to: await dstClient.getBlockNumber(),
        newestFirst: true,
        read: (fromBlock, toBlock) =>
          dstClient.getContractEvents({
            ...dstView,
            eventName: "Attested",
            args: { srcEid: src.eid, path },
            fromBlock,
            toBlock,
            strict: true,
          }),
        isEnough: (found) => found.length > 0,
      });
      return maxOf(logs.map(({ args }) => args.count));
    },
  };
}

function maxOf(counts: readonly bigint[]): bigint {
  let most = 0n;
  for (const count of counts) if (count > most) most = count;
  return most;
}
