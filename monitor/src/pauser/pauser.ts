/**
 * The pauser: takes facts from monitors, judges each by nodes of its own, and puts what holds into quarantine, which stops
 * its lane until the council has looked. Its key can do nothing else. Sources that disagree are never a reason to stop.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { Common } from "@weighlock/core/common.ts";
import { createHttpServer, type HttpServer } from "@weighlock/core/http.ts";
import { privateKeyToAddress } from "viem/accounts";
import { createChainSources } from "../sources.ts";
import type { PauserSetup } from "./config.ts";
import { createGuard } from "./guard.ts";
import { createMonitors } from "./monitors.ts";
import { createLanePauser, type LanePauser } from "./pauseLane.ts";

const CHECK_MS = 5_000;

/** Resolves when it listens. Ends with the shutdown. */
export async function createPauser({
  common,
  setup: { settings, deployment },
}: {
  common: Common;
  setup: PauserSetup;
}): Promise<HttpServer> {
  const { logger, shutdown } = common;
  const { pollMs, privateKey, monitors: urls, silentSeconds, dismissed } = settings;
  const address = privateKeyToAddress(privateKey);
  const sources = createChainSources({ chains: deployment.chains, sources: settings.sources, pollMs });
  const pausers = new Map(
    sources.map((dst) => [dst.deployment.eid, createLanePauser({ common, dst, privateKey })] as const),
  );
  const guard = createGuard({
    common,
    sources,
    pauserOf: (dstEid) => pausers.get(dstEid) as LanePauser,
    dismissed,
    pollMs,
  });
  const monitors = createMonitors({ common, urls, silentMs: silentSeconds * 1_000, pollMs, onFacts: guard.offer });
  let obstacles = ["has not looked at the chains yet"];

  async function checkChains(): Promise<void> {
    while (!shutdown.signal.aborted) {
      obstacles = (await Promise.all([...pausers.values()].map((pauser) => pauser.obstacles()))).flat();
      const pause = obstacles.length === 0 ? CHECK_MS : pollMs;
      await sleep(pause, undefined, { signal: shutdown.signal }).catch(() => undefined);
    }
  }

  const running = Promise.all([monitors.run(), guard.run(), checkChains()]);
  shutdown.onStop("pauser", () => running);
  const server = await createHttpServer({
    common,
    host: settings.host,
    port: settings.port,
    ready: () => [...obstacles, ...monitors.silent()],
    routes: {
      "/status": () => ({
        pauser: address,
        monitors: monitors.states(),
        obstacles,
        dismissed,
        facts: guard.guarded(),
      }),
    },
  });
  logger.info({ url: server.url, pauser: address, monitors: urls }, "listening");
  return server;
}
