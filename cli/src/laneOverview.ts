/** One lane at one look: how far each step is, what stops it, and what pays for its dispatch. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { tipJarAbi } from "@weighlock/core/abi/tipJar.ts";
import type { LaneDeployment } from "@weighlock/core/deployment.ts";
import { createLaneReader, type LaneReader, maxOf } from "./laneReader.ts";
import { type AssetLimits, readLimits } from "./limits.ts";
import { secondsOf, untilOf } from "./lockWords.ts";
import type { Network } from "./network.ts";
import { haltReason } from "./reasons.ts";

export type LaneOverview = {
  lane: string;
  posted: bigint;
  sealed: bigint;
  /** Highest count sent over any path. */
  dispatched: bigint;
  attested: { path: string; count: bigint }[];
  executed: bigint;
  /** Posted and not executed. */
  backlog: bigint;
  /** The highest count that the destination has acknowledged to the source, over any path. */
  acknowledged: bigint;
  /** Whether the executed head is the source's head at that count. */
  headsEqual: boolean;
  /** Why the destination executes nothing, for good; empty when it does. */
  halt: string;
  /** Until when the destination executes nothing. */
  executionPausedUntil?: Date;
  /** Why the source posts nothing; empty when it does. */
  postingStopped: string;
  tipJar: TipJarOverview;
  /** Of each asset, where the lane ends. */
  limits: AssetLimits[];
};

export type TipJarOverview = {
  /** Wei. */
  held: bigint;
  /** What the message networks ask for one dispatch now, wei. */
  dispatchFee: bigint;
};

export async function readLane({ network, lane }: { network: Network; lane: LaneDeployment }): Promise<LaneOverview> {
  const reader = await createLaneReader({ network, lane });
  const { executed, head } = await reader.inbox();
  const [{ posted, sealed }, expected, paths, halt, dispatched, executionPausedUntil, postingStopped, limits] =
    await Promise.all([
      reader.outbox(),
      reader.sealedHead(executed),
      reader.paths(),
      reader.haltReason(),
      reader.newestDispatch(),
      reader.executionPausedUntil(),
      readPostingStopped(reader),
      readLimits({ network, lane }),
    ]);
  const [attested, acknowledged, tipJar] = await Promise.all([
    Promise.all(paths.map(async ({ name, index }) => ({ path: name, count: await reader.newestAttestation(index) }))),
    Promise.all(paths.map(({ index }) => readAcknowledged(reader, index))),
    readTipJar(reader, paths),
  ]);
  return {
    lane: reader.name,
    posted,
    sealed,
    dispatched: dispatched ?? 0n,
    attested,
    executed,
    backlog: posted - executed,
    acknowledged: maxOf(acknowledged),
    headsEqual: head === expected,
    halt,
    ...(executionPausedUntil && { executionPausedUntil }),
    postingStopped,
    tipJar,
    limits,
  };
}

async function readAcknowledged({ src, dst, srcClient }: LaneReader, path: number): Promise<bigint> {
  const view = { address: src.gateway, abi: gatewayAbi } as const;
  const [count] = await srcClient.readContract({ ...view, functionName: "acknowledged", args: [dst.eid, path] });
  return count;
}

async function readPostingStopped({ src, dst, srcClient, postingPausedUntil }: LaneReader): Promise<string> {
  const view = { address: src.gateway, abi: gatewayAbi } as const;
  const [isAccepting, halt, until] = await Promise.all([
    srcClient.readContract({ ...view, functionName: "accepts", args: [dst.eid] }),
    srcClient.readContract({ ...view, functionName: "haltOf", args: [dst.eid] }),
    postingPausedUntil(),
  ]);
  if (isAccepting) return "";
  if (until) return `paused ${untilOf(secondsOf(until))}`;
  return halt === 0 ? "the lane is not open" : `halted: ${haltReason(halt)}`;
}

async function readTipJar(
  { src, dst, srcClient }: LaneReader,
  paths: readonly { index: number; isNetwork: boolean }[],
): Promise<TipJarOverview> {
  const networks = paths.filter(({ isNetwork }) => isNetwork).reduce((mask, { index }) => mask | (1 << index), 0);
  const [[held], dispatchFee] = await Promise.all([
    srcClient.readContract({ address: src.tipJar, abi: tipJarAbi, functionName: "jarOf", args: [dst.eid] }),
    networks === 0
      ? 0n
      : srcClient.readContract({
          address: src.gateway,
          abi: gatewayAbi,
          functionName: "quoteDispatch",
          args: [dst.eid, networks],
        }),
  ]);
  return { held, dispatchFee };
}
