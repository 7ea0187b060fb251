import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { ProcessNotReadyError } from "./errors.ts";
import { freePort } from "./ports.ts";
import { type ProcessSpec, startProcess, stopRecordedProcess } from "./process.ts";
import { isSameProcess, readProcessIdentity } from "./processIdentity.ts";
import { createCleanup, isRunning, temporaryFolder } from "./testing.ts";

const cleanup = createCleanup();
afterEach(() => cleanup.run());

/** A program that writes a file when it is up and then waits for ever; `onTerm` is what SIGTERM does to it. */
async function sleeper({ onTerm = "process.exit(0)" } = {}): Promise<ProcessSpec> {
  const dir = await temporaryFolder({ cleanup });
  const mark = join(dir, "up");
  const script = `process.on("SIGTERM", () => { ${onTerm} }); setInterval(() => {}, 1000);
    require("node:fs").writeFileSync(${JSON.stringify(mark)}, "");`;
  return {
    name: "sleeper",
    file: process.execPath,
    args: ["-e", script],
    logFile: join(dir, "sleeper.log"),
    isReady: () => access(mark).then(() => true),
  };
}

test("kill() gives a process no chance to finish, and returns when it is gone", async () => {
  const child = await startProcess(await sleeper({ onTerm: "" }));
  await child.kill();
  expect(await isRunning(child.pid)).toBe(false);
  expect(await child.exited).toEqual({ code: null, signal: "SIGKILL" });
  await child.kill();
});

test("startProcess() returns when the process is ready, and stop() when it is gone", async () => {
  const child = await startProcess(await sleeper());
  expect(await isRunning(child.pid)).toBe(true);
  await child.stop();
  expect(await isRunning(child.pid)).toBe(false);
  expect(await child.exited).toEqual({ code: 0, signal: null });
  await child.stop();
});

test("stop() kills a process that ignores SIGTERM", async () => {
  const child = await startProcess(await sleeper({ onTerm: "" }));
  await child.stop({ graceMs: 100 });
  expect(await child.exited).toEqual({ code: null, signal: "SIGKILL" });
});

test("startProcess() tells how a process ended before it was ready, with the end of its log", async () => {
  const spec = await sleeper();
  const script = "console.log('the disk is full'); process.exit(3)";
  const start = startProcess({ ...spec, args: ["-e", script], isReady: async () => false });
  await expect(start).rejects.toThrow(ProcessNotReadyError);
  await expect(start).rejects.toThrow(/exit code 3[\s\S]*the disk is full/);
});

test("startProcess() ends a process that does not become ready in time", async () => {
  const spec = await sleeper();
  const pidFile = join(spec.logFile, "..", "pid");
  const script = `require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000);`;
  const start = startProcess({ ...spec, args: ["-e", script], isReady: async () => false, readyTimeoutMs: 1_500 });
  await expect(start).rejects.toThrow("not ready after 1500 ms");
  expect(await isRunning(Number(await readFile(pidFile, "utf8")))).toBe(false);
});

test("startProcess() names a program that does not exist", async () => {
  const start = startProcess({ ...(await sleeper()), file: "/nowhere/program" });
  await expect(start).rejects.toThrow(/could not be started[\s\S]*\/nowhere\/program/);
});

test.each([
  { how: "returns", code: "process.exit(0)", signal: undefined },
  { how: "throws", code: "setTimeout(() => { throw new Error('oops') })", signal: undefined },
  { how: "is terminated", code: "", signal: "SIGTERM" as const },
  { how: "is interrupted", code: "", signal: "SIGINT" as const },
])("a child ends with a parent that $how; a detached one lives on", async ({ code, signal }) => {
  const spec = await sleeper();
  const dir = join(spec.logFile, "..");
  const parentFile = join(dir, "parent.ts");
  const module = fileURLToPath(new URL("./process.ts", import.meta.url));
  await writeFile(
    parentFile,
    `import { startProcess } from ${JSON.stringify(module)};
    const spec = { ...${JSON.stringify({ ...spec, isReady: undefined })}, isReady: async () => true };
    const bound = await startProcess(spec);
    const free = await startProcess({ ...spec, detached: true });
    process.stdout.write(JSON.stringify({ bound: bound.identity, free: free.identity }) + "\\n");
    ${code}`,
  );
  const parent = spawn(process.execPath, [parentFile], { stdio: ["ignore", "pipe", "ignore"] });
  cleanup.add(() => parent.kill("SIGKILL"));
  const [line] = await once(parent.stdout, "data");
  const { bound, free } = JSON.parse(String(line));
  if (signal !== undefined) parent.kill(signal);
  await once(parent, "exit");
  // The signal is sent before the parent ends; the system may take a moment to act on it.
  for (let i = 0; i < 100 && (await isSameProcess(bound)); i++) await delay(10);
  expect(await isSameProcess(bound)).toBe(false);
  expect(await isSameProcess(free)).toBe(true);
  expect(await stopRecordedProcess({ identity: free })).toBe("stopped");
  expect(await stopRecordedProcess({ identity: free })).toBe("gone");
});

test("stopRecordedProcess() leaves a stranger alone that has got the pid", async () => {
  const child = await startProcess(await sleeper());
  cleanup.add(() => child.stop());
  for (const wrong of [{ startedAt: "another boot:1" }, { command: "another program" }]) {
    expect(await stopRecordedProcess({ identity: { ...child.identity, ...wrong } })).toBe("gone");
  }
  expect(await isRunning(child.pid)).toBe(true);
  expect(await readProcessIdentity(child.pid)).toEqual(child.identity);
});

test("freePort() gives no port twice", async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  expect(new Set(ports).size).toBe(50);
});
