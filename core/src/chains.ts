/** A chain and the nodes it is read from. */

import {
  createPublicClient,
  defineChain,
  http,
  type PublicClient,
  type Transport,
  type Chain as ViemChain,
} from "viem";
import { FatalError, RetryableError } from "./errors.ts";

export type ChainClient = PublicClient<Transport, ViemChain>;

export type Chain = {
  name: string;
  chainId: number;
  viemChain: ViemChain;
  /** One per source, in the order given; never a fail-over, so that their answers can be compared. */
  clients: readonly [ChainClient, ...ChainClient[]];
  /** The first source. */
  client: ChainClient;
  rpcUrls: readonly [string, ...string[]];
};

/** A node that answers for another chain. */
export class WrongChainIdError extends FatalError {
  override name = "WrongChainIdError";
}
export class ChainUnreachableError extends RetryableError {
  override name = "ChainUnreachableError";
}

export type ChainOptions = {
  name: string;
  chainId: number;
  rpcUrl?: string;
  rpcUrls?: readonly string[];
  timeoutMs?: number;
  pollMs?: number;
};

/** Asks every source for its chain id; throws WrongChainIdError or ChainUnreachableError. */
export async function createChain(options: ChainOptions): Promise<Chain> {
  const chain = createUncheckedChain(options);
  await Promise.all(chain.clients.map((client, source) => checkChainId(chain, client, source)));
  return chain;
}

/** As `createChain`, without asking the sources: for callers that start before their nodes do. */
export function createUncheckedChain({
  name,
  chainId,
  rpcUrl,
  rpcUrls = rpcUrl === undefined ? [] : [rpcUrl],
  timeoutMs = 10_000,
  pollMs = 200,
}: ChainOptions): Chain {
  const [first, ...rest] = rpcUrls;
  if (first === undefined) throw new FatalError("A chain needs at least one rpcUrl.", { details: { chain: name } });
  const viemChain = defineChain({
    id: chainId,
    name,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [first] } },
  });
  const connect = (url: string): ChainClient =>
    createPublicClient({
      chain: viemChain,
      transport: http(url, { batch: false, timeout: timeoutMs, retryCount: 2, retryDelay: 100 }),
      pollingInterval: pollMs,
      cacheTime: 0,
    });
  const clients: Chain["clients"] = [connect(first), ...rest.map(connect)];
  return { name, chainId, viemChain, clients, client: clients[0], rpcUrls: [first, ...rest] };
}

async function checkChainId(chain: Chain, client: ChainClient, source: number): Promise<void> {
  const details = { chain: chain.name, source, rpcUrl: chain.rpcUrls[source] };
  const actual = await client.getChainId().catch((cause: unknown) => {
    throw new ChainUnreachableError("The chain's node does not answer; check that it runs and the URL is right.", {
      details,
      cause,
    });
  });
  if (actual !== chain.chainId) {
    throw new WrongChainIdError("The node answers for another chain; correct the rpcUrl or the chainId.", {
      details: { ...details, expected: chain.chainId, actual },
    });
  }
}
