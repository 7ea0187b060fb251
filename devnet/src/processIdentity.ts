import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { z } from "zod";

/**
 * What tells one process from a later one with the same pid.
 * `startedAt` is opaque: on Linux boot id and clock ticks since boot, elsewhere the start time that `ps` prints.
 */
export const processIdentitySchema = z.object({
  pid: z.number().int().positive(),
  startedAt: z.string().min(1),
  command: z.string().min(1),
});

export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

const run = promisify(execFile);

/** The identity of the live process `pid`, or undefined when there is none (a zombie counts as none). */
export function readProcessIdentity(pid: number): Promise<ProcessIdentity | undefined> {
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

/** True when the process that was recorded is still the one that runs under its pid. */
export async function isSameProcess(recorded: ProcessIdentity): Promise<boolean> {
  const actual = await readProcessIdentity(recorded.pid);
  return actual?.startedAt === recorded.startedAt && actual.command === recorded.command;
}

async function fromProc(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const [stat, cmdline, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/cmdline`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    // The second field is the name in brackets and may hold spaces: count from behind the last bracket.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, ticks] = [fields[0], fields[19]];
    if (state === undefined || ticks === undefined || state === "Z" || state === "X") return undefined;
    const command = cmdline.split("\0").filter(Boolean).join(" ");
    return { pid, startedAt: `${bootId.trim()}:${ticks}`, command };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

async function fromPs(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const options = { env: { ...process.env, LC_ALL: "C", TZ: "UTC" } };
    const { stdout } = await run("ps", ["-ww", "-o", "stat=,lstart=,command=", "-p", String(pid)], options);
    const match = /^\s*(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*\S)\s*$/.exec(stdout);
    const [, state, startedAt, command] = match ?? [];
    if (state === undefined || startedAt === undefined || command === undefined || state.startsWith("Z"))
      return undefined;
    return { pid, startedAt, command };
  } catch (error) {
    // ps exits with 1 when no process matches.
    if (error instanceof Error && "code" in error && error.code === 1) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH");
}
