/** Asks every source of a chain the same thing. Silence or a difference is a no; nobody is left out. */

import type { Chain, ChainClient } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import { RetryableError } from "@weighlock/core/errors.ts";
import { toPlain } from "@weighlock/core/plain.ts";
import type { Hash } from "viem";
import { leastOf } from "../bigints.ts";

export class SourceSilentError extends RetryableError {
  override name = "SourceSilentError";
}
export class SourcesDisagreeError extends RetryableError {
  override name = "SourcesDisagreeError";
}
/** Some source does not call the block final yet. */
export class NotFinalizedError extends RetryableError {
  override name = "NotFinalizedError";
}

export type Sources = {
  chain: Chain;
  /** The one answer of all; throws SourceSilentError or SourcesDisagreeError. Errors of `ask` that are ours pass. */
  agree<Answer>(question: string, ask: (client: ChainClient) => Promise<Answer>): Promise<Answer>;
  /**
   * The hash of a block that is final in every source, and how many blocks lie above it in the source that has fewest;
   * throws NotFinalizedError, too.
   */
  finalBlock(number: bigint): Promise<{ hash: Hash; depth: bigint }>;
  /** The newest block that every source has reached; throws SourceSilentError. */
  newestShared(): Promise<bigint>;
};

export function createSources({ common, chain }: { common: Common; chain: Chain }): Sources {
  const logger = common.logger.child({ chain: chain.name });
  const disagreements = common.metrics.counter({
    name: "source_disagreements_total",
    help: "Questions that a chain's sources answered differently.",
    labels: ["chain"],
  });

  async function askAll<Answer>(question: string, ask: (client: ChainClient) => Promise<Answer>): Promise<Answer[]> {
    return Promise.all(
      chain.clients.map((client, source) =>
        ask(client).catch((cause: unknown) => {
          if (cause instanceof RetryableError) throw cause;
          throw new SourceSilentError("A source does not answer, so nothing is signed.", {
            details: { chain: chain.name, source, question },
            cause,
          });
        }),
      ),
    );
  }

  async function agree<Answer>(question: string, ask: (client: ChainClient) => Promise<Answer>): Promise<Answer> {
    const answers = await askAll(question, ask);
    const [first, ...rest] = answers;
    const canonical = (answer: Answer | undefined) => JSON.stringify(toPlain(answer));
    if (first !== undefined && rest.every((answer) => canonical(answer) === canonical(first))) return first;
    disagreements.inc({ chain: chain.name });
    const details = { chain: chain.name, question, answers };
    logger.error(details, "the chain's sources disagree");
    throw new SourcesDisagreeError("The chain's sources disagree, so nothing is signed.", { details });
  }

  return {
    chain,
    agree,
    async finalBlock(number) {
      const depths: bigint[] = [];
      const hash = await agree(`the final block ${number}`, async (client) => {
        const [{ number: final }, { number: latest }] = await Promise.all([
          client.getBlock({ blockTag: "finalized" }),
          client.getBlock(),
        ]);
        if (final < number) {
          throw new NotFinalizedError("A source does not call the block final yet.", {
            details: { chain: chain.name, block: number, finalized: final },
          });
        }
        depths.push(latest - number);
        return (await client.getBlock({ blockNumber: number })).hash;
      });
      return { hash, depth: leastOf(depths, 0n) };
    },
    async newestShared() {
      return leastOf(await askAll("the newest block", (client) => client.getBlockNumber({ cacheTime: 0 })), 0n);
    },
  };
}
