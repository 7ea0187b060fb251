/**
 * The whole local network: three chains with the real LayerZero contracts and ours, Redis, and every service. Its folder
 * holds `devnet.json` (what an outside script starts from), `deployment.json` (the same without keys, for the
 * services), `devnet.state.json` (what runs, for `down`), configurations, logs and data.
 */

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Deployment, parseDeployment } from "@weighlock/core/deployment.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import { skip, startAnvil } from "./anvil.ts";
import type { RunningProcess } from "./process.ts";
import { startRedis } from "./redis.ts";
import { type Service, startService } from "./service.ts";
import { settled, startServices } from "./services.ts";
import { keysByRole, NETWORK, networkKeys } from "./spec.ts";
import { createStateRecorder, listRecorded, readState, stopRecorded } from "./state.ts";
import type { ReplacedContracts } from "./weighlock/contracts.ts";
import { deployNetwork } from "./weighlock/network.ts";

export type Devnet = {
  deployment: Deployment;
  /** `devnet.json`. */
  file: string;
  /** How many settings of the deployment were read back from the chains. */
  checked: number;
  services: readonly Service[];
  /** SIGKILL. Returns when it is gone. */
  kill(service: string): Promise<void>;
  /** Starts a service that has ended, as it was. Returns when it is ready. */
  restart(service: string): Promise<void>;
  stop(): Promise<void>;
};

export type DevnetOptions = {
  dir: string;
  /** Seconds between blocks; 1 unless told. */
  blockTime?: number;
  /** True: everything outlives this process, until `devnetDown`. */
  detached?: boolean;
  /** False: without monitors and pauser. */
  monitor?: boolean;
  /** Chain name → contracts to deploy there in place of ours, for tests with a defence removed. */
  replaced?: Readonly<Record<string, ReplacedContracts>>;
  onProgress?: (step: string) => void;
};

/** A devnet is up in the folder, or one left something behind there. */
export class DevnetRunsError extends FatalError {
  override name = "DevnetRunsError";
}

export class DevnetNotUpError extends FatalError {
  override name = "DevnetNotUpError";
}

/**
 * Returns when every service is ready. Whatever fails, nothing is left running.
 * @throws DevnetRunsError when one is up in `dir`; ProgramMissingError when redis-server is not installed.
 */
