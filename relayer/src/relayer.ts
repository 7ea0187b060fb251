/** Dispatcher and executor: moves every lane of a deployment with a key that only pays for gas. */

import { setTimeout as sleep } from "node:timers/promises";
import { type Chain, createUncheckedChain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import { createRedisCursorStore } from "@weighlock/core/cursor.ts";
import { createSender } from "@weighlock/core/sender.ts";
import { Redis } from "ioredis";
import { type ChainFeed, createChainFeed } from "./chainFeed.ts";
import { createCommitter } from "./committer.ts";
import type { RelayerSetup } from "./config.ts";
import { createDispatcher } from "./dispatcher.ts";
import { createExecutor } from "./executor.ts";
import { createFinisher, type Voucher } from "./finisher/finisher.ts";
import type { LaneChains, LaneEnd } from "./lane/chains.ts";
import { createLanes } from "./lane/lanes.ts";
import { createLaneLook, type LaneLook, type LaneQueues } from "./lane/look.ts";
import { createLaneRecord } from "./lane/record.ts";
import { createSituationReader } from "./lane/situation.ts";
import { createLaneVoucher } from "./lane/voucher.ts";
import { createMutex } from "./mutex.ts";
import { createJobQueue } from "./queue.ts";
import { watchBalances } from "./senderBalance.ts";

export type Relayer = {
  /** Reasons for not being ready; none means ready. */
  notReady(): string[];
  /** Settles when it stops: on shutdown, or by rejecting with a FatalError. */
  run(): Promise<void>;
};

export function createRelayer({ common, setup }: { common: Common; setup: RelayerSetup }): Relayer {
  const { settings, deployment, gasKey } = setup;
  const { logger, shutdown } = common;
  const { redisUrl, pollMs, maxRange, watcherUrls } = settings;
  const { signal } = shutdown;
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  redis.on("error", (err: Error) => logger.warn({ err }, "Redis does not answer"));
  shutdown.onStop("redis", () => redis.disconnect());
  const cursors = createRedisCursorStore({ redis });

  const records = createLanes({ deployment, paths: settings.paths }).map((lane) => ({
    lane,
    record: createLaneRecord(),
  }));
  const looks = new Map<number, LaneLook[]>();
  const ends = new Map<number, LaneEnd & { feed: ChainFeed }>();
  for (const each of deployment.chains) {
    const { name, chainId, eid } = each;
    const chain: Chain = createUncheckedChain({ name, chainId, rpcUrls: settings.sources[name] ?? [], pollMs });
    const feed = createChainFeed({
      common,
      chain,
      deployment: each,
      lanes: records.filter(({ lane }) => lane.src.eid === eid || lane.dst.eid === eid),
      cursors,
      pollMs,
      maxRange,
      onChange: ({ touched }) => {
        for (const look of looks.get(eid) ?? []) look.pokeIfBusy();
        for (const { lane, look } of watched) if (touched.has(lane)) look.poke();
      },
    });
    ends.set(eid, { chain, feed, sender: createSender({ common, chain, privateKey: gasKey }) });
  }
  const feeds = [...ends.values()].map(({ feed }) => feed);
  const endOf = (eid: number) => {
    const end = ends.get(eid);
    if (end === undefined) throw new RangeError(`no chain with eid ${eid}`);
    return end;
  };

  const lanes = records.map(({ lane, record }) => {
    const chains: LaneChains = { src: endOf(lane.src.eid), dst: endOf(lane.dst.eid) };
    const readSituation = createSituationReader({ lane, record, chains });
    const base = { common, lane, record, chains, readSituation };
    const exclusive = { dispatch: createMutex(), commit: createMutex(), execute: createMutex() };
    const dispatch = createDispatcher({ ...base, policy: settings.dispatch, useTipJars: settings.useTipJars });
    const commit = createCommitter(base);
    const execute = createExecutor({ ...base, watcherUrls, limits: settings.execute });
    return {
      ...base,
      vouch: createLaneVoucher(base),
      dispatch: (job: Parameters<typeof dispatch>[0]) => exclusive.dispatch(() => dispatch(job)),
      commit: (job: Parameters<typeof commit>[0]) => exclusive.commit(() => commit(job)),
      execute: (job: Parameters<typeof execute>[0]) => exclusive.execute(() => execute(job)),
    };
  });

  const finishers = deployment.chains.map((each) => {
    const { chain, sender } = endOf(each.eid);
    const everyMs = settings.finishSeconds * 1_000;
    const vouch: Voucher = async (waiting) => {
      const found = lanes.find(({ lane }) => lane.src.eid === waiting.srcEid && lane.dst === each);
      return (await found?.vouch(waiting)) ?? false;
    };
    return createFinisher({ common, chain, sender, deployment: each, everyMs, pollMs, maxRange, vouch });
  });

  /** Hands a job to its lane; coordinates of a lane that does not exist are dropped. */
  function toLane<Job extends { srcEid: number; dstEid: number }>(
    handlerOf: (lane: (typeof lanes)[number]) => (job: Job) => Promise<void>,
  ) {
    return async (job: Job): Promise<void> => {
      const found = lanes.find(({ lane }) => lane.src.eid === job.srcEid && lane.dst.eid === job.dstEid);
      if (found === undefined) logger.warn({ job }, "dropped a job for a lane that the deployment does not have");
      else await handlerOf(found)(job);
    };
  }

  const jobs = {
    dispatch: createJobQueue({ common, redisUrl, name: "dispatch", handle: toLane((lane) => lane.dispatch) }),
    commit: createJobQueue({ common, redisUrl, name: "commit", handle: toLane((lane) => lane.commit) }),
    execute: createJobQueue({ common, redisUrl, name: "execute", handle: toLane((lane) => lane.execute) }),
  };
  const queues: LaneQueues = { dispatch: jobs.dispatch.add, commit: jobs.commit.add, execute: jobs.execute.add };

  const watched = lanes.map((each) => {
    const { lane } = each;
    const look = createLaneLook({ ...each, queues, policy: settings.dispatch });
    for (const { eid } of [lane.src, lane.dst]) looks.set(eid, [...(looks.get(eid) ?? []), look]);
    return { lane, look };
  });
  shutdown.onStop("looks", () => Promise.all(watched.map(({ look }) => look.idle())));

  async function sweep(): Promise<void> {
    while (!signal.aborted) {
      await sleep(settings.sweepSeconds * 1_000, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      for (const { look } of watched) look.poke();
      await Promise.all(Object.values(jobs).map((queue) => queue.depths())).catch((err: unknown) =>
        logger.warn({ err }, "can't read the queues' depths"),
      );
    }
  }

  return {
    notReady: () => [...feeds.flatMap((feed) => feed.notReady()), ...(redis.status === "ready" ? [] : ["no Redis"])],
    async run() {
      await Promise.all([
        ...feeds.map((feed) => feed.run()),
        ...finishers.map((finisher) => finisher.run()),
        sweep(),
        watchBalances({ common, ends: [...ends.values()], everyMs: settings.sweepSeconds * 1_000 }),
      ]);
    },
  };
}
