/** Monitors that sign, on three real chains: what they sign is what the pause controller takes. */

import { deposit, withdraw } from "@weighlock/cli/index.ts";
import { type LocalNetwork, startLocalNetwork } from "@weighlock/cli/testing/localNetwork.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { type Chain, createChain } from "@weighlock/core/chains.ts";
import { type ChainDeployment, hubOf, keyOf, type LaneDeployment, vaultsOf } from "@weighlock/core/deployment.ts";
import { Scope, type ScopeName } from "@weighlock/core/reconciliation.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { NETWORK } from "@weighlock/devnet/spec.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { asCouncil, asGuardian } from "@weighlock/devnet/weighlock/authority.ts";
import { concat, encodeFunctionData, type Hex, keccak256, toHex } from "viem";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Collected, collectReconciliations, NotReconciledError } from "./collectReconciliations.ts";
import type { MonitorSetup } from "./config.ts";
import { createMonitor } from "./monitor.ts";
import { askStatus, MonitorStatus } from "./statusAnswer.ts";

const cleanup = createCleanup();
const WAIT = { timeout: 20_000, interval: 100 };
vi.setConfig({ testTimeout: 60_000 });
const { threshold } = NETWORK.monitors;
let local: LocalNetwork;
let lane: LaneDeployment;
let hub: Chain;
let monitors: string[];

beforeAll(async () => {
  local = await startLocalNetwork({ cleanup });
  const [src] = vaultsOf(local.deployment);
  if (src === undefined) throw new RangeError("no vault");
  lane = { src, dst: hubOf(local.deployment) };
  hub = await createChain(lane.dst);
  monitors = await Promise.all(["monitor", "monitor-2", "monitor-3"].map((role) => startMonitor(role)));
}, 60_000);
afterAll(() => cleanup.run());

async function startMonitor(role: string | undefined): Promise<string> {
  const { chains } = local.deployment;
  const common = createTestCommon(role ?? "monitor");
  const settings: MonitorSetup["settings"] = {
    deployment: "",
    sources: Object.fromEntries(chains.map(({ name, rpcUrl }) => [name, [rpcUrl]])),
    allowSingleSource: true,
    host: "127.0.0.1",
    port: 0,
    pollMs: 100,
    maxRange: 1_000,
    undecidedAlertSeconds: 60,
    quarantineAlertSeconds: 3_600,
    actionAlertSeconds: 86_400,
    dismissed: [],
    logLevel: "silent",
  };
  const setup: MonitorSetup = { settings, deployment: { chains } };
  if (role !== undefined) setup.signerKey = keyOf(local.deployment, role).privateKey;
  const { url } = await createMonitor({ common, setup });
  cleanup.add(() => common.shutdown.stop("test"));
  return url;
}

const trader = () => ({ network: local.network, privateKey: keyOf(local.deployment, "trader").privateKey });

/** Of a council and a guardian, by their Safes; of a pauser, by its key. */
async function controller(
  role: "council" | "guardian" | "pauser",
  functionName: string,
  args: readonly unknown[],
  on = lane.dst,
) {
  const call = { address: on.pauseController, abi: pauseControllerAbi, functionName, args };
  if (role === "pauser") {
    const sender = await local.network.sender(on, keyOf(local.deployment, role).privateKey);
    await sender.write(call as never);
    return;
  }
  const data = encodeFunctionData(call as never);
  const act = role === "council" ? asCouncil : asGuardian;
  await act({ chain: on, keys: local.deployment.keys, to: on.pauseController, data });
}

/** Of the hub alone: the monitors judge by what the chains say, and compare no clocks of theirs. */
async function passTime(seconds: number): Promise<void> {
  await hub.client.request<{ Method: "evm_increaseTime"; Parameters: [Hex]; ReturnType: Hex }>({
    method: "evm_increaseTime",
    params: [toHex(seconds)],
  });
  const mined = await hub.client.getBlockNumber();
  const isSeen = async (url: string) => {
    const { reading } = await askStatus({ schema: MonitorStatus, url });
    expect(reading?.blocks[lane.dst.name]).toBeGreaterThan(mined);
  };
  await vi.waitFor(() => Promise.all(monitors.map(isSeen)), WAIT);
}

const ask = async (query: string, url = monitors[0]) => {
  const response = await fetch(`${url}/reconciliation?${query}`);
  const body = (await response.json()) as { error?: string; reasons?: string[]; reason?: object; digest?: Hex };
  return { status: response.status, ...body };
};
const queryOf = (scope: ScopeName, id: number, chain: ChainDeployment = lane.dst) =>
  `chain=${chain.name}&scope=${scope}&id=${id}`;
const collect = (scope: ScopeName, id: number, chain: ChainDeployment = lane.dst): Promise<Collected> =>
  vi.waitFor(() => collectReconciliations({ monitors, chain, scope, id, threshold, attempts: 1 }), WAIT);

async function resume(scope: ScopeName, id: number): Promise<void> {
  await controller("council", "proposeResume", [Scope[scope], id]);
  await passTime(NETWORK.resumeDelay + 1);
  const { reconciliation, signatures } = await collect(scope, id);
  await controller("council", "resume", [Scope[scope], id, reconciliation, concat(signatures)]);
}

