/**
 * Our DVN's verifier. It follows every gateway's dispatches, keeps the evidence for each at once, and has a job verify
 * it when its block is final. What is pending is known from the chains alone; the queue only paces the work.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { createUncheckedChain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import { type Cursor, createRedisCursorStore } from "@weighlock/core/cursor.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { FatalError, RetryableError } from "@weighlock/core/errors.ts";
import { type FollowerEvent, followChain } from "@weighlock/core/follower.ts";
import { createSender } from "@weighlock/core/sender.ts";
import { Redis } from "ioredis";
import { parseEventLogs, toEventSelector } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { type CursorKeeper, createCursorKeeper } from "../cursorKeeper.ts";
import type { Job } from "../jobs.ts";
import { createLanes, findLane, type Lane } from "../lane/lanes.ts";
import { lazyInboundNonce, undeliveredNonces } from "../layerzero/delivery.ts";
import { findSentPackets } from "../layerzero/sentPackets.ts";
import { createJobQueue } from "../queue.ts";
import { watchBalances } from "../senderBalance.ts";
import type { VerifierSetup } from "./config.ts";
import { createEvidenceStore } from "./evidenceStore.ts";
import { checkDvn, findDvn } from "./ourDvn.ts";
import { createPacketVerifier, type PacketVerifier } from "./packetVerifier.ts";
import { createPendingPackets, type PendingPacket } from "./pendingPackets.ts";
import { createSources } from "./sources.ts";

export type Verifier = {
  /** Reasons for not being ready; none means ready. */
  notReady(): string[];
  /** Settles when it stops: on shutdown, or by rejecting with a FatalError. */
  run(): Promise<void>;
};

const DISPATCHED = toEventSelector("Dispatched(uint32,uint64,bytes32,uint64,bytes32,uint8)");
const RESTART_PAUSE_MS = 60_000;

