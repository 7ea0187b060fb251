/** Monitor and pauser on the real network: quiet when all is well, a lane paused when every DVN has signed a forgery. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "@weighlock/cli/program.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { type Chain, createChain } from "@weighlock/core/chains.ts";
import { type ChainDeployment, type Deployment, hubOf, keyOf, vaultsOf } from "@weighlock/core/deployment.ts";
import { accountOf, EntryKind, packEntry, partyOf } from "@weighlock/core/entry.ts";
import { explain } from "@weighlock/core/explain.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { freePort } from "@weighlock/core/testing/processes.ts";
import { type Devnet, devnetUp } from "@weighlock/devnet/devnet.ts";
import { forgeAttestation } from "@weighlock/devnet/layerzero/forgery.ts";
import { startProcess } from "@weighlock/devnet/process.ts";
import { createCleanup, temporaryFolder } from "@weighlock/devnet/testing.ts";
import { askStatus, MonitorStatus, PauserStatus } from "@weighlock/monitor/statusAnswer.ts";
import { startLiar } from "@weighlock/watcher/testing/liar.ts";
import { toFunctionSelector, zeroHash } from "viem";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { corruptBook } from "./corruptBook.ts";

const cleanup = createCleanup();
const common = createTestCommon();
const WAIT = { timeout: 60_000, interval: 100 };
const PAUSE_WITHIN = 3n;
let dir: string;
let devnet: Devnet;
let deployment: Deployment;
let hub: ChainDeployment;
let alpha: ChainDeployment;
let beta: ChainDeployment;
let hubChain: Chain;

beforeAll(async () => {
  dir = await temporaryFolder({ cleanup });
  devnet = await devnetUp({ dir, blockTime: 1 });
  cleanup.add(() => devnet.stop());
  cleanup.add(() => common.shutdown.stop("test"));
  deployment = devnet.deployment;
  hub = hubOf(deployment);
  [alpha, beta] = vaultsOf(deployment) as [ChainDeployment, ChainDeployment];
  hubChain = await createChain(hub);
});
afterAll(() => cleanup.run());

async function weighlock(...argv: string[]) {
  const out: string[] = [];
  const streams = { stdout: (text: string) => out.push(text), stderr: (text: string) => out.push(text) };
  const code = await run([...argv, "--deployment", devnet.file], { streams, env: {} });
  return { code, output: out.join("") };
}

const monitorNow = (url = deployment.apis.monitor ?? "") => askStatus({ schema: MonitorStatus, url });
const pauserNow = () => askStatus({ schema: PauserStatus, url: deployment.apis.pauser ?? "" });
const hubBlock = () => hubChain.client.getBlockNumber();

async function pausesFrom(src: ChainDeployment) {
  return hubChain.client.getContractEvents({
    address: hub.gateway,
    abi: gatewayAbi,
    eventName: "PauseSet",
    args: { eid: src.eid, direction: 0 },
    fromBlock: 0n,
    strict: true,
  });
}

/** A deposit of a million that nobody made, signed for by every DVN. */
function forge(src: ChainDeployment) {
  const owner = keyOf(deployment, "trader").address;
  const entry = packEntry({
    kind: EntryKind.Deposit,
    asset: 1,
    eid: src.eid,
    ref: 0n,
    amount: 1_000_000_000_000n,
    spare: 0,
    account: accountOf({ owner }),
    party: partyOf(owner),
  });
  return forgeAttestation({ common, deployment, src, dst: hub, entries: [entry] });
}

/** Returns when the monitor has reconciled a state of the hub that is newer than now. */
async function untilReconciled(url?: string): Promise<MonitorStatus> {
  const after = await hubBlock();
  return vi.waitFor(async () => {
    const status = await monitorNow(url);
    expect(status.reading?.blocks[hub.name]).toBeGreaterThan(after);
    return status;
  }, WAIT);
}

test("deposits and withdrawals, finished and under way, leave no residual, no fact and no alert", async () => {
  const deposits = await Promise.all([
    weighlock("deposit", "--chain", "alpha", "--asset", "USDC", "--amount", "25", "--wait"),
    weighlock("deposit", "--chain", "beta", "--asset", "WETH", "--amount", "3", "--key-role", "trader-2", "--wait"),
  ]);
  expect(deposits).toEqual(deposits.map(({ output }) => ({ code: 0, output })));
  const withdrawal = await weighlock("withdraw", "--to", "alpha", "--asset", "USDC", "--amount", "10", "--wait");
  expect(withdrawal.code, withdrawal.output).toBe(0);
  await weighlock("deposit", "--chain", "alpha", "--asset", "USDC", "--amount", "1");

  const status = await untilReconciled();
  expect(status.facts).toEqual([]);
  expect(status.alerts).toEqual([]);
  expect(status.assets.map(({ symbol, residual }) => [symbol, residual])).toEqual([
    ["USDC", 0n],
    ["WETH", 0n],
  ]);
  expect(status.assets[0]?.vaults).toBe(16_000_000n);
  const { code, output } = await weighlock("monitor", "status");
  expect(code, output).toBe(0);
  expect(output).toContain("Every unit is accounted for");
  // All of it has arrived before anything is forged on top of the log.
  await vi.waitFor(async () => {
    for (const { posted, executed } of (await monitorNow()).lanes) expect(executed).toBe(posted);
    expect((await monitorNow()).openAttestations).toBe(0);
  }, WAIT);
});

