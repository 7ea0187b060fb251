/** A private redis-server: own port, own folder, nothing shared with one that the machine may run. */

import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { ProgramMissingError } from "./errors.ts";
import { freePort } from "./ports.ts";
import { type RunningProcess, startProcess } from "./process.ts";

export type RedisSpec = {
  /** Folder for the log and for the append-only file; the caller removes it. */
  dir: string;
  /** Any free port unless told. */
  port?: number;
  /** Where the program is looked for; this process's PATH unless told. */
  path?: string;
  /** True: outlives this process. */
  detached?: boolean;
};

export type RedisServer = {
  readonly url: string;
  readonly port: number;
  readonly process: RunningProcess;
  stop(): Promise<void>;
};

/**
 * Starts redis-server from PATH, with every write in the append-only file and no eviction, as BullMQ requires.
 * Started again on the same folder, it holds what it held.
 * @throws ProgramMissingError with the one line to type when redis-server is not installed.
 */
export async function startRedis(spec: RedisSpec): Promise<RedisServer> {
  const file = await findProgram({ name: "redis-server", path: spec.path ?? process.env.PATH ?? "" });
  if (file === undefined) throw new ProgramMissingError("redis-server is not installed. Type: npm run setup");
  const port = spec.port ?? (await freePort());
  const data = join(spec.dir, "redis");
  await mkdir(data, { recursive: true });
  const settings: [string, string][] = [
    ["port", `${port}`],
    ["bind", "127.0.0.1"],
    ["dir", data],
    ["appendonly", "yes"],
    ["appendfsync", "everysec"],
    ["save", ""],
    ["maxmemory-policy", "noeviction"],
    ["daemonize", "no"],
    // The title is part of what tells this process from a stranger with its pid.
    ["set-proc-title", "no"],
  ];
  const child = await startProcess({
    name: "redis-server",
    file,
    args: settings.flatMap(([key, value]) => [`--${key}`, value]),
    logFile: join(spec.dir, "redis.log"),
    isReady: (signal) => answersPing({ port, signal }),
    detached: spec.detached ?? false,
  });
  return { url: `redis://127.0.0.1:${port}`, port, process: child, stop: () => child.stop() };
}

async function findProgram({ name, path }: { name: string; path: string }): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const file = join(folder, name);
    const isExecutable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable) return file;
  }
  return undefined;
}

/** True once the server has loaded its file and answers PONG (while it loads, it answers an error). */
function answersPing({ port, signal }: { port: number; signal: AbortSignal }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", signal });
    socket.once("error", reject);
    socket.once("connect", () => socket.write("PING\r\n"));
    socket.once("data", (reply) => {
      socket.destroy();
      resolve(reply.toString().startsWith("+PONG"));
    });
  });
}
