/** Whether each destination's WatcherPath knows this watcher's key: without that its signatures are worth nothing. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Chain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import { messageOf } from "@weighlock/core/errors.ts";
import { type Address, parseAbi } from "viem";
import type { WatchedChain } from "./deployment.ts";

const abi = parseAbi(["function isWatcher(address watcher) view returns (bool)"]);
const RETRY_MS = 1_000;

/** Returns a function that names the chains whose path doesn't know the key, or has not answered yet. */
export function watchMembership({
  common: { logger, shutdown },
  watcher,
  nodesOf,
  chains,
}: {
  common: Pick<Common, "logger" | "shutdown">;
  watcher: Address;
  nodesOf: (chain: WatchedChain) => Chain;
  chains: readonly WatchedChain[];
}): { outsideOf: () => string[]; settled: Promise<void> } {
  const members = new Set<string>();

  async function ask(chain: WatchedChain): Promise<void> {
    const { client } = nodesOf(chain);
    let isWarned = false;
    while (!shutdown.signal.aborted) {
      try {
        const request = { address: chain.watcherPath, abi, functionName: "isWatcher", args: [watcher] } as const;
        if (await client.readContract(request)) {
          members.add(chain.name);
          return;
        }
        if (!isWarned) logger.error({ chain: chain.name, path: chain.watcherPath, watcher }, "not a watcher there");
        isWarned = true;
      } catch (error) {
        logger.debug({ chain: chain.name, reason: messageOf(error) }, "attempt failed");
      }
      await sleep(RETRY_MS, undefined, { signal: shutdown.signal }).catch(() => undefined);
    }
  }

  return {
    outsideOf: () => chains.map(({ name }) => name).filter((name) => !members.has(name)),
    settled: Promise.all(chains.map(ask)).then(() => undefined),
  };
}