test("a source that lies to the monitor alone is an alert, and pauses nothing", async () => {
  const liar = await startLiar({ target: alpha.rpcUrl });
  cleanup.add(() => liar.close());
  const selector = toFunctionSelector("sealedHead(uint32,uint64)");
  liar.lie("eth_call", (result, [call]) => {
    const { data, input = data } = call as { data?: string; input?: string };
    return input?.startsWith(selector) ? zeroHash : result;
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = JSON.parse(await readFile(join(dir, "config", "monitor.json"), "utf8"));
  config.sources[alpha.name].push(liar.url);
  const file = join(dir, "config", "monitor-lied-to.json");
  await writeFile(file, JSON.stringify({ ...config, port }));
  const monitor = await startProcess({
    name: "monitor-lied-to",
    file: process.execPath,
    args: [fileURLToPath(new URL("../../monitor/src/main.ts", import.meta.url)), "--config", file],
    logFile: join(dir, "logs", "monitor-lied-to.log"),
    isReady: async (signal) => (await fetch(`${url}/ready`, { signal })).ok,
    readyTimeoutMs: 30_000,
  });
  cleanup.add(() => monitor.stop());

  const status = await vi.waitFor(async () => {
    const now = await monitorNow(url);
    expect(now.alerts).toContainEqual(expect.objectContaining({ kind: "sources-disagree", lane: "alpha→hub" }));
    return now;
  }, WAIT);
  expect(status.facts).toEqual([]);
  const facts = (await (await fetch(`${url}/facts`)).json()) as { facts: unknown[] };
  expect(facts.facts).toEqual([]);
  await monitor.stop();
  expect(await pausesFrom(alpha)).toEqual([]);
});

test("a forgery that every DVN signed is a fact at once, and its lane is paused within 3 blocks", async () => {
  const forgery = await forge(alpha);
  const [paused] = await vi.waitFor(async () => {
    const found = await pausesFrom(alpha);
    expect(found).toHaveLength(1);
    return found;
  }, WAIT);
  expect((paused?.blockNumber ?? 0n) - forgery.attestedBlock).toBeLessThanOrEqual(PAUSE_WITHIN);

  const { facts, pauses } = await untilReconciled();
  expect(facts).toEqual([
    expect.objectContaining({
      kind: "unknown-commitment",
      lane: "alpha→hub",
      evidence: expect.objectContaining({ count: String(forgery.count), head: forgery.head, path: 0 }),
    }),
  ]);
  expect(pauses).toContainEqual(expect.objectContaining({ lane: "alpha→hub", direction: "in" }));
  expect((await pauserNow()).facts).toContainEqual(
    expect.objectContaining({ lane: "alpha→hub", verdict: "unknown", paused: expect.anything() }),
  );

  const attempt = hubChain.client.simulateContract({
    address: hub.gateway,
    abi: gatewayAbi,
    functionName: "execute",
    args: [alpha.eid, [forgery.count], forgery.entries, "0x", 3],
    account: keyOf(deployment, "trader").address,
  });
  expect(explain(await attempt.catch((error: unknown) => error)).name).toBe("LaneIsPaused");
  // Nothing else was stopped.
  expect(await pausesFrom(beta)).toEqual([]);
  const { code, output } = await weighlock("monitor", "status");
  expect(code).toBe(1);
  expect(output).toContain("never sealed");
});

test("without the pauser the same is found and nothing is paused", async () => {
  await devnet.services.find(({ name }) => name === "pauser")?.process.stop();
  const forgery = await forge(beta);
  await vi.waitFor(async () => {
    const { facts } = await monitorNow();
    expect(facts).toContainEqual(expect.objectContaining({ lane: "beta→hub" }));
  }, WAIT);
  await vi.waitFor(
    async () => expect(await hubBlock()).toBeGreaterThan(forgery.attestedBlock + 2n * PAUSE_WITHIN),
    WAIT,
  );
  expect(await pausesFrom(beta)).toEqual([]);
  const { code, output } = await weighlock("monitor", "status");
  expect(code).toBe(1);
  expect(output).toContain("the pauser does not answer");
});

test("one unit that is wrong in a book is a residual of one", async () => {
  const before = await untilReconciled();
  expect(before.assets.map(({ residual }) => residual)).toEqual([0n, 0n]);
  await corruptBook(deployment);
  const status = await untilReconciled();
  expect(status.assets.map(({ symbol, residual }) => [symbol, residual])).toEqual([
    ["USDC", 1n],
    ["WETH", 0n],
  ]);
  expect(status.alerts).toContainEqual(expect.objectContaining({ kind: "residual", asset: "USDC" }));
  expect(status.alerts).toContainEqual(expect.objectContaining({ kind: "vault-below-book", chain: "alpha" }));
  const { code, output } = await weighlock("monitor", "status", "--json");
  expect(code).toBe(1);
  const { isWell, monitors } = JSON.parse(output);
  expect(isWell).toBe(false);
  expect(monitors[0]).toMatchObject({ status: { assets: [{ residual: "1" }, { residual: "0" }] } });
});
