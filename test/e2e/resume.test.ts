/**
 * The way back, on the real network and by what people type: all watchers of a path are owned and forge, and the lane is stopped,
 * given another set of watchers, signed for by the monitors and resumed, with nobody's balance changed. Where the forgery
 * was executed, no monitor ever signs.
 */

import { dirname } from "node:path";
import { deposit, withdraw } from "@weighlock/cli/index.ts";
import { createNetwork, type Network } from "@weighlock/cli/network.ts";
import { run } from "@weighlock/cli/program.ts";
import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import { type Chain, createChain } from "@weighlock/core/chains.ts";
import {
  type ChainDeployment,
  type Deployment,
  type HubDeployment,
  hubOf,
  keyOf,
  pathByName,
  vaultsOf,
} from "@weighlock/core/deployment.ts";
import { accountOf, EntryKind, packEntry, partyOf } from "@weighlock/core/entry.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { type Devnet, devnetSkip, devnetUp } from "@weighlock/devnet/devnet.ts";
import { forgeCommitment } from "@weighlock/devnet/layerzero/forgedPacket.ts";
import { forgeAttestation } from "@weighlock/devnet/layerzero/forgery.ts";
import { NETWORK } from "@weighlock/devnet/spec.ts";
import { createCleanup, temporaryFolder } from "@weighlock/devnet/testing.ts";
import { askStatus, MonitorStatus } from "@weighlock/monitor/statusAnswer.ts";
import type { Address } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createOffices, type Offices } from "./offices.ts";
import { attestAs, deployWatcherPath, readCommitment } from "./watcherWords.ts";

const cleanup = createCleanup();
const common = createTestCommon();
const WAIT = { timeout: 90_000, interval: 250 };
const STOP_WITHIN = 5n;
const NO_END = (1n << 40n) - 1n;
let devnet: Devnet;
let deployment: Deployment;
let network: Network;
let hub: HubDeployment;
let alpha: ChainDeployment;
let beta: ChainDeployment;
let hubChain: Chain;
let offices: Offices;
let monitors: string[];

beforeAll(async () => {
  const dir = await temporaryFolder({ cleanup });
  devnet = await devnetUp({ dir, blockTime: 1 });
  cleanup.add(() => devnet.stop());
  cleanup.add(() => common.shutdown.stop("test"));
  ({ deployment } = devnet);
  network = createNetwork(deployment);
  cleanup.add(() => network.close());
  hub = hubOf(deployment);
  [alpha, beta] = vaultsOf(deployment) as [ChainDeployment, ChainDeployment];
  hubChain = await createChain(hub);
  offices = createOffices({ common, deployment });
  monitors = ["monitor", "monitor-2", "monitor-3"].map((name) => deployment.apis[name] ?? "");
});
afterAll(() => cleanup.run());

/** What somebody types, and what it says. */
async function weighlock(...argv: string[]) {
  const out: string[] = [];
  const streams = { stdout: (text: string) => out.push(text), stderr: (text: string) => out.push(text) };
  const code = await run([...argv, "--deployment", devnet.file], { streams, env: {} });
  return { code, output: out.join("") };
}

async function type(...argv: string[]): Promise<string> {
  const { code, output } = await weighlock(...argv);
  expect(code, output).toBe(0);
  return output;
}

const accountOfKey = (role: string) => privateKeyToAccount(keyOf(deployment, role).privateKey);
const give = (chain: ChainDeployment, role: string, amount: string) =>
  deposit({ network, privateKey: keyOf(deployment, role).privateKey, chain: chain.name, asset: "USDC", amount });
const take = (chain: ChainDeployment, role: string, amount: string) =>
  withdraw({ network, privateKey: keyOf(deployment, role).privateKey, to: chain.name, asset: "USDC", amount });
const pausedIn = (eid: number) =>
  hubChain.client.readContract({
    address: hub.gateway,
    abi: gatewayAbi,
    functionName: "pausedUntil",
    args: [eid, 0],
  });
const monitorNow = (url = monitors[0] ?? "") => askStatus({ schema: MonitorStatus, url });

/** Every trader's balance of USDC on the hub. */
async function balances(): Promise<Record<string, bigint>> {
  const traders = deployment.keys.filter(({ role }) => role.startsWith("trader"));
  const held = await Promise.all(
    traders.map(({ address }) =>
      hubChain.client.readContract({
        address: hub.clearingHouse,
        abi: clearingHouseAbi,
        functionName: "balanceOf",
        args: [accountOf({ owner: address }), 1],
      }),
    ),
  );
  return Object.fromEntries(traders.map(({ role }, i) => [role, held[i] ?? 0n]));
}

const balancesAre = (expected: Record<string, bigint>) =>
  vi.waitFor(async () => expect(await balances()).toMatchObject(expected), WAIT);

