/** `.weighlock/devnet.state.json`: the processes that `devnet up` left running, for `devnet down`. */

import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { configError } from "@weighlock/core/config.ts";
import { z } from "zod";
import { type RunningProcess, stopRecordedProcess } from "./process.ts";
import { isSameProcess, processIdentitySchema } from "./processIdentity.ts";

const stateSchema = z.object({
  version: z.literal(1),
  /** In the order of their start; each may need those before it. */
  processes: z.array(z.object({ name: z.string(), logFile: z.string(), identity: processIdentitySchema })),
});

export type DevnetState = z.output<typeof stateSchema>;
export type RecordedProcess = DevnetState["processes"][number];

/** @returns undefined when there is no file. @throws ConfigError when it can't be understood. */
export async function readState(file: string): Promise<DevnetState | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw configError(file, { "(the whole file)": "expected JSON" });
  }
  const result = stateSchema.safeParse(value);
  if (result.success) return result.data;
  throw configError(
    file,
    Object.fromEntries(result.error.issues.map(({ path, message }) => [path.map(String).join("."), message])),
  );
}

/** Records processes one by one, so that one that was started is never unknown to `devnet down`. */
export function createStateRecorder({ file }: { file: string }) {
  const state: DevnetState = { version: 1, processes: [] };
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  const written = (): Promise<void> => {
    writing = writing.then(write, write);
    return writing;
  };

  return {
    record({ name, logFile, identity }: RunningProcess): Promise<void> {
      state.processes.push({ name, logFile, identity });
      return written();
    },
    /** One that has ended, and is not missed. */
    forget({ pid }: Pick<RunningProcess, "pid">): Promise<void> {
      state.processes = state.processes.filter(({ identity }) => identity.pid !== pid);
      return written();
    },
  };
}

/** Each recorded process, and whether it still runs. */
export function listRecorded({ processes }: DevnetState): Promise<(RecordedProcess & { isRunning: boolean })[]> {
  return Promise.all(processes.map(async (each) => ({ ...each, isRunning: await isSameProcess(each.identity) })));
}

/**
 * Stops what is recorded, the last started first, then removes the file. A pid that now belongs to another process is
 * "gone" and left alone.
 */
export async function stopRecorded({
  file,
}: {
  file: string;
}): Promise<{ name: string; outcome: "stopped" | "gone" }[]> {
  const state = await readState(file);
  const outcomes: { name: string; outcome: "stopped" | "gone" }[] = [];
  for (const { name, identity } of state?.processes.toReversed() ?? []) {
    outcomes.push({ name, outcome: await stopRecordedProcess({ identity }) });
  }
  await rm(file, { force: true });
  return outcomes;
}
