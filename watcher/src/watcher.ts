/**
 * The watcher: makes every lane's heads again from the entries that finalized history holds, and signs what comes out.
 *
 * It shares transport with the other services and nothing that decides: decoder, hashes and rules are its own, so that
 * one bug can't speak on two paths. A gateway's seals say where a window ends and are otherwise only compared. Sources
 * that differ, a head that is not the hash of its entries, or an ack of what was never sealed: it keeps silent for that
 * lane until it is started again by somebody who has looked. State is in memory and rebuilt from the deploy block.
 */

import { type Chain, createUncheckedChain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import { createHttpServer, type HttpServer } from "@weighlock/core/http.ts";
import { createBook } from "./book.ts";
import { createSourceReader } from "./chainReader.ts";
import type { WatcherSetup } from "./config.ts";
import type { WatchedChain } from "./deployment.ts";
import { watchMembership } from "./membership.ts";
import { createRoutes } from "./routes.ts";

/** Resolves when it listens; it rebuilds after that, and is ready when it has caught up. Ends with the shutdown. */
export async function createWatcher({
  common,
  setup: { settings, account, chains },
}: {
  common: Common;
  setup: WatcherSetup;
}): Promise<HttpServer> {
  const { metrics, shutdown, logger } = common;
  const urlsOf = (chain: WatchedChain) => settings.sources[chain.name] ?? [];
  const nodes = new Map(
    chains.map((chain): [string, Chain] => {
      const { name, chainId } = chain;
      return [name, createUncheckedChain({ name, chainId, rpcUrls: urlsOf(chain), pollMs: settings.pollMs })];
    }),
  );
  const nodesOf = (chain: WatchedChain): Chain => nodes.get(chain.name) as Chain;
  const book = createBook({ common, chains, sourcesOf: (chain) => urlsOf(chain).length });
  const finalizedBlock = metrics.gauge({
    name: "watcher_finalized_block",
    help: "The finalized block up to which all sources of the chain have been read.",
    labels: ["chain"],
  });

  const readers = chains.flatMap((chain) => {
    const progress = new EventTarget();
    const ofChain = urlsOf(chain).map((_, source) =>
      createSourceReader({
        common,
        chain,
        nodes: nodesOf(chain),
        source,
        maxRange: settings.maxRange,
        pollMs: settings.pollMs,
        progress,
        onLogs: (logs) => book.hear(chain, source, logs),
        onBroken: (evidence) => book.breakChain(chain, evidence),
        isAhead: () => book.isAhead(chain, source),
      }),
    );
    const report = () => {
      finalizedBlock.set({ chain: chain.name }, Math.min(...ofChain.map((reader) => Number(reader.finalized() ?? 0n))));
    };
    report();
    progress.addEventListener("step", report);
    return ofChain;
  });
  const membership = watchMembership({ common, watcher: account.address, nodesOf, chains });

  function notReady(): string[] {
    const waits = readers.flatMap(({ chain, source, isCaughtUp, failure }) => {
      const at = `${chain.name}, source ${source}`;
      const reason = failure();
      if (reason !== undefined) return [`${at}: ${reason}`];
      return isCaughtUp() ? [] : [`${at}: rebuilding from finalized history`];
    });
    return [...waits, ...membership.outsideOf().map((name) => `${name}: its WatcherPath does not know this key (yet)`)];
  }

  const running = Promise.all([...readers.map((reader) => reader.run()), membership.settled]);
  shutdown.onStop("source readers", () => running);

  const server = await createHttpServer({
    common,
    host: settings.host,
    port: settings.port,
    ready: notReady,
    routes: createRoutes({ common, account, lanes: book.lanes }),
  });
  logger.info({ url: server.url, watcher: account.address, lanes: book.lanes.map(({ name }) => name) }, "listening");
  return server;
}
