/**
 * Looks at one lane on both its chains and adds the jobs that are due. Jobs that are lost, repeated or wrong cost
 * nothing: the next look adds what is missing, and each job reads the chains again before it acts.
 */

import type { Common } from "@weighlock/core/common.ts";
import { type DispatchPolicy, decideDispatch } from "../dispatchPolicy.ts";
import type { Job } from "../jobs.ts";
import { readDelivery, undeliveredNonces } from "../layerzero/delivery.ts";
import { createAdapterFollower } from "./adapters.ts";
import { choosePair, hasPath, highestAttested, readAttestation } from "./attested.ts";
import type { LaneChains } from "./chains.ts";
import type { Lane } from "./lanes.ts";
import { createPacketLookup } from "./packets.ts";
import type { DispatchRecord, LaneRecord } from "./record.ts";
import type { SituationReader } from "./situation.ts";
import { type Counters, readCounters, readPathCounters } from "./state.ts";

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
  const followAdapters = createAdapterFollower({ common, lane, chains });
  const packets = createPacketLookup({ client: src.chain.client, lane });
  let isBusy = true;
  let missing: { gap: string; seenAt: bigint } | undefined;
  let current: Promise<void> | undefined;
  let isAsked = false;

  async function look(): Promise<void> {
    await followAdapters();
    const destination = { client: dst.chain.client, gateway: lane.dst.gateway, eid: lane.src.eid };
    const [situation, inbox, final] = await Promise.all([
      readSituation(),
      readCounters(destination),
      readCounters({ ...destination, blockTag: "finalized" }),
    ]);
    backlog.set({ lane: lane.name }, Number(situation.posted - inbox.executed));
    // What is known is worth acting on, whether or not it is all.
    await checkRecord(inbox).catch((err: unknown) => {
      if (!signal.aborted) logger.warn({ err }, "can't tell whether something that is due is not known");
    });

    if (decideDispatch(situation, policy) !== undefined) {
      await queues.dispatch({ ...coordinates, count: situation.posted, ackCount: situation.executed });
    }
    await lookAtDispatches({ enabled: inbox.enabled, executed: final.executed });
    const pair = choosePair(highestAttested(record.attestations(), inbox), inbox.networks);
    if (pair && inbox.halt === 0) await queues.execute({ ...coordinates, count: pair[1].count, ackCount: 0n });
    prune({ executed: final.executed, sealed: situation.sealed });

    isBusy =
      situation.posted > inbox.executed ||
      situation.posted > situation.sentCount ||
      situation.executed > situation.sentAckCount ||
      record.dispatches().length > 0;
  }

  /** Packets to commit, and the newest final commitment to bring to the watchers' path. */
  async function lookAtDispatches({ enabled, executed }: { enabled: number; executed: bigint }): Promise<void> {
    const dispatches = record.dispatches();
    packets.retain(new Set(dispatches.map(({ blockHash }) => blockHash)));
    const finalBlock = src.feed.finalized()?.number ?? -1n;
    const newest = dispatches.findLast(({ block }) => block <= finalBlock);
    for (const dispatch of dispatches) {
      // A disabled path takes nothing any more.
      const isCarried = !hasPath(enabled, lane.layerZero.dst.index) || (await lookAtPackets(dispatch));
      const isWatched =
        dispatch !== newest ||
        !hasPath(enabled, lane.watchers.index) ||
        (await isBroughtToWatchers(dispatch, executed));
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

  /** What is `executed` for good needs no attestation any more, only its acknowledgement. */
  async function isBroughtToWatchers({ count, ackCount }: DispatchRecord, executed: bigint): Promise<boolean> {
    const { client } = dst.chain;
    const path = lane.watchers.index;
    const [attestation, acknowledged] = await Promise.all([
      readAttestation({ client, lane, path, count }),
      readPathCounters({ client, gateway: lane.dst.gateway, eid: lane.src.eid, path }),
    ]);
    return (attestation !== undefined || count <= executed) && acknowledged.ackCount >= ackCount;
  }

  /** What the destination has executed for good, and what the source has sealed. */
  function prune({ executed, sealed }: { executed: bigint; sealed: bigint }): void {
    // Never true of honest nodes, but for the moment between the two reads.
    if (executed > sealed) logger.warn({ executed, sealed }, "executed more than was sealed; nothing is forgotten");
    else record.prune(executed);
  }

  /** A wrong cursor costs entries or packets; what the chains say is due and is not known has the source read again. */
  async function checkRecord({ enabled, executed }: Counters): Promise<void> {
    const tip = src.feed.tip();
    // What has not been read yet is no gap.
    if (tip === undefined || !src.feed.isCaughtUp()) return;
    // What a disabled path carries is void: it is nobody's gap.
    const isCarried = hasPath(enabled, lane.layerZero.dst.index);
    const gap = (await entryGap(tip.number, executed)) ?? (isCarried ? await packetGap(tip.number) : undefined);
    if (gap === undefined || missing?.gap !== gap) {
      missing = gap === undefined ? undefined : { gap, seenAt: tip.number };
      return;
    }
    // The counters may be a little newer than the last block that was followed.
    if (tip.number < missing.seenAt + 2n) return;
    missing = undefined;
    if (src.feed.rescan()) logger.warn({ gap }, "something that is due is not known");
  }

  /** `at` is the last block that was followed; a node that has dropped its state is asked for the newest. */
  async function entryGap(at: bigint, executed: bigint): Promise<string | undefined> {
    const source = { client: src.chain.client, gateway: lane.src.gateway, eid: lane.dst.eid };
    const { sealed } = await readCounters({ ...source, blockNumber: at }).catch(() => readCounters(source));
    return sealed > executed && record.entry(executed) === undefined ? `entry ${executed}` : undefined;
  }

  async function packetGap(at: bigint): Promise<string | undefined> {
    const clients = { src: src.chain.client, dst: dst.chain.client };
    const undelivered = await undeliveredNonces({ ...clients, lane, sentBy: at }).catch(() =>
      undeliveredNonces({ ...clients, lane, sentBy: "latest" }),
    );
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
