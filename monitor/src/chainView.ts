/** One source's view of one chain: its logs from the deployment to the newest block, followed through reorgs. */

import { setTimeout as sleep } from "node:timers/promises";
import type { ChainClient } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import type { BlockRef } from "@weighlock/core/cursor.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { FatalError, messageOf } from "@weighlock/core/errors.ts";
import { followChain } from "@weighlock/core/follower.ts";
import { createJournal, type Journal } from "./journal.ts";
import { identify } from "./sources.ts";
import type { Attestation } from "./unknownCommitment.ts";

export type ChainView = {
  deployment: ChainDeployment;
  source: number;
  client: ChainClient;
  journal: Journal;
  /** The newest block that was heard, and the newest final one; undefined before the first. */
  tip(): BlockRef | undefined;
  finalized(): BlockRef | undefined;
  /** Whether it has once reached the chain's newest block. */
  isCaughtUp(): boolean;
  /** Why it can't be relied on now. */
  failure(): string | undefined;
  /** What can't be forgiven: another chain, or broken finality. It is followed no more. */
  broken(): FatalError | undefined;
  /** Resolves when the process stops, or when it is broken. */
  run(): Promise<void>;
};

const RETRY_MS = 500;
const NO_ANSWER = "the node does not answer";

export function createChainView({
  common,
  deployment,
  client,
  source,
  pollMs,
  maxRange,
  onChange,
  onAttested,
}: {
  common: Pick<Common, "logger" | "shutdown">;
  deployment: ChainDeployment;
  client: ChainClient;
  source: number;
  pollMs: number;
  maxRange: number;
  /** After each step. */
  onChange: () => void;
  onAttested: (attestations: readonly Attestation[]) => void;
}): ChainView {
  const { signal } = common.shutdown;
  const logger = common.logger.child({ chain: deployment.name, source });
  const journal = createJournal({ deployment });
  let tip: BlockRef | undefined;
  let finalized: BlockRef | undefined;
  let isCaughtUp = false;
  let failure: string | undefined = "not read yet";
  let broken: FatalError | undefined;

  async function follow(): Promise<void> {
    const newest = await untilIdentified();
    const events = followChain({
      client,
      filter: journal.filter,
      fromBlock: BigInt(deployment.deployBlock),
      maxRange,
      pollMs,
      signal,
      logger,
      onAttempt: (error) => {
        failure = error === undefined ? undefined : NO_ANSWER;
        onChange();
      },
    });
    for await (const event of events) {
      failure = undefined;
      if (event.type === "logs") {
        onAttested(journal.hear(event.logs));
        tip = event.block;
        isCaughtUp ||= event.block.number >= newest;
      } else if (event.type === "reorg") {
        journal.takeBack(event.commonAncestor.number);
        tip = event.commonAncestor;
        logger.info({ commonAncestor: tip.number }, "the chain was reorganised");
      } else {
        finalized = event.block;
      }
      onChange();
    }
  }

  /** Waits for the node, and makes sure that it is one of this chain. */
  async function untilIdentified(): Promise<bigint> {
    while (!signal.aborted) {
      try {
        await identify({ client, chainId: deployment.chainId });
        return await client.getBlockNumber();
      } catch (error) {
        if (error instanceof FatalError) throw error;
        failure = NO_ANSWER;
        logger.debug({ reason: messageOf(error) }, "attempt failed");
        await sleep(Math.max(pollMs, RETRY_MS), undefined, { signal }).catch(() => undefined);
      }
    }
    return 0n;
  }

  return {
    deployment,
    source,
    client,
    journal,
    tip: () => tip,
    finalized: () => finalized,
    isCaughtUp: () => isCaughtUp,
    failure: () => failure,
    broken: () => broken,
    async run() {
      try {
        await follow();
      } catch (error) {
        if (signal.aborted) return;
        broken =
          error instanceof FatalError
            ? error
            : new FatalError("The source's history can't be followed; compare the chain's nodes.", { cause: error });
        failure = broken.shortMessage;
        logger.error({ err: broken }, "following no more");
        onChange();
      }
    },
  };
}
