import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { startRedis } from "./redis.ts";
import { createStateRecorder, listRecorded, readState, stopRecorded } from "./state.ts";
import { createCleanup, isRunning, temporaryFolder } from "./testing.ts";

const cleanup = createCleanup();
afterEach(() => cleanup.run());

async function recordedServers() {
  const dir = await temporaryFolder({ cleanup });
  const file = join(dir, "devnet.state.json");
  const recorder = createStateRecorder({ file });
  const servers = [];
  for (const name of ["a", "b"]) {
    const server = await startRedis({ dir: join(dir, name), detached: true });
    cleanup.add(() => server.stop());
    await recorder.record(server.process);
    servers.push(server);
  }
  return { file, servers, recorder };
}

test("stopRecorded() stops what was recorded and removes the file", async () => {
  const { file, servers } = await recordedServers();
  const state = await readState(file);
  expect(state?.processes.map(({ identity }) => identity.pid)).toEqual(servers.map(({ process }) => process.pid));
  expect(await stopRecorded({ file })).toEqual([
    { name: "redis-server", outcome: "stopped" },
    { name: "redis-server", outcome: "stopped" },
  ]);
  for (const { process } of servers) expect(await isRunning(process.pid)).toBe(false);
  expect(await readState(file)).toBeUndefined();
  expect(await stopRecorded({ file })).toEqual([]);
});

test("what is forgotten is not missed", async () => {
  const { file, servers, recorder } = await recordedServers();
  const [first, second] = servers;
  if (first === undefined || second === undefined) throw new Error("nothing was recorded");
  await first.stop();
  await recorder.forget(first.process);
  const state = await readState(file);
  expect(state && (await listRecorded(state)).map(({ identity, isRunning }) => [identity.pid, isRunning])).toEqual([
    [second.process.pid, true],
  ]);
});

test("stopRecorded() leaves a process alone that is not the one recorded", async () => {
  const { file, servers } = await recordedServers();
  const [first] = servers;
  const text = await readFile(file, "utf8");
  const state = JSON.parse(text) as { processes: { identity: { startedAt: string } }[] };
  const [recorded] = state.processes;
  if (first === undefined || recorded === undefined) throw new Error("nothing was recorded");
  recorded.identity.startedAt = "another boot:1";
  await writeFile(file, JSON.stringify(state));
  const now = await readState(file);
  expect(now && (await listRecorded(now)).map((each) => each.isRunning)).toEqual([false, true]);
  expect((await stopRecorded({ file })).map(({ outcome }) => outcome)).toEqual(["stopped", "gone"]);
  expect(await isRunning(first.process.pid)).toBe(true);
});

test("a state file that can't be understood is an error, not an empty devnet", async () => {
  const dir = await temporaryFolder({ cleanup });
  const file = join(dir, "devnet.state.json");
  await writeFile(file, '{"version": 1, "processes": [{"name": "x"}]}');
  await expect(readState(file)).rejects.toThrow(/processes\.0\.identity/);
  await writeFile(file, "{");
  await expect(stopRecorded({ file })).rejects.toThrow(/JSON/);
});
