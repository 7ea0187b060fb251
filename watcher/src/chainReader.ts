/** Reads one chain's gateway from one source: finalized blocks only, in order, from the deploy block on. */

import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Chain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import { messageOf } from "@weighlock/core/errors.ts";
import { followChain } from "@weighlock/core/follower.ts";
import { type RawLog, TOPICS } from "./decode.ts";
import type { WatchedChain } from "./deployment.ts";
import { Evidence } from "./evidence.ts";

export type SourceReader = {
  chain: WatchedChain;
  source: number;
  /** Handled up to here; undefined before the first. */
  finalized(): bigint | undefined;
  /** Whether it has once handled all that was final. */
  isCaughtUp(): boolean;
  /** Why it doesn't answer now. */
  failure(): string | undefined;
  /** Resolves when the process stops, or after `onBroken`. */
  run(): Promise<void>;
};

export type SourceReaderOptions = {
  common: Common;
  chain: WatchedChain;
  nodes: Chain;
  source: number;
  maxRange: number;
  pollMs: number;
  onLogs: (logs: readonly RawLog[]) => void;
  /** Told after each step; another source's reader may wait for it. */
  progress: EventTarget;
  /** Whether this source is too far ahead of the others and should wait. */
  isAhead: () => boolean;
  onBroken: (evidence: Evidence) => void;
};

const PROGRESS_EVERY_MS = 5_000;
const RETRY_MS = 500;
const NO_ANSWER = "the node does not answer";

export function createSourceReader({
  common,
  chain,
  nodes,
  source,
  maxRange,
  pollMs,
  onLogs,
  progress,
  isAhead,
  onBroken,
}: SourceReaderOptions): SourceReader {
  const { signal } = common.shutdown;
  const logger = common.logger.child({ chain: chain.name, source });
  const client = nodes.clients[source] ?? nodes.client;
  let finalized: bigint | undefined;
  let isCaughtUp = false;
  let failure: string | undefined = "not read yet";

  async function follow(): Promise<void> {
    await identify();
    let loggedAt = Date.now();
    const events = followChain({
      client,
      filter: { addresses: [chain.gateway], topics: [Object.values(TOPICS)] },
      fromBlock: BigInt(chain.deployBlock),
      tag: "finalized",
      maxRange,
      pollMs,
      signal,
      logger,
      onAttempt: (error) => {
        failure = error === undefined ? undefined : NO_ANSWER;
      },
    });
    for await (const event of events) {
      if (event.type === "reorg") {
        throw broken("A finalized block was replaced; compare the chain's nodes.", { block: event.commonAncestor });
      }
      if (event.type === "logs") {
        onLogs(event.logs);
        finalized = event.block.number;
        while (isAhead() && !signal.aborted) await once(progress, "step", { signal }).catch(ignoreAbort);
      }
      if (event.type === "finalized" && !isCaughtUp) {
        isCaughtUp = true;
        logger.info({ block: event.block.number }, "caught up with finalized history");
      }
      failure = undefined;
      if (!isCaughtUp && Date.now() - loggedAt > PROGRESS_EVERY_MS) {
        loggedAt = Date.now();
        logger.info({ block: finalized }, "rebuilding from finalized history");
      }
      progress.dispatchEvent(new Event("step"));
    }
  }

  /** Waits for the node, and makes sure that it is one of this chain. */
  async function identify(): Promise<void> {
    while (!signal.aborted) {
      try {
        const actual = await client.getChainId();
        if (actual === chain.chainId) return;
        throw broken("The source answers for another chain; correct `sources`.", { expected: chain.chainId, actual });
      } catch (error) {
        if (error instanceof Evidence) throw error;
        failure = NO_ANSWER;
        logger.debug({ reason: messageOf(error) }, "attempt failed");
        await sleep(Math.max(pollMs, RETRY_MS), undefined, { signal }).catch(ignoreAbort);
      }
    }
  }

  function broken(fact: string, details: Readonly<Record<string, unknown>>, cause?: unknown): Evidence {
    return new Evidence("source-broken", fact, { chain: chain.name, source, ...details }, cause);
  }

  return {
    chain,
    source,
    finalized: () => finalized,
    isCaughtUp: () => isCaughtUp,
    failure: () => failure,
    async run() {
      try {
        await follow();
      } catch (error) {
        if (signal.aborted) return;
        const fact = "The source's history can't be followed; compare the chain's nodes.";
        const evidence = error instanceof Evidence ? error : broken(fact, {}, error);
        failure = evidence.shortMessage;
        onBroken(evidence);
      }
    },
  };
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === "AbortError")) throw error;
}