export async function devnetUp({
  dir,
  blockTime = 1,
  detached = false,
  monitor = true,
  replaced = {},
  onProgress = () => undefined,
}: DevnetOptions): Promise<Devnet> {
  const folder = resolve(dir);
  const files = filesOf(folder);
  await assertNoneRuns(folder);
  await Promise.all(["config", "logs", "data"].map((name) => rm(join(folder, name), { recursive: true, force: true })));
  await Promise.all(["config", "logs", "data"].map((name) => mkdir(join(folder, name), { recursive: true })));

  const recorder = createStateRecorder({ file: files.state });
  const running: RunningProcess[] = [];
  const started = async <Started extends { process: RunningProcess }>(starting: Promise<Started>): Promise<Started> => {
    const one = await starting;
    running.push(one.process);
    await recorder.record(one.process);
    return one;
  };
  const stop = async (): Promise<void> => {
    // Services before what they use.
    for (const process of running.splice(0).toReversed()) await process.stop();
    await Promise.all(Object.values(files).map((file) => rm(file, { force: true })));
  };

  try {
    onProgress("starting three chains and Redis");
    const [redis, ...nodes] = await settled([
      started(startRedis({ dir: join(folder, "data"), detached })),
      ...NETWORK.chains.map(({ name, chainId }) =>
        started(startAnvil({ name, chainId, dir: join(folder, "logs"), blockTime, detached })),
      ),
    ]);
    onProgress("deploying LayerZero and Weighlock");
    const keys = networkKeys(NETWORK);
    const { chains, checked } = await deployNetwork({ network: NETWORK, nodes, keys, replaced });
    await writeFile(files.deployment, `${JSON.stringify({ chains }, null, 2)}\n`);

    onProgress(
      `read back ${checked} settings; starting verifier, relayer, watchers, monitors, pauser and a second DVN`,
    );
    const services = await startServices({
      chains,
      keys,
      redisUrl: redis.url,
      deploymentFile: files.deployment,
      dataDir: join(folder, "data"),
      monitor,
      start: (spec) => started(startService({ spec, dir: folder, detached })),
    });

    const plain = {
      chains,
      keys: keysByRole(keys),
      redisUrl: redis.url,
      apis: Object.fromEntries(services.map(({ name, url }) => [name, url])),
    };
    await writeFile(files.devnet, `${JSON.stringify(plain, null, 2)}\n`, { mode: 0o600 });
    onProgress("ready");
    const serviceOf = (name: string): Service => {
      const service = services.find((each) => each.name === name);
      if (service !== undefined) return service;
      throw new FatalError(`The devnet has no service "${name}".`, {
        details: { known: services.map((each) => each.name) },
      });
    };
    return {
      deployment: parseDeployment(plain),
      file: files.devnet,
      checked,
      services,
      kill: (name) => serviceOf(name).process.kill(),
      async restart(name) {
        const ended = serviceOf(name);
        const restarted = await started(ended.restart());
        await recorder.forget(ended.process);
        services.splice(services.indexOf(ended), 1, restarted);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export type DevnetStatus = {
  file: string;
  isUp: boolean;
  processes: { name: string; pid: number; isRunning: boolean; logFile: string }[];
};

/** What `devnetUp` left running in `dir`. */
export async function devnetStatus({ dir }: { dir: string }): Promise<DevnetStatus> {
  const files = filesOf(resolve(dir));
  const state = await readState(files.state);
  const recorded = state === undefined ? [] : await listRecorded(state);
  return {
    file: files.devnet,
    isUp: recorded.length > 0 && recorded.every(({ isRunning }) => isRunning),
    processes: recorded.map(({ name, identity, isRunning, logFile }) => ({
      name,
      pid: identity.pid,
      isRunning,
      logFile,
    })),
  };
}

/** Stops what `devnetUp` left running in `dir`, the last started first. */
export async function devnetDown({ dir }: { dir: string }): Promise<{ name: string; outcome: "stopped" | "gone" }[]> {
  const files = filesOf(resolve(dir));
  const outcomes = await stopRecorded({ file: files.state });
  await Promise.all([rm(files.devnet, { force: true }), rm(files.deployment, { force: true })]);
  return outcomes;
}

/**
 * Sets all chains of the devnet in `dir` ahead by so many seconds, of which each mines `blocks`: delays are waited out in a
 * moment. There is no way back.
 * @throws DevnetNotUpError
 */
export async function devnetSkip({
  dir,
  seconds,
  blocks = 1,
}: {
  dir: string;
  seconds: number;
  blocks?: number;
}): Promise<{ name: string; block: bigint; timestamp: bigint }[]> {
  const folder = resolve(dir);
  const { devnet } = filesOf(folder);
  const { processes } = await devnetStatus({ dir: folder });
  if (!processes.some(({ isRunning }) => isRunning)) {
    const start = `npx weighlock devnet up${dirOption(folder)}`;
    throw new DevnetNotUpError(`No devnet is up in this folder; start one with: ${start}`, { details: { folder } });
  }
  const { chains } = parseDeployment(JSON.parse(await readFile(devnet, "utf8")));
  return Promise.all(chains.map(async ({ name, rpcUrl }) => ({ name, ...(await skip({ rpcUrl, seconds, blocks })) })));
}

function filesOf(folder: string) {
  return {
    devnet: join(folder, "devnet.json"),
    deployment: join(folder, "deployment.json"),
    state: join(folder, "devnet.state.json"),
  };
}

async function assertNoneRuns(folder: string): Promise<void> {
  const { processes } = await devnetStatus({ dir: folder });
  const alive = processes.filter(({ isRunning }) => isRunning);
  if (alive.length === 0) return;
  throw new DevnetRunsError(
    `A devnet is already up in this folder; stop it first with: npx weighlock devnet down${dirOption(folder)}`,
    { details: { folder, running: alive.map(({ name }) => name) } },
  );
}

/** What names the folder to a command; nothing where it is the one that commands look into by themselves. */
export function dirOption(folder: string): string {
  return resolve(folder) === resolve(".weighlock") ? "" : ` --dir ${folder}`;
}
