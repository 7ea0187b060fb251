/** Starts one of our services as a process of its own, with a configuration file of its own. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./ports.ts";
import { type RunningProcess, startProcess } from "./process.ts";

export type ServiceSpec = {
  /** Of the process, its log and its configuration. */
  name: string;
  /** The entry file, from the repository's root. */
  main: string;
  /** What its configuration file holds, the port aside. */
  config: Readonly<Record<string, unknown>>;
};

export type Service = {
  name: string;
  url: string;
  process: RunningProcess;
  /** The same program with the same configuration and port, after its process has ended. */
  restart(): Promise<Service>;
};

const ROOT = new URL("../../", import.meta.url);

/** Returns when `/ready` says yes. The configuration may hold a key: only its owner can read it. */
export async function startService({
  spec: { name, main, config },
  dir,
  detached,
}: {
  spec: ServiceSpec;
  dir: string;
  detached: boolean;
}): Promise<Service> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = join(dir, "config", `${name}.json`);
  await mkdir(join(dir, "config"), { recursive: true });
  await writeFile(file, `${JSON.stringify({ ...config, port }, null, 2)}\n`, { mode: 0o600 });
  const start = async (): Promise<Service> => {
    const child = await startProcess({
      name,
      // This very Node runs TypeScript; the one on PATH may not.
      file: process.execPath,
      args: [fileURLToPath(new URL(main, ROOT)), "--config", file],
      logFile: join(dir, "logs", `${name}.log`),
      isReady: async (signal) => (await fetch(`${url}/ready`, { signal })).ok,
      readyTimeoutMs: 30_000,
      detached,
    });
    return { name, url, process: child, restart: start };
  };
  return start();
}