async function settle(): Promise<void> {
  await deposit({ ...trader(), chain: lane.src.name, asset: "USDC", amount: "20" });
  await local.carry(lane);
  await withdraw({ ...trader(), to: lane.src.name, asset: "USDC", amount: "3" });
  await local.carry({ src: lane.dst, dst: lane.src });
}

test("what is asked wrongly, or of a monitor without a key, is refused", async () => {
  const eid = lane.src.eid;
  for (const query of [
    "",
    `chain=nowhere&scope=in&id=${eid}`,
    `chain=hub&scope=all&id=${eid}`,
    `chain=hub&scope=in&id=${lane.dst.eid}`,
    "chain=hub&scope=in&id=x",
    "chain=hub&scope=asset&id=99",
    `${queryOf("in", eid)}&observedAt=-1`,
  ]) {
    expect((await ask(query)).status, query).toBe(400);
  }
  expect((await ask(queryOf("in", eid), await startMonitor(undefined))).status).toBe(501);
});

test("a lane that is frozen in is signed for as the controller hashes it, and resumes", async () => {
  await settle();
  const { eid } = lane.src;
  await vi.waitFor(async () => {
    const { status, reasons } = await ask(queryOf("in", eid));
    expect({ status, reasons }).toEqual({ status: 409, reasons: [`in ${eid} on hub is not stopped`] });
  }, WAIT);
  await controller("guardian", "freeze", [Scope.in, eid]);
  const { reconciliation, signers } = await collect("in", eid);
  expect(reconciliation).toMatchObject({
    scope: 0,
    id: eid,
    lanes: [{ eid, executed: 1n, amounts: [20_000_000n, 0n] }],
  });
  expect(new Set(signers).size).toBe(threshold);
  const digest = await hub.client.readContract({
    address: lane.dst.pauseController,
    abi: pauseControllerAbi,
    functionName: "digestOf",
    args: [reconciliation],
  });
  const proposed = await ask(`${queryOf("in", eid)}&observedAt=${reconciliation.observedAt}`);
  expect(proposed).toMatchObject({ status: 200, digest });
  const ahead = await ask(`${queryOf("in", eid)}&observedAt=${reconciliation.observedAt + 1_000n}`);
  expect(ahead).toMatchObject({ status: 409, reasons: [expect.stringContaining("ahead of hub")] });
  const behind = await ask(`${queryOf("in", eid)}&observedAt=${reconciliation.observedAt - 1_000n}`);
  expect(behind).toMatchObject({ status: 409, reasons: [expect.stringContaining("behind hub")] });
  await resume("in", eid);
  await settle();
});

test("an asset on the hub takes every lane", async () => {
  await controller("guardian", "freeze", [Scope.asset, 1]);
  const { reconciliation } = await collect("asset", 1);
  expect(reconciliation.lanes).toMatchObject([
    { eid: 40_702, assets: [1], amounts: [6_000_000n] },
    { eid: 40_703, executed: 0n, assets: [1], amounts: [0n] },
  ]);
  await resume("asset", 1);
});

test("on a vault's chain the figures are what it paid", async () => {
  await controller("guardian", "freeze", [Scope.in, lane.dst.eid], lane.src);
  const { reconciliation } = await collect("in", lane.dst.eid, lane.src);
  expect(reconciliation.lanes).toMatchObject([{ eid: lane.dst.eid, executed: 2n, amounts: [6_000_000n, 0n] }]);
});

test("a fact keeps everything of its lane stopped; once its path is disabled the lane is signed for", async () => {
  const { eid } = lane.src;
  await deposit({ ...trader(), chain: lane.src.name, asset: "USDC", amount: "1" });
  await local.dispatch(lane);
  const FORGED = keccak256(toHex("forged"));
  await local.attest(lane, 1, { head: FORGED });
  const { client } = await createChain(lane.src);
  const [, count] = await client.readContract({
    address: lane.src.gateway,
    abi: gatewayAbi,
    functionName: "outbox",
    args: [lane.dst.eid],
  });
  await controller("pauser", "quarantine", [eid, 1, count, FORGED]);
  await vi.waitFor(async () => {
    const { status, reasons = [] } = await ask(queryOf("in", eid));
    expect(status).toBe(409);
    expect(reasons.join("\n")).toMatch(/1 attestations are in quarantine/);
  }, WAIT);
  // The hub's clock is hours ahead by now, so the vault's chain can't yet show a block that is newer than the attestation.
  expect((await ask(queryOf("in", eid))).reasons?.join("\n")).toMatch(/not decided yet|never sealed/);
  const collected = collectReconciliations({ monitors, chain: lane.dst, scope: "in", id: eid, threshold, attempts: 1 });
  await expect(collected).rejects.toThrow(NotReconciledError);
  const data = encodeFunctionData({ abi: gatewayAbi, functionName: "disablePath", args: [eid, 1] });
  await asGuardian({ chain: lane.dst, keys: local.deployment.keys, to: lane.dst.gateway, data });
  const { reconciliation } = await collect("in", eid);
  expect(reconciliation.lanes[0]).toMatchObject({ executed: 2n, amounts: [40_000_000n, 0n] });
});
