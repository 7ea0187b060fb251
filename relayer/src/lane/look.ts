/**
 * Looks at one lane on both its chains and adds the jobs that are due. Jobs that are lost, repeated or wrong cost
 * nothing: the next look adds what is missing, and each job reads the chains again before it acts.
 */

import type { Common } from "@weighlock/core/common.ts";
import { type DispatchPolicy, decideDispatch } from "../dispatchPolicy.ts";
import type { Job } from "../jobs.ts";
import { readDelivery, undeliveredNonces } from "../layerzero/delivery.ts";
import { choosePair, hasPath, highestAttested, readAttestation } from "./attested.ts";
import type { LaneChains } from "./chains.ts";
import type { Lane } from "./lanes.ts";
import { createPacketLookup } from "./packets.ts";
import type { DispatchRecord, LaneRecord } from "./record.ts";
import type { SituationReader } from "./situation.ts";
import { readCounters, readPathCounters } from "./state.ts";

export type LaneQueues = {
  dispatch: (job: Job<"dispatch">) => Promise<void>;
  commit: (job: Job<"commit">) => Promise<void>;
  execute: (job: Job<"execute">) => Promise<void>;
};

export type LaneLook = {
  /** Looks now, or once more when it is looking. */
  poke(): void;
  /** Looks when something on the lane is not done. */
  pokeIfBusy(): void;
  /** Settles when the look under way has ended. */
  idle(): Promise<void>;
};

export function createLaneLook({
  common,
  lane,
  record,
  chains,
  readSituation,
  queues,
  policy,
}: {
  common: Common;
  lane: Lane;
  record: LaneRecord;
  chains: LaneChains;
  readSituation: SituationReader;
  queues: LaneQueues;
  policy: DispatchPolicy;
}): LaneLook {
  const { src, dst } = chains;
  const { signal } = common.shutdown;
  const logger = common.logger.child({ lane: lane.name });
  const coordinates = { srcEid: lane.src.eid, dstEid: lane.dst.eid };
  const backlog = common.metrics.gauge({
    name: "lane_backlog",
    help: "Entries posted and not executed.",
    labels: ["lane"],
  });
  const packets = createPacketLookup({ client: src.chain.client, lane });
  let isBusy = true;
  let missing: { gap: string; seenAt: bigint } | undefined;
  let current: Promise<void> | undefined;
  let isAsked = false;

  async function look(): Promise<void> {
    const [situation, inbox] = await Promise.all([
      readSituation(),
      readCounters({ client: dst.chain.client, gateway: lane.dst.gateway, eid: lane.src.eid }),
    ]);
    backlog.set({ lane: lane.name }, Number(situation.posted - inbox.executed));
    await checkRecord({ executed: inbox.executed, sealed: situation.sealed });

    if (decideDispatch(situation, policy) !== undefined) {
      await queues.dispatch({ ...coordinates, count: situation.posted, ackCount: situation.executed });
    }
    await lookAtDispatches(inbox.enabled);
    const pair = choosePair(highestAttested(record.attestations(), inbox), inbox.networks);
    if (pair && inbox.halt === 0) await queues.execute({ ...coordinates, count: pair[1].count, ackCount: 0n });
    await prune();

    isBusy =
      situation.posted > inbox.executed ||
      situation.posted > situation.sentCount ||
      situation.executed > situation.sentAckCount ||
      record.dispatches().length > 0;
  }

  /** Packets to commit, and the newest final commitment to bring to the watchers' path. */
  async function lookAtDispatches(enabled: number): Promise<void> {
    const dispatches = record.dispatches();
    packets.retain(new Set(dispatches.map(({ blockHash }) => blockHash)));
    const finalBlock = src.feed.finalized()?.number ?? -1n;
    const newest = dispatches.findLast(({ block }) => block <= finalBlock);
    for (const dispatch of dispatches) {
      // A disabled path takes nothing any more.
      const isCarried = !hasPath(enabled, lane.layerZero.dst.index) || (await lookAtPackets(dispatch));
      const isWatched =
        dispatch !== newest || !hasPath(enabled, lane.watchers.index) || (await isBroughtToWatchers(dispatch));
      if (!isWatched) {
        await queues.execute({ ...coordinates, count: dispatch.count, ackCount: dispatch.ackCount });
      }
      if (isCarried && isWatched && dispatch.block <= finalBlock) record.settled(dispatch);
    }
  }

  /** True when all that the block sent is delivered for good. */
  async function lookAtPackets({ blockHash, block }: DispatchRecord): Promise<boolean> {
    let isDelivered = true;
    for (const packet of await packets.sentIn(blockHash)) {
      const at = { client: dst.chain.client, lane, packet };
      const delivery = await readDelivery(at);
      if (delivery === "verifiable" || delivery === "verified") {
        await queues.commit({ ...coordinates, nonce: packet.nonce, blockNumber: block });
      }
      isDelivered &&=
        delivery === "delivered" && (await readDelivery({ ...at, blockTag: "finalized" })) === "delivered";
    }
    return isDelivered;
  }

  async function isBroughtToWatchers({ count, ackCount }: DispatchRecord): Promise<boolean> {
    const { client } = dst.chain;
    const path = lane.watchers.index;
    const [attestation, acknowledged] = await Promise.all([
      readAttestation({ client, lane, path, count }),
      readPathCounters({ client, gateway: lane.dst.gateway, eid: lane.src.eid, path }),
    ]);
    return attestation !== undefined && acknowledged.ackCount >= ackCount;
  }

  async function prune(): Promise<void> {
    const { executed } = await readCounters({
      client: dst.chain.client,
      gateway: lane.dst.gateway,
      eid: lane.src.eid,
      blockTag: "finalized",
    });
    record.prune(executed);
  }

  /** A wrong cursor costs entries or packets; what the chains say is due and is not known has the source read again. */
  async function checkRecord({ executed, sealed }: { executed: bigint; sealed: bigint }): Promise<void> {
    const tip = src.feed.tip();
    if (tip === undefined) return;
    const gap =
      sealed > executed && record.entry(executed) === undefined ? `entry ${executed}` : await packetGap(tip.number);
    if (gap === undefined || missing?.gap !== gap) {
      missing = gap === undefined ? undefined : { gap, seenAt: tip.number };
      return;
    }
    // The counters may be a little newer than the last block that was followed.
    if (tip.number < missing.seenAt + 2n) return;
    missing = undefined;
    logger.warn({ gap }, "something that is due is not known");
    src.feed.rescan();
  }

  async function packetGap(sentBy: bigint): Promise<string | undefined> {
    const clients = { src: src.chain.client, dst: dst.chain.client };
    const undelivered = await undeliveredNonces({ ...clients, lane, sentBy });
    if (undelivered.length === 0) return undefined;
    const known = await Promise.all(record.dispatches().map(({ blockHash }) => packets.sentIn(blockHash)));
    const nonces = new Set(known.flat().map(({ nonce }) => nonce));
    const gap = undelivered.find((nonce) => !nonces.has(nonce));
    return gap === undefined ? undefined : `packet ${gap}`;
  }

  async function run(): Promise<void> {
    while (isAsked && !signal.aborted) {
      isAsked = false;
      try {
        await look();
      } catch (error) {
        if (!signal.aborted) logger.warn({ err: error }, "could not look at the lane; the next block tries again");
      }
    }
    current = undefined;
  }

  function poke(): void {
    isAsked = true;
    current ??= run();
  }

  return {
    poke,
    pokeIfBusy: () => {
      if (isBusy) poke();
    },
    idle: async () => current,
  };
}
