/** A chain and the nodes it is asked through: several, so that one that lies is seen. */

import { type Chain, type ChainClient, createUncheckedChain } from "@weighlock/core/chains.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { FatalError, RetryableError } from "@weighlock/core/errors.ts";
import type { Sources } from "@weighlock/core/rpcSources.ts";

export type ChainSources = { deployment: ChainDeployment; chain: Chain };

export function createChainSources({
  chains,
  sources,
  pollMs,
}: {
  chains: readonly ChainDeployment[];
  sources: Sources;
  pollMs: number;
}): ChainSources[] {
  return chains.map((deployment) => {
    const { name, chainId } = deployment;
    return { deployment, chain: createUncheckedChain({ name, chainId, rpcUrls: sources[name] ?? [], pollMs }) };
  });
}

export function sourcesOf(all: readonly ChainSources[], eid: number): ChainSources {
  const found = all.find(({ deployment }) => deployment.eid === eid);
  if (found) return found;
  throw new FatalError("The deployment has no chain with this eid.", { details: { eid } });
}

/** How many sources must say the same before it counts: two, or the only one that is configured. */
export function neededOf(sources: number): number {
  return Math.min(2, sources);
}

/** Rejects where an answer takes longer: a source that hangs must not hold up what the others say. */
export async function within<Value>(ms: number, answer: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RetryableError(`The node gave no answer within ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Throws FatalError where the node is one of another chain. */
export async function identify({ client, chainId }: { client: ChainClient; chainId: number }): Promise<void> {
  const actual = await client.getChainId();
  if (actual === chainId) return;
  throw new FatalError("The source answers for another chain; correct `sources`.", {
    details: { chain: client.chain.name, expected: chainId, actual },
  });
}
