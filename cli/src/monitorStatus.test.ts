import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { run } from "./program.ts";

let directory: string;
const closers: (() => void)[] = [];
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "weighlock-cli-"));
});
afterEach(() => {
  for (const close of closers.splice(0)) close();
});
afterAll(() => rmSync(directory, { recursive: true }));

async function serve(status: unknown): Promise<string> {
  const server = createServer((_, response) => response.end(JSON.stringify(status)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(apis: Readonly<Record<string, string>>, ...argv: string[]) {
  const file = join(directory, "devnet.json");
  writeFileSync(file, JSON.stringify({ chains: [], apis }));
  const out: string[] = [];
  const err: string[] = [];
  const streams = { stdout: (text: string) => out.push(text), stderr: (text: string) => err.push(text) };
  const code = await run(["monitor", "status", "--deployment", file, ...argv], { streams, env: {} });
  return { code, stdout: out.join(""), stderr: err.join("") };
}

const asset = (residual: string) => ({
  symbol: "USDC",
  canonicalDecimals: 6,
  ledger: "1000000",
  suspense: "0",
  vaults: "1000000",
  inFlight: "0",
  parked: "0",
  residual,
});
const well = {
  chains: [{ chain: "hub", sources: [{ source: 0, url: "http://node", block: "9", isCaughtUp: true }] }],
  reading: { at: "2026-01-01T00:00:00.000Z", blocks: { hub: "9" } },
  lanes: [],
  assets: [asset("0")],
  openAttestations: 0,
  facts: [],
  alerts: [],
  pauses: [],
};
const guard = { pauser: `0x${"11".repeat(20)}`, monitors: [], obstacles: [], facts: [] };
const finding = {
  id: "x",
  kind: "unknown-commitment",
  lane: "alpha→hub",
  text: "it is forged",
  since: "",
  evidence: {},
};

test("all well is exit code 0", async () => {
  const { code, stdout } = await ask({ monitor: await serve(well), pauser: await serve(guard) });
  expect(code).toBe(0);
  expect(stdout).toContain("Every unit is accounted for");
});

test.each<[string, object, string]>([
  ["a fact", { facts: [{ ...finding, level: "fact" }] }, "fact: it is forged (alpha→hub)"],
  ["an alert", { alerts: [{ ...finding, level: "alert" }] }, "alert: it is forged"],
  ["a residual", { assets: [asset("-1")] }, "residual is -1"],
  ["no reading", { reading: undefined }, "has not read all chains yet"],
])("%s is exit code 1, in one JSON value as well", async (_, change, text) => {
  const apis = { monitor: await serve({ ...well, ...change }), pauser: await serve(guard) };
  const { code, stdout } = await ask(apis);
  expect(code).toBe(1);
  expect(stdout).toContain(text);
  const asJson = await ask(apis, "--json");
  expect(asJson.code).toBe(1);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ isWell: false });
});

test("a monitor that does not answer, or is none, is said in a sentence", async () => {
  const pauser = await serve(guard);
  for (const monitor of ["http://127.0.0.1:9", await serve({ hello: "world" })]) {
    const { code, stderr } = await ask({ monitor, pauser });
    expect(code).toBe(1);
    expect(stderr).toContain("The monitor does not answer");
    expect(stderr).toContain(monitor);
  }
  const none = await ask({ monitor: "http://127.0.0.1:9", "monitor-2": "http://127.0.0.1:10", pauser });
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining("No monitor answers") });
});

test("of several each has a line, and what not all say has the names of those that do", async () => {
  const standing = { ...finding, level: "fact" };
  const own = { ...finding, id: "y", level: "alert", text: "a source lies" };
  const signer = `0x${"22".repeat(20)}`;
  const apis = {
    monitor: await serve({ ...well, signer, facts: [standing] }),
    "monitor-2": await serve({ ...well, facts: [standing], alerts: [own] }),
    "monitor-3": "http://127.0.0.1:9",
    "monitor-3-old": "http://127.0.0.1:10",
    pauser: await serve({ ...guard, monitors: [{ monitor: "http://127.0.0.1:9", failure: "fetch failed" }] }),
  };
  const { code, stdout } = await ask(apis);
  expect(code).toBe(1);
  expect(stdout).toContain(
    `monitor at ${apis.monitor}: 1 findings; signs as ${signer}; the figures above are its own\n`,
  );
  expect(stdout).toContain(`monitor-2 at ${apis["monitor-2"]}: 2 findings; signs nothing\n`);
  expect(stdout).toContain("monitor-3 at http://127.0.0.1:9: silent\n");
  expect(stdout).toContain("✗ fact: it is forged (alpha→hub)\n");
  expect(stdout).toContain("✗ monitor-2: alert: a source lies (alpha→hub)\n");
  expect(stdout).toContain("✗ monitor-3: it does not answer");
  expect(stdout).toContain("✗ the pauser does not hear the monitor at http://127.0.0.1:9: fetch failed\n");
  expect(stdout).not.toContain("127.0.0.1:10");
  const { monitors } = JSON.parse((await ask(apis, "--json")).stdout);
  expect(monitors).toMatchObject([{ name: "monitor", reasons: [expect.any(String)] }, {}, { name: "monitor-3" }]);
  // Named, only those are asked, and each once.
  const named = await ask(apis, "--monitor", apis.monitor, "--monitor", `${apis.monitor}/`, "--json");
  expect(JSON.parse(named.stdout).monitors).toMatchObject([{ name: apis.monitor }]);
});

test("a monitor that has not read yet leaves the figures to the next", async () => {
  const unread = { ...well, reading: undefined, assets: [] };
  const apis = { monitor: await serve(unread), "monitor-2": await serve(well), pauser: await serve(guard) };
  expect((await ask(apis)).stdout).toMatch(/USDC +1 .*\nmonitor-2 at .*: all is well; .*the figures above/s);
});

test("a stop without an end is one that the council ends", async () => {
  const stop = { chain: "hub", lane: "alpha→hub", direction: "in" };
  const pauses = [
    { ...stop, until: String((1n << 40n) - 1n) },
    { ...stop, until: "1767225600" },
  ];
  const { stdout } = await ask({ monitor: await serve({ ...well, pauses }), pauser: await serve(guard) });
  expect(stdout).toContain("paused on hub: alpha→hub (in) until the council ends it\n");
  expect(stdout).toContain("paused on hub: alpha→hub (in) until 2026-01-01T00:00:00.000Z\n");
});

test("a pauser that does not answer is a reason", async () => {
  const { code, stdout } = await ask({ monitor: await serve(well), pauser: "http://127.0.0.1:9" });
  expect(code).toBe(1);
  expect(stdout).toContain("the pauser does not answer");
});

test("a deployment that names no monitor, and a URL that is none, are wrong questions", async () => {
  expect(await ask({})).toMatchObject({ code: 2, stderr: expect.stringContaining("--monitor") });
  for (const url of ["nowhere", "localhost:8801", "ftp://127.0.0.1/"]) {
    expect(await ask({}, "--monitor", url)).toMatchObject({ code: 2, stderr: expect.stringContaining("no URL") });
  }
});
