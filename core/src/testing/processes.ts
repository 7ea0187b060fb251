/** Private child processes for tests: each on its own free port, each closed by its handle. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { FatalError } from "../errors.ts";

export type TestProcess = { url: string; port: number; pid: number; close(): Promise<void> };

/** Resolves when it listens. `args` are added to the command line. */
export async function startAnvil({
  chainId = 31_337,
  args = [],
}: {
  chainId?: number;
  args?: readonly string[];
} = {}): Promise<TestProcess> {
  const child = spawn(anvilBinary(), ["--port", "0", "--chain-id", String(chainId), ...args]);
  const [, port] = await firstMatch(child, /Listening on 127\.0\.0\.1:(\d+)/);
  return handle(child, "http", Number(port));
}

/** Nothing is kept on disk after close. */
export async function startRedis({ args = [] }: { args?: readonly string[] } = {}): Promise<TestProcess> {
  const directory = await mkdtemp(join(tmpdir(), "weighlock-redis-"));
  const port = await freePort();
  const child = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, ...args]);
  await firstMatch(child, /Ready to accept connections/);
  return handle(child, "redis", port, () => rm(directory, { recursive: true, force: true }));
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function handle(
  child: ChildProcess,
  protocol: string,
  port: number,
  cleanUp: () => Promise<void> = async () => {},
): TestProcess {
  const exited = once(child, "exit");
  return {
    url: `${protocol}://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    async close() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await exited;
      await cleanUp();
    },
  };
}

/** The first stdout line that matches; rejects with all output when the process ends before. */
function firstMatch(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const output: string[] = [];
    child.stderr?.on("data", (chunk) => output.push(String(chunk)));
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new FatalError("A test process ended before it was ready.", { details: { code, output } })),
    );
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      output.push(line);
      const match = pattern.exec(line);
      if (match) resolve(match);
    });
  });
}

/** The real binary: npm's launcher would not pass a kill on to it. */
function anvilBinary(): string {
  const launcher = createRequire(import.meta.resolve("@foundry-rs/anvil/package.json"));
  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  return join(dirname(launcher.resolve(`@foundry-rs/anvil-${platform}/package.json`)), "bin/anvil");
}
