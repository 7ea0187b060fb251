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
  /** False: neither monitors nor pauser. */
  monitor: boolean;
  start: (spec: ServiceSpec) => Promise<Service>;
};

/** A devnet is in a hurry: an entry waits two seconds for company, and blocks come every second. Nobody waits for acks. */
const HURRY = { pollMs: 250 };
const DISPATCH = { maxAgeSeconds: 2, maxCount: 64, ackAgeSeconds: 60 };

/** Starts all of them; the relayer and the pauser last, since they ask the watchers and the monitors. */
export async function startServices(options: ServicesOptions): Promise<Service[]> {
  const { keys, start } = options;
  const watchers = keys.watchers.map((_, i) => watcherService(options, i));
  const monitors = options.monitor ? keys.monitors.map((_, i) => monitorService(options, i)) : [];
  const started = await settled([
    ...watchers.map(start),
    ...monitors.map(start),
    start(verifierService(options)),
    start(
      strangerDvnService({
        dvnName: STRANGER_DVN,
        keys,
        chains: options.chains,
        cursorFile: join(options.dataDir, "stranger-dvn.cursor.json"),
      }),
    ),
  ]);
  const urls = started.map(({ url }) => url);
  const watcherUrls = urls.slice(0, watchers.length);
  const monitorUrls = urls.slice(watchers.length, watchers.length + monitors.length);
  const last = [
    start(relayerService(options, watcherUrls)),
    ...(options.monitor ? [start(pauserService(options, monitorUrls))] : []),
  ];
  return [...started, ...(await settled(last))];
}

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

/** Named as its key is in the deployment file: of several, the first has the bare name. */
function monitorService(options: ServicesOptions, i: number): ServiceSpec {
  const signerPrivateKey = options.keys.monitors[i]?.privateKey;
  const config = { ...shared(options), ...ONE_NODE, signerPrivateKey };
  return { name: i === 0 ? "monitor" : `monitor-${i + 1}`, main: "monitor/src/main.ts", config };
}

function pauserService(options: ServicesOptions, monitors: readonly string[]): ServiceSpec {
  const { privateKey } = options.keys.pauser;
  const config = { ...shared(options), ...ONE_NODE, privateKey, monitors };
  return { name: "pauser", main: "monitor/src/pauser/main.ts", config };
}

/** Its signatures expire by this machine's clock, which chains that were set ahead have left behind: a year is enough. */
const OUTLASTS_SKIPS = 31_536_000;

function verifierService(options: ServicesOptions): ServiceSpec {
  const { keys, redisUrl, dataDir } = options;
  const config = {
    ...shared(options),
    ...ONE_NODE,
    redisUrl,
    signerKey: keys.verifierSigner.privateKey,
    gasKey: keys.verifierGas.privateKey,
    dataDir: join(dataDir, "verifier"),
    expirySeconds: OUTLASTS_SKIPS,
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
