import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ProcessNotReadyError, ProcessNotStoppedError } from "./errors.ts";
import { isSameProcess, type ProcessIdentity, readProcessIdentity } from "./processIdentity.ts";

export type ProcessSpec = {
  /** Shown in messages. */
  name: string;
  file: string;
  args: readonly string[];
  /** Added to this process's environment. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Both output streams are appended here; folders are created. */
  logFile: string;
  /** Asked until it answers true; a rejection counts as "not yet". */
  isReady: (signal: AbortSignal) => Promise<boolean>;
  /** Milliseconds until "not ready" is an error; 15 seconds unless told. */
  readyTimeoutMs?: number;
  /** True: the child outlives this process (`devnet up`). False, the default: it never does. */
  detached?: boolean;
};

export type ProcessExit = { code: number | null; signal: NodeJS.Signals | null };

export type RunningProcess = {
  readonly name: string;
  readonly pid: number;
  /** To be recorded, so that a later process can stop this one and no other. */
  readonly identity: ProcessIdentity;
  readonly logFile: string;
  /** Settles when the process has ended, however it ended. */
  readonly exited: Promise<ProcessExit>;
  /** SIGTERM, then SIGKILL after `graceMs` (5 seconds unless told). Returns when the process is gone. */
  stop(options?: { graceMs?: number }): Promise<void>;
  /** SIGKILL, as a crash would: no chance to finish anything. Returns when the process is gone. */
  kill(): Promise<void>;
};

const READY_POLL_MS = 15;
const GRACE_MS = 5_000;

/**
 * Starts a process and returns when it is ready.
 * It gets a session of its own, so that Ctrl-C reaches only the parent, which then stops things in order.
 * @throws ProcessNotReadyError when it ends or stays silent before it is ready; it is gone by then.
 */
export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, "a");
  const child = spawn(spec.file, spec.args, {
    cwd: spec.cwd,
    env: { ...process.env, ...spec.env },
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  // At once, since this process may end before the next event; a detached one as well, until the caller can record it.
  if (child.pid !== undefined) adopt(child.pid);
  try {
    await once(child, "spawn");
  } catch (cause) {
    throw new ProcessNotReadyError(`${spec.name} could not be started.`, { details: { file: spec.file }, cause });
  }
  const pid = child.pid;
  if (pid === undefined) throw new ProcessNotReadyError(`${spec.name} was started but has no process id.`);
  let exit: ProcessExit | undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once("exit", (code, signal) => {
      exit = { code, signal };
      disown(pid);
      resolve(exit);
    });
  });
  const stop = async ({ graceMs = GRACE_MS }: { graceMs?: number } = {}): Promise<void> => {
    if (exit !== undefined) return;
    child.kill("SIGTERM");
    const grace = new AbortController();
    const isTooLate = await Promise.race([
      exited.then(() => false),
      delay(graceMs, true, { signal: grace.signal }).catch(() => false),
    ]);
    grace.abort();
    if (isTooLate && exit === undefined) {
      killSession(pid);
      await exited;
    }
  };

  const kill = async (): Promise<void> => {
    if (exit === undefined) killSession(pid);
    await exited;
  };

  try {
    await untilReady({ spec, exited });
    const identity = await readProcessIdentity(pid);
    if (identity === undefined) throw new ProcessNotReadyError(`${spec.name} ended as soon as it was ready.`);
    if (spec.detached === true) {
      disown(pid);
      child.unref();
    }
    return { name: spec.name, pid, identity, logFile: spec.logFile, exited, stop, kill };
  } catch (error) {
    await stop({ graceMs: 500 });
    throw error;
  }
}

/**
 * Stops a process that another process started and recorded.
 * @returns "stopped", or "gone" when it no longer runs, also when its pid now belongs to a stranger (left alone).
 */
export async function stopRecordedProcess({
  identity,
  graceMs = GRACE_MS,
}: {
  identity: ProcessIdentity;
  graceMs?: number;
}): Promise<"stopped" | "gone"> {
  if (!(await isSameProcess(identity))) return "gone";
  signalProcess(identity.pid, "SIGTERM");
  if (await isGoneWithin(identity, graceMs)) return "stopped";
  signalProcess(identity.pid, "SIGKILL");
  if (await isGoneWithin(identity, GRACE_MS)) return "stopped";
  throw new ProcessNotStoppedError("A process does not end, not even by SIGKILL.", { details: identity });
}

async function isGoneWithin(identity: ProcessIdentity, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  // Somebody else's child sends us no exit event: asking is the only way.
  while (await isSameProcess(identity)) {
    if (performance.now() >= deadline) return false;
    await delay(READY_POLL_MS);
  }
  return true;
}

async function untilReady({ spec, exited }: { spec: ProcessSpec; exited: Promise<ProcessExit> }): Promise<void> {
  const timeoutMs = spec.readyTimeoutMs ?? 15_000;
  const asking = new AbortController();
  const timer = setTimeout(() => asking.abort(`it was not ready after ${timeoutMs} ms`), timeoutMs);
  void exited.then(({ code, signal }) => asking.abort(`it ended (${signal ?? `exit code ${code}`})`));
  let cause: unknown;
  try {
    while (!asking.signal.aborted) {
      // What answers may be somebody else's server on the port this process failed to bind: it must be alive as well.
      const isReady = await spec.isReady(asking.signal).catch((error: unknown) => {
        cause = error;
        return false;
      });
      if (isReady && !asking.signal.aborted) return;
      await delay(READY_POLL_MS, undefined, { signal: asking.signal }).catch(() => undefined);
    }
  } finally {
    clearTimeout(timer);
  }
  throw new ProcessNotReadyError(`${spec.name} did not become ready: ${String(asking.signal.reason)}.`, {
    details: { log: spec.logFile, end: await tail(spec.logFile) },
    cause,
  });
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-8).join("\n");
}

const adopted = new Set<number>();
let isGuarding = false;

/** From now on `pid` is killed when this process ends, whatever ends it (only SIGKILL leaves no chance to). */
function adopt(pid: number): void {
  adopted.add(pid);
  if (isGuarding) return;
  isGuarding = true;
  process.once("exit", () => {
    for (const each of adopted) killSession(each);
  });
  for (const [signal, number] of [
    ["SIGHUP", 1],
    ["SIGINT", 2],
    ["SIGTERM", 15],
  ] as const) {
    process.on(signal, () => {
      // A program with a handler of its own stops things in its own order, and ends through "exit".
      if (process.listenerCount(signal) === 1) process.exit(128 + number);
    });
  }
}

function disown(pid: number): void {
  adopted.delete(pid);
}

function killSession(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    signalProcess(pid, "SIGKILL");
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