/** Everything that is posted has been executed, and nothing is missing. */
async function allIsWell(url?: string): Promise<void> {
  const after = await hubChain.client.getBlockNumber();
  await vi.waitFor(async () => {
    const { reading, lanes, assets, facts } = await monitorNow(url);
    expect(reading?.blocks[hub.name]).toBeGreaterThan(after);
    expect(lanes.map(({ posted, executed }) => posted - executed)).toEqual(lanes.map(() => 0n));
    expect(assets.map(({ residual }) => residual)).toEqual([0n, 0n]);
    expect(facts).toEqual([]);
  }, WAIT);
}

/** A million for the first trader. */
function forgedEntries(src: ChainDeployment, windows = 1) {
  const owner = keyOf(deployment, "trader").address;
  const entry = packEntry({
    ...{ kind: EntryKind.Deposit, asset: 1, eid: src.eid, ref: 0n, amount: 1_000_000_000_000n, spare: 0 },
    ...{ account: accountOf({ owner }), party: partyOf(owner) },
  });
  return Array.from({ length: windows }, () => entry);
}

/** What each monitor says against signing. */
async function refusals(chain: ChainDeployment, scope: string, id: number): Promise<string[]> {
  const asked = monitors.map(async (url) => {
    const response = await fetch(`${url}/reconciliation?chain=${chain.name}&scope=${scope}&id=${id}`);
    expect(response.status).toBe(409);
    return ((await response.json()) as { reasons: string[] }).reasons.join("\n");
  });
  return Promise.all(asked);
}

let before: Record<string, bigint>;
let replacement: Address;
const successors = [generatePrivateKey(), generatePrivateKey()].map((key) => privateKeyToAccount(key));

test("a forgery that all watchers signed is in quarantine within blocks, and the lane's stop has no end", async () => {
  await Promise.all([give(alpha, "trader", "40"), give(beta, "trader-2", "30")]);
  await balancesAre({ trader: 40_000_000n, "trader-2": 30_000_000n });
  await take(alpha, "trader", "10");
  await allIsWell();
  before = await balances();

  const { commitment } = await forgeCommitment({ src: alpha, dst: hub, entries: forgedEntries(alpha, 3) });
  const attestedAt = await attestAs({
    watchers: ["watcher", "watcher-2"].map(accountOfKey),
    path: pathByName(hub, "watcher").address,
    ...{ src: alpha, dst: hub, commitment, payer: accountOfKey("trader-3") },
  });
  const [quarantined] = await vi.waitFor(async () => {
    const found = await hubChain.client.getContractEvents({
      ...{ address: hub.gateway, abi: gatewayAbi, eventName: "Quarantined", fromBlock: 0n, strict: true },
    });
    expect(found).toHaveLength(1);
    return found;
  }, WAIT);
  expect(quarantined?.args).toMatchObject({
    srcEid: alpha.eid,
    path: 1,
    count: commitment.count,
    head: commitment.head,
  });
  expect((quarantined?.blockNumber ?? 0n) - attestedAt).toBeLessThanOrEqual(STOP_WITHIN);
  expect(await pausedIn(alpha.eid)).toBe(NO_END);
  expect(await pausedIn(beta.eid)).toBe(0n);
  await vi.waitFor(async () => {
    for (const reasons of await refusals(hub, "in", alpha.eid)) {
      expect(reasons).toMatch(/1 attestations are in quarantine/);
      expect(reasons).toMatch(/a path attested a head that the source never sealed/);
    }
  }, WAIT);
});

