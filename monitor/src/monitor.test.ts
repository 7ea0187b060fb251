/** The monitor in this process, on three real chains that the tests carry themselves. */

import { deposit, withdraw } from "@weighlock/cli/index.ts";
import { type LocalNetwork, startLocalNetwork } from "@weighlock/cli/testing/localNetwork.ts";
import { hubOf, keyOf, type LaneDeployment, vaultsOf } from "@weighlock/core/deployment.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { MonitorSetup } from "./config.ts";
import { createMonitor } from "./monitor.ts";
import { readDeploymentState } from "./read.ts";
import { reconcile } from "./reconcile.ts";
import { askStatus, MonitorStatus } from "./statusAnswer.ts";

const cleanup = createCleanup();
const WAIT = { timeout: 15_000, interval: 50 };
vi.setConfig({ testTimeout: 60_000 });
let local: LocalNetwork;
let lane: LaneDeployment;
let url: string;

beforeAll(async () => {
  local = await startLocalNetwork({ cleanup });
  const { chains } = local.deployment;
  const [src] = vaultsOf(local.deployment);
  if (src === undefined) throw new RangeError("no vault");
  lane = { src, dst: hubOf(local.deployment) };
  const common = createTestCommon("monitor");
  const settings: MonitorSetup["settings"] = {
    deployment: "",
    sources: Object.fromEntries(chains.map(({ name, rpcUrl }) => [name, [rpcUrl]])),
    allowSingleSource: true,
    host: "127.0.0.1",
    port: 0,
    pollMs: 30,
    maxRange: 7,
    undecidedAlertSeconds: 60,
    quarantineAlertSeconds: 3_600,
    actionAlertSeconds: 86_400,
    dismissed: [],
    logLevel: "silent",
  };
  ({ url } = await createMonitor({ common, setup: { settings, deployment: { chains } } }));
  cleanup.add(() => common.shutdown.stop("test"));
}, 60_000);
afterAll(() => cleanup.run());

const now = () => askStatus({ schema: MonitorStatus, url });
const trader = () => ({ network: local.network, privateKey: keyOf(local.deployment, "trader").privateKey });
const give = (amount: string) => deposit({ ...trader(), chain: lane.src.name, asset: "USDC", amount });

async function carry(over: LaneDeployment): Promise<void> {
  await local.dispatch(over);
  await local.attest(over, 0);
  await local.attest(over, 1);
  await local.execute(over);
}

/** What the monitor says once it has read what the chains hold now, and what one whole reading says of the same. */
async function compared(): Promise<MonitorStatus> {
  const { chains } = local.deployment;
  const reading = await readDeploymentState({ deployment: { chains } });
  const status = await vi.waitFor(async () => {
    const found = await now();
    for (const [chain, block] of Object.entries(reading.blocks)) {
      expect(found.reading?.blocks[chain]).toBeGreaterThanOrEqual(block);
    }
    return found;
  }, WAIT);
  const figures = ({ symbol, ledger, vaults, inFlight, parked, residual }: MonitorStatus["assets"][number]) => {
    return { symbol, ledger, vaults, inFlight, parked, residual };
  };
  expect(status.assets.map(figures)).toEqual(reconcile(reading).map(figures));
  expect(status.alerts).toEqual([]);
  return status;
}

test("at every stage of a settlement it says what one whole reading says, and no residual", async () => {
  await give("5");
  expect((await compared()).assets[0]).toMatchObject({ inFlight: 5_000_000n, ledger: 0n, residual: 0n });
  await give("7");
  expect((await compared()).assets[0]).toMatchObject({ inFlight: 12_000_000n, residual: 0n });
  await carry(lane);
  expect((await compared()).assets[0]).toMatchObject({ inFlight: 0n, ledger: 12_000_000n, residual: 0n });

  // What was executed for good is forgotten, and the log goes on.
  const executedAt = (await now()).reading?.blocks[lane.dst.name] ?? 0n;
  await vi.waitFor(async () => {
    const [hub] = (await now()).chains.filter(({ chain }) => chain === lane.dst.name);
    expect(hub?.sources[0]?.finalized).toBeGreaterThan(executedAt);
  }, WAIT);
  await give("1");
  await withdraw({ ...trader(), to: lane.src.name, asset: "USDC", amount: "2" });
  expect((await compared()).assets[0]).toMatchObject({ inFlight: 3_000_000n, ledger: 10_000_000n, residual: 0n });
  await carry({ src: lane.dst, dst: lane.src });
  await carry(lane);
  const status = await compared();
  expect(status.assets[0]).toMatchObject({ inFlight: 0n, ledger: 11_000_000n, vaults: 11_000_000n, residual: 0n });
  expect(status.lanes.map(({ posted, executed }) => posted - executed)).toEqual([0n, 0n, 0n, 0n]);
  await vi.waitFor(async () => expect((await now()).openAttestations).toBe(0), WAIT);
  expect((await now()).facts).toEqual([]);
});

test("it is ready, and whoever asks for newer facts waits for them", async () => {
  expect((await fetch(`${url}/ready`)).status).toBe(200);
  const first = (await (await fetch(`${url}/facts`)).json()) as { version: number; facts: unknown[] };
  expect(first.facts).toEqual([]);
  const next = fetch(`${url}/facts?since=${first.version}&wait=20`);
  await give("1");
  await local.dispatch(lane);
  await local.attest(lane, 1, { head: `0x${"12".repeat(32)}` });
  const { version, facts } = (await (await next).json()) as typeof first;
  expect(version).toBeGreaterThan(first.version);
  expect(facts).toMatchObject([{ kind: "unknown-commitment", srcEid: lane.src.eid, dstEid: lane.dst.eid, path: 1 }]);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/weighlock_monitor_findings_count\{level="fact",kind="unknown-commitment".*\} 1/);
});

test("a contradiction that the gateway saw is told with whose path to disable", async () => {
  await local.attest(lane, 0);
  await vi.waitFor(async () => {
    const { alerts } = await now();
    expect(alerts).toContainEqual(
      expect.objectContaining({
        kind: "contradiction",
        text: expect.stringContaining(`disablePath ${lane.src.eid} 1`),
      }),
    );
    expect(alerts).toContainEqual(expect.objectContaining({ kind: "lane-halted" }));
  }, WAIT);
});

test.each(["/facts?since=x", "/facts?since=1&wait=-1"])("%s is malformed", async (path) => {
  expect((await fetch(`${url}${path}`)).status).toBe(400);
});
