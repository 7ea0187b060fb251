/** One lane read from its two gateways. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { LaneDeployment } from "@weighlock/core/deployment.ts";
import type { Address, ContractEventArgs, ContractEventName, Hash, Hex, PublicClient } from "viem";
import { type EventLog, readEvents } from "./events.ts";
import { laneName } from "./input.ts";
import type { Network } from "./network.ts";
import { haltReason } from "./reasons.ts";

/** Where something was written, and when. */
export type Place = { transactionHash: Hash; block: bigint; at: Date };

/** Without what else is known of it. */
export const placeOf = ({ transactionHash, block, at }: Place): Place => ({ transactionHash, block, at });

export type LanePath = { name: string; index: number; isNetwork: boolean };

export type LaneReader = Awaited<ReturnType<typeof createLaneReader>>;

/** `types/Direction.sol`. */
const IN = 0;
const OUT = 1;

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
  const placeIn = async (client: Client, { transactionHash, blockNumber }: Logged): Promise<Place> => ({
    transactionHash,
    block: blockNumber,
    at: await timeOf(client, blockNumber),
  });
  const srcView = { address: src.gateway, abi: gatewayAbi } as const;
  const dstView = { address: dst.gateway, abi: gatewayAbi } as const;
  const srcStart = BigInt(src.deployBlock);
  const dstStart = BigInt(dst.deployBlock);

  type GatewayEvent = ContractEventName<typeof gatewayAbi>;
  type Search<Name extends GatewayEvent> = {
    args?: Omit<ContractEventArgs<typeof gatewayAbi, Name>, "dstEid" | "srcEid">;
    from?: bigint;
    to?: bigint | undefined;
    newestFirst?: boolean;
    isEnough?: (logs: readonly EventLog<typeof gatewayAbi, Name>[]) => boolean;
  };
  /** Of this lane, at its source. */
  const srcEvents = <Name extends GatewayEvent>(eventName: Name, { args, from = srcStart, ...search }: Search<Name>) =>
    readEvents({
      ...{ ...srcView, client: srcClient, eventName, from },
      ...search,
      args: { ...args, dstEid: dst.eid } as ContractEventArgs<typeof gatewayAbi, Name>,
    });
  /** Of this lane, at its destination. */
  const dstEvents = <Name extends GatewayEvent>(eventName: Name, { args, from = dstStart, ...search }: Search<Name>) =>
    readEvents({
      ...{ ...dstView, client: dstClient, eventName, from },
      ...search,
      args: { ...args, srcEid: src.eid } as ContractEventArgs<typeof gatewayAbi, Name>,
    });

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
    srcPlace: (log: Logged) => placeIn(srcClient, log),
    dstPlace: (log: Logged) => placeIn(dstClient, log),
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
      return haltReason(halt);
    },

    /** Until when the destination executes nothing of this lane, by its own clock; undefined when it does. */
    executionPausedUntil: () => pausedUntil(dstClient, { gateway: dst.gateway, peer: src.eid, direction: IN }),
    /** Until when the source posts nothing to this lane. */
    postingPausedUntil: () => pausedUntil(srcClient, { gateway: src.gateway, peer: dst.eid, direction: OUT }),

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
      const logs = await srcEvents("EntryPosted", { args: { index }, newestFirst: true, isEnough: isAny });
      return logs[0];
    },

    /** Entries with an index of at least `first`, in order. */
    async postedFrom(first: bigint, to?: bigint) {
      const logs = await srcEvents("EntryPosted", {
        to,
        newestFirst: true,
        isEnough: (found) => (found[0]?.args.index ?? first + 1n) <= first,
      });
      return logs.filter(({ args }) => args.index >= first);
    },

    /** Those of `indices` that are posted, in order. */
    postedOf: (indices: readonly bigint[]) =>
      indices.length === 0
        ? Promise.resolve([])
        : srcEvents("EntryPosted", {
            args: { index: [...indices] },
            newestFirst: true,
            isEnough: (found) => found.length === indices.length,
          }),

    /** The seal of the window that holds an entry which was posted in block `from`. */
    async sealOf(index: bigint, from: bigint) {
      const logs = await srcEvents("WindowSealed", {
        from,
        isEnough: (found) => found.some(({ args }) => args.count > index),
      });
      return logs.find(({ args }) => args.count > index);
    },

    /** Dispatches of `count` or later ones, in order, until each of `paths` has one. */
    async dispatchesOf(count: bigint, from: bigint, paths: readonly LanePath[]) {
      const logs = await srcEvents("Dispatched", {
        from,
        isEnough: (found) =>
          paths.every(({ index }) => found.some(({ args }) => args.count >= count && (args.paths >> index) & 1)),
      });
      return logs.filter(({ args }) => args.count >= count);
    },

    /** Attestations of `count` or later ones, in order, until each of `paths` has one. */
    async attestationsOf(count: bigint, from: bigint, paths: readonly LanePath[]) {
      const logs = await dstEvents("Attested", {
        from,
        isEnough: (found) =>
          paths.every(({ index }) => found.some(({ args }) => args.count >= count && args.path === index)),
      });
      return logs.filter(({ args }) => args.count >= count);
    },

    /** Every seal, in order; `isEnough` is asked of those that were found, from the newest on. */
    seals: (isEnough: (counts: readonly bigint[]) => boolean) =>
      srcEvents("WindowSealed", {
        newestFirst: true,
        isEnough: (found) => isEnough(found.map(({ args }) => args.count)),
      }),

    /** The newest attestations, in order: at least `number` of them, if there are so many. */
    newestAttestations: (number: number) =>
      dstEvents("Attested", { newestFirst: true, isEnough: (found) => found.length >= number }),

    executedHead: (count: bigint): Promise<Hex> =>
      dstClient.readContract({ ...dstView, functionName: "executedHead", args: [src.eid, count] }),

    /** An executed window ends where a sealed one does, since its head holds the count. */
    async executionOf(count: bigint, from: bigint) {
      const logs = await dstEvents("WindowExecuted", { args: { count }, from, isEnough: isAny });
      return logs[0];
    },

    /** The last windows that were executed, in order: at least `number` of them, if there are so many. */
    newestExecutions: (number: number) =>
      dstEvents("WindowExecuted", { newestFirst: true, isEnough: (found) => found.length >= number }),

    /** The highest count that was dispatched; undefined before the first. */
    async newestDispatch(): Promise<bigint | undefined> {
      const logs = await srcEvents("Dispatched", { newestFirst: true, isEnough: isAny });
      return logs.length === 0 ? undefined : maxOf(logs.map(({ args }) => args.count));
    },

    /** The highest count that a path attested; 0 before its first. */
    async newestAttestation(path: number): Promise<bigint> {
      const logs = await dstEvents("Attested", { args: { path }, newestFirst: true, isEnough: isAny });
      return maxOf(logs.map(({ args }) => args.count));
    },
  };
}

const isAny = (found: readonly unknown[]) => found.length > 0;

export function maxOf(counts: readonly bigint[]): bigint {
  let most = 0n;
  for (const count of counts) if (count > most) most = count;
  return most;
}

/** Undefined where nothing is paused now, by the chain's own clock. */
async function pausedUntil(
  client: PublicClient,
  { gateway, peer, direction }: { gateway: Address; peer: number; direction: number },
): Promise<Date | undefined> {
  const view = { address: gateway, abi: gatewayAbi } as const;
  const [until, { timestamp }] = await Promise.all([
    client.readContract({ ...view, functionName: "pausedUntil", args: [peer, direction] }),
    client.getBlock(),
  ]);
  return until > timestamp ? new Date(Number(until) * 1000) : undefined;
}
