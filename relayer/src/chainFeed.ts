/**
 * Follows one chain's gateway for the records of its lanes. The cursor that is kept stays behind everything that the
 * records still hold, so that a restart reads again whatever is not executed; without a cursor it starts at the
 * deployment's block.
 */

import type { Chain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import type { BlockRef, Cursor, CursorStore } from "@weighlock/core/cursor.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { followChain } from "@weighlock/core/follower.ts";
import { createCursorKeeper } from "./cursorKeeper.ts";
import { GATEWAY_TOPICS, type LaneWithRecord, recordLogs } from "./lane/gatewayLogs.ts";
import type { Lane } from "./lane/lanes.ts";

/** `touched` has the lanes that something was logged about; every lane at this chain is concerned by time passing. */
export type FeedChange = { touched: ReadonlySet<Lane> };

export type ChainFeed = {
  /** The last block that the records hold. */
  tip(): BlockRef | undefined;
  finalized(): BlockRef | undefined;
  /** Reasons for not being ready. */
  notReady(): string[];
  /** Whether the records hold everything up to the head that the chain had when reading began. */
  isCaughtUp(): boolean;
  /**
   * Makes the records again from the deployment's block. False, and nothing happens, while they are being made, or
   * when that was done less than `rescanPauseMs` ago.
   */
  rescan(): boolean;
  /** Ends on shutdown; rejects with a FatalError. */
  run(): Promise<void>;
};

export function createChainFeed({
  common,
  chain,
  deployment,
  lanes,
  cursors,
  pollMs,
  maxRange,
  rescanPauseMs = 60_000,
  onChange,
}: {
  common: Common;
  chain: Chain;
  deployment: ChainDeployment;
  /** Those that start or end here. */
  lanes: readonly LaneWithRecord[];
  cursors: CursorStore;
  pollMs: number;
  maxRange: number;
  rescanPauseMs?: number;
  onChange: (change: FeedChange) => void;
}): ChainFeed {
  const logger = common.logger.child({ chain: chain.name });
  const { signal } = common.shutdown;
  const key = `relayer:${deployment.eid}`;
  const blocks = common.metrics.gauge({
    name: "cursor_block",
    help: "The last block handled, and the one a restart would begin after.",
    labels: ["chain", "cursor"],
  });
  let trouble: string | undefined = "has not been read yet";
  let position: Cursor | undefined;
  let restart = new AbortController();
  let isRescan = false;
  /** The head that the chain had when reading began. */
  let goal: bigint | undefined;
  let mayRescanAt = 0;

  const side = (lane: Lane) => (lane.src.eid === deployment.eid ? "src" : "dst");

  function oldestBlock(): bigint | undefined {
    let oldest: bigint | undefined;
    for (const { lane, record } of lanes) {
      const block = record.oldestBlock(side(lane));
      if (block !== undefined && (oldest === undefined || block < oldest)) oldest = block;
    }
    return oldest;
  }

  const isCaughtUp = () => goal !== undefined && position !== undefined && position.block.number >= goal;

  const keeper = createCursorKeeper({ cursors, key, oldest: oldestBlock });

  async function follow(): Promise<void> {
    const events = followChain({
      client: chain.client,
      filter: { addresses: [deployment.gateway], topics: [GATEWAY_TOPICS] },
      cursor: isRescan ? undefined : await keeper.load(),
      fromBlock: BigInt(deployment.deployBlock),
      maxRange,
      pollMs,
      signal: AbortSignal.any([signal, restart.signal]),
      logger,
      onAttempt: (error) => {
        trouble = error === undefined ? undefined : "does not answer";
      },
    });
    isRescan = false;
    for await (const event of events) {
      trouble = undefined;
      goal ??= await chain.client.getBlockNumber({ cacheTime: 0 }).catch(() => undefined);
      position = event.cursor;
      let touched: ReadonlySet<Lane> = new Set<Lane>();
      if (event.type === "logs") touched = recordLogs({ eid: deployment.eid, lanes, logs: event.logs });
      if (event.type === "reorg") {
        logger.warn({ commonAncestor: event.commonAncestor }, "reorganised; forgetting what came after");
        for (const { lane, record } of lanes) record.rollback(side(lane), event.commonAncestor.number);
        keeper.rollback(event.commonAncestor.number);
      }
      onChange({ touched });
      const kept = await keeper.passed(event.cursor);
      blocks.set({ chain: chain.name, cursor: "handled" }, Number(event.cursor.block.number));
      if (kept !== undefined) blocks.set({ chain: chain.name, cursor: "kept" }, Number(kept.block.number));
    }
  }

  return {
    tip: () => position?.block,
    finalized: () => position?.finalized,
    notReady: () => (trouble === undefined ? [] : [`${chain.name} ${trouble}`]),
    isCaughtUp: () => isCaughtUp(),
    rescan() {
      if (isRescan || !isCaughtUp() || Date.now() < mayRescanAt) return false;
      mayRescanAt = Date.now() + rescanPauseMs;
      isRescan = true;
      restart.abort();
      return true;
    },
    async run() {
      while (!signal.aborted) {
        await follow();
        if (!isRescan) continue;
        logger.warn("what is known of the chain has gaps; reading it again from the deployment's block");
        for (const { lane, record } of lanes) record.clear(side(lane));
        keeper.clear();
        position = undefined;
        goal = undefined;
        restart = new AbortController();
      }
    },
  };
}