test("another set of watchers takes over, two of three monitors sign, and the lane lives again", async () => {
  await type("guardian", "disable-path", "watcher", "--chain", "hub", "--peer", "alpha");
  replacement = await deployWatcherPath({
    chain: hub,
    watchers: successors.map(({ address }) => address),
    payer: accountOfKey("trader-3"),
  });
  const openRemote = {
    ...{ chain: hub, to: replacement, abi: watcherPathAbi, functionName: "openRemote" },
    args: [alpha.eid, BigInt(alpha.chainId), alpha.gateway],
  };
  const addPath = ["council", "add-path", "2", replacement, "--chain", "hub", "--peer", "alpha"];
  await offices.schedule(openRemote);
  expect(await type(...addPath)).toContain("the same command again");
  await type("council", "propose-resume", "in", "alpha", "--chain", "hub");
  // Asked for meanwhile, and waiting for the lane.
  await give(alpha, "trader", "5");
  await give(beta, "trader-2", "1");
  await balancesAre({ ...before, "trader-2": 31_000_000n });
  await allSay(/path 1 of the lane with alpha is disabled/);

  await devnetSkip({ dir: dirname(devnet.file), seconds: NETWORK.councilDelay + 1 });
  await offices.carryOut(openRemote);
  await type(...addPath);
  expect(await pausedIn(alpha.eid)).toBe(NO_END);
  const resume = ["council", "resume", "in", "alpha", "--chain", "hub"];
  const alone = await weighlock(...resume, "--monitor", monitors[0] ?? "");
  expect(alone).toMatchObject({ code: 1, output: expect.stringContaining("Fewer than 2 monitors sign the same") });
  expect(await pausedIn(alpha.eid)).toBe(NO_END);
  await devnet.kill("monitor-3");
  await vi.waitFor(() => type(...resume), WAIT);
  expect(await pausedIn(alpha.eid)).toBe(0n);
  await devnet.restart("monitor-3");

  await speak();
  await balancesAre({ ...before, trader: 35_000_000n, "trader-2": 31_000_000n });
  await give(alpha, "trader-3", "2");
  await take(alpha, "trader-2", "3");
  await speak();
  await balancesAre({ ...before, trader: 35_000_000n, "trader-2": 28_000_000n, "trader-3": 2_000_000n });
  await allIsWell();
  await allSay(/path 2 was added to the lane with alpha/);
  await allSay(/the council resumed what comes from alpha/);
});

/** Every monitor has an alert like that. */
const allSay = (alert: RegExp) =>
  vi.waitFor(async () => {
    for (const { alerts } of await Promise.all(monitors.map(monitorNow))) {
      expect(alerts.map(({ text }) => text).join("\n")).toMatch(alert);
    }
  }, WAIT);

/** The successors, once alpha has sealed what it has: they sign what is true. */
async function speak(): Promise<void> {
  const { client } = await createChain(alpha);
  const view = { address: alpha.gateway, abi: gatewayAbi, functionName: "outbox", args: [hub.eid] } as const;
  await vi.waitFor(async () => {
    const [posted, sealed] = await client.readContract(view);
    expect(sealed).toBe(posted);
  }, WAIT);
  const commitment = await readCommitment(alpha, hub);
  await attestAs({
    ...{ watchers: successors, path: replacement, src: alpha, dst: hub, commitment },
    payer: accountOfKey("trader-3"),
  });
}

test("where two owned paths had a forgery executed, no monitor signs, whatever people do", async () => {
  // Nobody is quick enough this time.
  await devnet.kill("pauser");
  const entries = forgedEntries(beta);
  const { commitment } = await forgeCommitment({ src: beta, dst: hub, entries });
  const forgery = await forgeAttestation({ common, deployment, src: beta, dst: hub, entries });
  expect(forgery.head).toBe(commitment.head);
  await attestAs({
    watchers: ["watcher", "watcher-2"].map(accountOfKey),
    path: pathByName(hub, "watcher").address,
    ...{ src: beta, dst: hub, commitment, payer: accountOfKey("trader-3") },
  });
  await offices.as("trader", {
    ...{ chain: hub, to: hub.gateway, abi: gatewayAbi, functionName: "execute" },
    args: [beta.eid, [commitment.count], entries, "0x", 3],
  });
  await type("guardian", "freeze", "in", "beta", "--chain", "hub");
  for (const path of ["layerzero", "watcher"]) {
    await type("guardian", "disable-path", path, "--chain", "hub", "--peer", "beta");
  }
  await type("council", "propose-resume", "in", "beta", "--chain", "hub");
  await devnetSkip({ dir: dirname(devnet.file), seconds: NETWORK.resumeDelay + 1 });
  await vi.waitFor(async () => {
    const status = await monitorNow();
    expect(status.facts).toEqual([]);
    for (const reasons of await refusals(hub, "in", beta.eid)) {
      expect(reasons).toMatch(/beta→hub is forked: .* it is never resumed/);
      expect(reasons).toMatch(/their entries add up to/);
    }
  }, WAIT);
  const refused = await weighlock("council", "resume", "in", "beta", "--chain", "hub");
  expect(refused.code).toBe(1);
  for (const url of monitors) expect(refused.output).toContain(`  ${url}:\n`);
  expect(refused.output.match(/beta→hub is forked: .* it is never resumed/g)).toHaveLength(monitors.length);
  expect((await monitorNow()).alerts).toContainEqual(expect.objectContaining({ kind: "lane-mismatch" }));

  // What was credited there would leave by any other lane: value-out of those is not signed for either.
  await type("guardian", "freeze", "out", "alpha", "--chain", "hub");
  await vi.waitFor(async () => {
    for (const reasons of await refusals(hub, "out", alpha.eid)) {
      expect(reasons).toMatch(/beta: deposited = credited \+ deposits in flight fails by -/);
    }
  }, WAIT);
});