export async function createVerifier({ common, setup }: { common: Common; setup: VerifierSetup }): Promise<Verifier> {
  const { settings, deployment, dataDir } = setup;
  const { logger, metrics, shutdown } = common;
  const { redisUrl, pollMs, maxRange } = settings;
  const { signal } = shutdown;
  const signer = privateKeyToAccount(setup.signerKey);
  const lanes = createLanes({ deployment, paths: settings.paths });
  const store = await createEvidenceStore({ directory: dataDir });
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  redis.on("error", (err: Error) => logger.warn({ err }, "Redis does not answer"));
  shutdown.onStop("redis", () => redis.disconnect());
  const cursors = createRedisCursorStore({ redis });

  const ends = deployment.chains.map((each) => {
    const { name, chainId } = each;
    const chain = createUncheckedChain({ name, chainId, rpcUrls: settings.sources[name] ?? [], pollMs });
    return {
      deployment: each,
      chain,
      sources: createSources({ common, chain }),
      sender: createSender({ common, chain, privateKey: setup.gasKey }),
      dvn: findDvn(each, settings.dvn),
    };
  });
  const endOf = ({ eid }: ChainDeployment) => {
    const end = ends.find((each) => each.deployment.eid === eid);
    if (end === undefined) throw new RangeError(`no chain with eid ${eid}`);
    return end;
  };
  const verifiers = new Map<Lane, PacketVerifier>(
    lanes.map((lane) => {
      const { sources } = endOf(lane.src);
      const { sources: destination, sender, dvn } = endOf(lane.dst);
      const expirySeconds = BigInt(settings.expirySeconds);
      const on = { common, lane, sources, destination, sender, dvn, signer, store, expirySeconds };
      return [lane, createPacketVerifier(on)];
    }),
  );

  const pending = createPendingPackets();
  const pendingPackets = metrics.gauge({
    name: "pending_packets",
    help: "Packets that our DVN has not verified in the destination's final state.",
    labels: ["chain"],
  });
  const cursorBlock = metrics.gauge({
    name: "cursor_block",
    help: "The last block handled, and the one a restart would begin after.",
    labels: ["chain", "cursor"],
  });
  const queue = createJobQueue({ common, redisUrl, name: "verify", handle: verify });
  const finalized = new Map<number, bigint>();
  /** The last block of each source that was handled. */
  const tips = new Map<number, bigint>();
  const restarts = new Map<number, AbortController>();
  /** When a source may be read again from its start, in milliseconds. */
  const mayRestartAt = new Map<number, number>();
  const trouble = new Map(deployment.chains.map(({ eid }) => [eid, "has not been read yet"]));

  /** Destinations whose DVN is known to fit the configuration. */
  const checked = new Set<number>();
  /** Packets that a job is at. */
  const underWay = new Set<string>();

  async function verify(job: Job<"verify">): Promise<void> {
    const lane = findLane(lanes, job);
    if (lane === undefined) {
      logger.warn({ job }, "dropped a job for a lane that the deployment does not have");
      return;
    }
    if (!checked.has(lane.dst.eid)) {
      throw new RetryableError("The destination's DVN has not been checked yet.", { details: { lane: lane.name } });
    }
    // Redis may hold the same coordinates under many ids; each would pay for a transaction.
    const key = `${lane.name} ${job.nonce}`;
    if (underWay.has(key)) {
      logger.debug({ job }, "dropped a job for a packet that another job is at");
      return;
    }
    underWay.add(key);
    try {
      await verifiers.get(lane)?.verify(job);
    } finally {
      underWay.delete(key);
    }
  }

  async function handle(source: ChainDeployment, event: FollowerEvent): Promise<void> {
    if (event.type === "reorg") pending.rollback(source.eid, event.commonAncestor.number);
    if (event.type === "finalized") finalized.set(source.eid, event.block.number);
    if (event.type !== "logs") return;
    const delivered = new Map<Lane, bigint>();
    const seen = new Set<string>();
    for (const log of parseEventLogs({ abi: gatewayAbi, eventName: "Dispatched", logs: event.logs })) {
      const lane = findLane(lanes, { srcEid: source.eid, dstEid: log.args.dstEid });
      const blockOfLane = `${lane?.name} ${log.blockHash}`;
      if (lane === undefined || seen.has(blockOfLane)) continue;
      seen.add(blockOfLane);
      // Long since delivered, as when a lost cursor has everything read again.
      const before =
        delivered.get(lane) ??
        (await lazyInboundNonce({ client: endOf(lane.dst).chain.client, lane, blockTag: "finalized" }).catch(
          (err: unknown) => {
            // A destination that does not answer must not stop the others; what is done is seen once it answers.
            logger.warn({ err, lane: lane.name }, "can't tell what is delivered; taking every packet as pending");
            return 0n;
          },
        ));
      delivered.set(lane, before);
      const { client } = endOf(source).chain;
      for (const packet of await findSentPackets({ client, lane, blockHash: log.blockHash })) {
        if (packet.nonce <= before) continue;
        pending.add({ lane, packet, block: log.blockNumber });
        await verifiers.get(lane)?.collect({ packet, blockHash: log.blockHash });
      }
    }
  }

  /** Adds a job for what is final here and not verified there; forgets what is verified for good. */
  async function advance(lane: Lane): Promise<void> {
    const { eid, name } = lane.src;
    for (const each of pending.of(eid)) {
      if (each.lane !== lane || each.block > (finalized.get(eid) ?? -1n)) continue;
      await advancePacket(each).catch((err: unknown) => {
        const { nonce } = each.packet;
        if (!signal.aborted) logger.warn({ err, lane: lane.name, nonce }, "could not look at a packet that waits");
      });
      if (signal.aborted) return;
    }
    pendingPackets.set({ chain: name }, pending.of(eid).length);
  }

  async function advancePacket(each: PendingPacket): Promise<void> {
    const { lane, packet, block: blockNumber } = each;
    const verifier = verifiers.get(lane);
    if (verifier === undefined) return;
    if (!(await verifier.isDone({ packet, blockTag: "latest" }))) {
      await queue.add({ srcEid: lane.src.eid, dstEid: lane.dst.eid, nonce: packet.nonce, blockNumber });
    } else if (await verifier.isDone({ packet, blockTag: "finalized" })) {
      pending.delete(each);
      await verifier.forget(packet);
    }
  }

  /** Lanes that are being advanced; true when one is to be advanced once more. */
  const advancing = new Map<Lane, boolean>();

  /** Advances each lane in its own time, so that a destination that hangs holds up nothing else. */
  function advanceAll({ eid }: ChainDeployment): void {
    for (const lane of lanes) {
      if (lane.src.eid !== eid) continue;
      const isRunning = advancing.has(lane);
      advancing.set(lane, isRunning);
      if (!isRunning) void advanceWhileAsked(lane);
    }
  }

  async function advanceWhileAsked(lane: Lane): Promise<void> {
    do {
      advancing.set(lane, false);
      await advance(lane);
    } while (advancing.get(lane) === true && !signal.aborted);
    advancing.delete(lane);
  }

  /** Follows until it stops, or until a gap has it begin again at the deployment's block. */
  async function follow(source: ChainDeployment): Promise<void> {
    const { eid, name } = source;
    const keeper = createCursorKeeper({ cursors, key: `verifier:${eid}`, oldest: () => pending.oldestBlock(eid) });
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      if (!isFirst) {
        logger.warn({ chain: name }, "a packet is not known; reading the chain again from the deployment's block");
        pending.clear(eid);
        keeper.clear();
      }
      await followFrom({ source, keeper, cursor: isFirst ? await keeper.load() : undefined });
    }
  }

  async function followFrom({
    source,
    keeper,
    cursor,
  }: {
    source: ChainDeployment;
    keeper: CursorKeeper;
    cursor: Cursor | undefined;
  }): Promise<void> {
    const { eid, name } = source;
    if (cursor?.finalized) finalized.set(eid, cursor.finalized.number);
    const restart = new AbortController();
    restarts.set(eid, restart);
    const events = followChain({
      client: endOf(source).chain.client,
      filter: { addresses: [source.gateway], topics: [DISPATCHED] },
      cursor,
      fromBlock: BigInt(source.deployBlock),
      maxRange,
      pollMs,
      signal: AbortSignal.any([signal, restart.signal]),
      logger,
      onAttempt: (error) => (error === undefined ? trouble.delete(eid) : trouble.set(eid, "does not answer")),
    });
    for await (const event of events) {
      trouble.delete(eid);
      await untilDone("read a dispatch", () => handle(source, event));
      advanceAll(source);
      if (event.type === "reorg") keeper.rollback(event.commonAncestor.number);
      tips.set(eid, event.cursor.block.number);
      const kept = await keeper.passed(event.cursor);
      cursorBlock.set({ chain: name, cursor: "handled" }, Number(event.cursor.block.number));
      if (kept !== undefined) cursorBlock.set({ chain: name, cursor: "kept" }, Number(kept.block.number));
    }
  }

  /** A cursor comes from Redis, so it is not believed: what the endpoints say is under way must be known. */
  async function findGaps(): Promise<void> {
    for (const lane of lanes) {
      const sentBy = tips.get(lane.src.eid);
      if (sentBy === undefined) continue;
      const clients = { src: endOf(lane.src).chain.client, dst: endOf(lane.dst).chain.client };
      const undelivered = await undeliveredNonces({ ...clients, lane, sentBy }).catch((err: unknown) => {
        logger.warn({ err, lane: lane.name }, "can't look for packets that are not known");
        return [];
      });
      if (undelivered.every((nonce) => pending.isKnown(lane, nonce))) continue;
      // A node that lies about nonces must not keep the chain from ever being read to its end.
      if (Date.now() < (mayRestartAt.get(lane.src.eid) ?? 0)) continue;
      mayRestartAt.set(lane.src.eid, Date.now() + RESTART_PAUSE_MS);
      tips.delete(lane.src.eid);
      restarts.get(lane.src.eid)?.abort();
    }
  }

  /** An event that was passed over would lose its packets until the next start. */
  async function untilDone(what: string, task: () => Promise<void>): Promise<void> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        return await task();
      } catch (error) {
        if (error instanceof FatalError) throw error;
        if (!signal.aborted) logger.warn({ err: error, failures }, `could not ${what}; trying again`);
        await sleep(Math.min(pollMs * 2 ** failures, 10_000), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async function sweep(): Promise<void> {
    while (!signal.aborted) {
      await sleep(settings.sweepSeconds * 1_000, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await findGaps();
      await queue.depths().catch((err: unknown) => logger.warn({ err }, "can't read the queue"));
    }
  }

  return {
    notReady: () => [
      ...[...trouble].map(([eid, reason]) => `${deployment.chains.find((each) => each.eid === eid)?.name} ${reason}`),
      ...ends
        .filter(({ deployment: { eid } }) => !checked.has(eid))
        .map(({ chain }) => `${chain.name}'s DVN has not been checked`),
      ...(redis.status === "ready" ? [] : ["no Redis"]),
    ],
    async run() {
      await Promise.all([
        ...ends.map(({ chain, dvn, deployment: { eid } }) =>
          untilDone("check our DVN", async () => {
            await checkDvn({ chain, dvn, signer });
            checked.add(eid);
          }),
        ),
        ...deployment.chains.map(follow),
        sweep(),
        watchBalances({ common, ends, everyMs: settings.sweepSeconds * 1_000 }),
      ]);
    },
  };
}
