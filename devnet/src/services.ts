/** Which services the devnet runs, each with its own key, configuration and process. */

import { join } from "node:path";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import type { Service, ServiceSpec } from "./service.ts";
import type { Keys } from "./spec.ts";
import { strangerDvnService } from "./strangerDvn/service.ts";
import { STRANGER_DVN } from "./weighlock/contracts.ts";

export type ServicesOptions = {
  chains: readonly ChainDeployment[];
  keys: Keys;
  redisUrl: string;
  /** The deployment without keys. */
  deploymentFile: string;
  /** For what a service keeps between runs. */
  dataDir: string;
  /** False: neither monitor nor pauser. */
  monitor: boolean;
  start: (spec: ServiceSpec) => Promise<Service>;
};

/** A devnet is in a hurry: an entry waits two seconds for company, and blocks come every second. Nobody waits for acks. */
const HURRY = { pollMs: 250 };
const DISPATCH = { maxAgeSeconds: 2, maxCount: 64, ackAgeSeconds: 60 };

/** Starts all of them; the relayer and the pauser last, since they ask the watchers and the monitor. */
export async function startServices(options: ServicesOptions): Promise<Service[]> {
  const { keys, start } = options;
  const watchers = keys.watchers.map((_, i) => watcherService(options, i));
  const started = await settled([
    ...watchers.map(start),
    start(verifierService(options)),
    start(
      strangerDvnService({
        dvnName: STRANGER_DVN,
        keys,
        chains: options.chains,
        cursorFile: join(options.dataDir, "stranger-dvn.cursor.json"),
      }),
    ),
    ...(options.monitor ? [start(monitorService(options))] : []),
  ]);
  const watcherUrls = started.slice(0, watchers.length).map(({ url }) => url);
  const monitors = started.flatMap(({ name, url }) => (name === MONITOR ? [url] : []));
  const last = [
    start(relayerService(options, watcherUrls)),
    ...(monitors.length > 0 ? [start(pauserService(options, monitors))] : []),
  ];
  return [...started, ...(await settled(last))];
}

const MONITOR = "monitor";

/** Each chain of the devnet is one process, so there is no second node to compare with. */
const ONE_NODE = { allowSingleSource: true };

function shared({ chains, deploymentFile }: ServicesOptions) {
  const sources = Object.fromEntries(chains.map(({ name, rpcUrl }) => [name, [rpcUrl]]));
  return { deployment: deploymentFile, sources, ...HURRY };
}

function watcherService(options: ServicesOptions, i: number): ServiceSpec {
  const config = { ...shared(options), ...ONE_NODE, privateKey: options.keys.watchers[i]?.privateKey };
  return { name: `watcher-${i + 1}`, main: "watcher/src/main.ts", config };
}

function monitorService(options: ServicesOptions): ServiceSpec {
  return { name: MONITOR, main: "monitor/src/main.ts", config: { ...shared(options), ...ONE_NODE } };
}

function pauserService(options: ServicesOptions, monitors: readonly string[]): ServiceSpec {
  const { privateKey } = options.keys.pauser;
  const config = { ...shared(options), ...ONE_NODE, privateKey, monitors };
  return { name: "pauser", main: "monitor/src/pauser/main.ts", config };
}

function verifierService(options: ServicesOptions): ServiceSpec {
  const { keys, redisUrl, dataDir } = options;
  const config = {
    ...shared(options),
    ...ONE_NODE,
    redisUrl,
    signerKey: keys.verifierSigner.privateKey,
    gasKey: keys.verifierGas.privateKey,
    dataDir: join(dataDir, "verifier"),
  };
  return { name: "verifier", main: "relayer/src/verifier/main.ts", config };
}

function relayerService(options: ServicesOptions, watcherUrls: readonly string[]): ServiceSpec {
  const { keys, redisUrl } = options;
  const config = {
    ...shared(options),
    redisUrl,
    gasKey: keys.relayer.privateKey,
    watcherUrls,
    dispatch: DISPATCH,
    sweepSeconds: 2,
    finishSeconds: 1,
  };
  return { name: "relayer", main: "relayer/src/main.ts", config };
}

/** As Promise.all, but a failure waits for the others: one that is still starting could not be stopped. */
export async function settled<const Values extends readonly unknown[]>(
  starting: Values,
): Promise<{ -readonly [Key in keyof Values]: Awaited<Values[Key]> }> {
  const results = await Promise.allSettled(starting);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as {
    -readonly [Key in keyof Values]: Awaited<Values[Key]>;
  };
}
