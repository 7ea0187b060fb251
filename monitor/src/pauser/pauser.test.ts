/** The pauser on real chains, before monitors that say whatever the tests want. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { deposit } from "@weighlock/cli/index.ts";
import { type LocalNetwork, startLocalNetwork } from "@weighlock/cli/testing/localNetwork.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { type Chain, createChain } from "@weighlock/core/chains.ts";
import { hubOf, keyOf, type LaneDeployment, vaultsOf } from "@weighlock/core/deployment.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { asCouncil, asGuardian } from "@weighlock/devnet/weighlock/authority.ts";
import { startLiar } from "@weighlock/watcher/testing/liar.ts";
import { encodeFunctionData, type Hex, keccak256, toFunctionSelector, toHex } from "viem";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { askStatus, PauserStatus } from "../statusAnswer.ts";
import type { PauserSetup } from "./config.ts";
import { createPauser } from "./pauser.ts";

const cleanup = createCleanup();
const FORGED = keccak256(toHex("forged"));
const DAY = 86_400;
/** `types/Stops.sol`: until the council ends it. */
const NO_END = (1n << 40n) - 1n;
const WAIT = { timeout: 15_000, interval: 50 };
let local: LocalNetwork;
let lane: LaneDeployment;
let hub: Chain;
let count: bigint;
let head: Hex;

beforeAll(async () => {
  local = await startLocalNetwork({ cleanup });
  const { deployment, network } = local;
  const [src] = vaultsOf(deployment);
  if (src === undefined) throw new RangeError("no vault");
  lane = { src, dst: hubOf(deployment) };
  hub = await createChain(lane.dst);
  const { privateKey } = keyOf(deployment, "trader");
  await deposit({ network, privateKey, chain: src.name, asset: "USDC", amount: "5" });
  await local.dispatch(lane);
  await local.attest(lane, 0);
  await local.attest(lane, 1, { head: FORGED });
  const view = { address: src.gateway, abi: gatewayAbi, functionName: "outbox", args: [lane.dst.eid] } as const;
  [, count, head] = await (await createChain(src)).client.readContract(view);
}, 60_000);
afterAll(() => cleanup.run());

/** A monitor that names these facts to whoever asks. */
async function monitorThatSays(facts: () => unknown): Promise<{ url: string; asked: () => number; close(): void }> {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end(JSON.stringify({ version: asked, facts: facts() }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  cleanup.add(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked, close };
}

async function startPauser(over: Partial<PauserSetup["settings"]>) {
  const common = createTestCommon("pauser");
  const { chains } = local.deployment;
  const settings: PauserSetup["settings"] = {
    deployment: "",
    sources: Object.fromEntries(chains.map(({ name, rpcUrl }) => [name, [rpcUrl]])),
    allowSingleSource: true,
    privateKey: keyOf(local.deployment, "pauser").privateKey,
    monitors: [],
    silentSeconds: 1,
    dismissed: [],
    host: "127.0.0.1",
    port: 0,
    pollMs: 50,
    logLevel: "silent",
    ...over,
  };
  const { url } = await createPauser({ common, setup: { settings, deployment: { chains } } });
  const stop = () => common.shutdown.stop("test");
  cleanup.add(stop);
  return { url, stop, status: () => askStatus({ schema: PauserStatus, url }) };
}

const fact = (over: Readonly<Record<string, unknown>> = {}) => ({
  kind: "unknown-commitment",
  srcEid: lane.src.eid,
  dstEid: lane.dst.eid,
  path: 1,
  count: String(count),
  head: FORGED,
  ...over,
});
const sent = () => hub.client.getTransactionCount({ address: keyOf(local.deployment, "pauser").address });
const pausedUntil = () =>
  hub.client.readContract({
    address: lane.dst.gateway,
    abi: gatewayAbi,
    functionName: "pausedUntil",
    args: [lane.src.eid, 0],
  });

const isQuarantined = () =>
  hub.client.readContract({
    address: lane.dst.gateway,
    abi: gatewayAbi,
    functionName: "isQuarantined",
    args: [lane.src.eid, 1, count],
  });

async function increaseTime(seconds: number): Promise<void> {
  await hub.client.request<{ Method: "evm_increaseTime"; Parameters: [Hex]; ReturnType: Hex }>({
    method: "evm_increaseTime",
    params: [toHex(seconds)],
  });
  const after = await hub.client.getBlockNumber();
  await vi.waitFor(async () => expect(await hub.client.getBlockNumber()).toBeGreaterThan(after), WAIT);
}

test("what a lying monitor names is looked up and pauses nothing", async () => {
  const lies = [
    fact({ path: 0, head }),
    fact({ head: keccak256(toHex("never attested")) }),
    fact({ count: "99" }),
    fact({ srcEid: 1 }),
    fact({ path: 5 }),
    { kind: "pause-everything", calldata: "0x00" },
  ];
  const monitor = await monitorThatSays(() => lies);
  const pauser = await startPauser({ monitors: [monitor.url] });
  await vi.waitFor(async () => {
    const verdicts = (await pauser.status()).facts.map(({ verdict }) => verdict);
    expect(verdicts.sort()).toEqual(["gone", "gone", "gone", "known"]);
  }, WAIT);
  const { number } = await hub.client.getBlock();
  await vi.waitFor(async () => expect(await hub.client.getBlockNumber()).toBeGreaterThan(number + 5n), WAIT);
  expect(await sent()).toBe(0);
  expect(await pausedUntil()).toBe(0n);
  await pauser.stop();
});

test("a true fact pauses nothing where the pauser's own sources disagree, or where it was dismissed", async () => {
  const liar = await startLiar({ target: lane.src.rpcUrl });
  cleanup.add(() => liar.close());
  const selector = toFunctionSelector("sealedHead(uint32,uint64)");
  liar.lie("eth_call", (result, [call]) => {
    const { data, input = data } = call as { data?: string; input?: string };
    return input?.startsWith(selector) ? FORGED : result;
  });
  const monitor = await monitorThatSays(() => [fact()]);
  const sources = Object.fromEntries(local.deployment.chains.map(({ name, rpcUrl }) => [name, [rpcUrl]]));
  const split = { ...sources, [lane.src.name]: [lane.src.rpcUrl, liar.url] };
  const pauser = await startPauser({ monitors: [monitor.url], sources: split });
  await vi.waitFor(async () => {
    expect((await pauser.status()).facts).toMatchObject([{ verdict: "disagreement" }]);
  }, WAIT);
  await pauser.stop();

  const id = `unknown-commitment:${lane.dst.eid}:${lane.src.eid}:1:${count}:${FORGED}`;
  const dismissing = await startPauser({ monitors: [monitor.url], dismissed: [id] });
  const before = monitor.asked();
  await vi.waitFor(() => expect(monitor.asked()).toBeGreaterThan(before + 3), WAIT);
  expect((await dismissing.status()).facts).toEqual([]);
  await dismissing.stop();
  expect(await sent()).toBe(0);
});

test("a fact that holds is put into quarantine once, and the stop does not run out", async () => {
  const monitor = await monitorThatSays(() => [fact(), fact()]);
  const second = await monitorThatSays(() => [fact()]);
  const pauser = await startPauser({ monitors: [monitor.url, second.url] });
  await vi.waitFor(async () => expect(await pausedUntil()).toBe(NO_END), WAIT);
  await vi.waitFor(async () => {
    const [guarded] = (await pauser.status()).facts;
    expect(guarded).toMatchObject({ verdict: "unknown", paused: { until: NO_END, isQuarantined: true } });
  }, WAIT);
  expect(await isQuarantined()).toBe(true);
  const before = monitor.asked();
  await vi.waitFor(() => expect(monitor.asked()).toBeGreaterThan(before + 10), WAIT);
  expect(await sent()).toBe(1);
  monitor.close();
  second.close();
  await increaseTime(2 * DAY);
  expect(await pausedUntil()).toBe(NO_END);
  expect(await sent()).toBe(1);
  await vi.waitFor(async () => {
    const ready = await fetch(`${pauser.url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ reasons: [expect.stringContaining("silent"), expect.anything()] });
  }, WAIT);
  // Told at the next attempt to ask, which is after readiness has said so.
  const metrics = await vi.waitFor(async () => {
    const text = await (await fetch(`${pauser.url}/metrics`)).text();
    expect(text.match(/weighlock_pauser_monitor_silent\{.*\} 1/g)).toHaveLength(2);
    return text;
  }, WAIT);
  expect(metrics).toMatch(/weighlock_pauser_pauses_total\{.*outcome="quarantined".*\} 1/);
  await pauser.stop();
});

test("what the council lifts while the fact stands is put into quarantine again, and a disabled path's is not", async () => {
  const monitor = await monitorThatSays(() => [fact()]);
  const { keys } = local.deployment;
  await asCouncil({
    ...{ chain: lane.dst, keys, to: lane.dst.pauseController },
    data: encodeFunctionData({
      abi: pauseControllerAbi,
      functionName: "liftQuarantine",
      args: [lane.src.eid, 1, count],
    }),
  });
  expect(await isQuarantined()).toBe(false);
  const pauser = await startPauser({ monitors: [monitor.url] });
  await vi.waitFor(async () => expect(await isQuarantined()).toBe(true), WAIT);
  const after = await sent();
  await asGuardian({
    ...{ chain: lane.dst, keys, to: lane.dst.gateway },
    data: encodeFunctionData({ abi: gatewayAbi, functionName: "disablePath", args: [lane.src.eid, 1] }),
  });
  await vi.waitFor(async () => expect((await pauser.status()).facts).toMatchObject([{ verdict: "void" }]), WAIT);
  expect(await sent()).toBe(after);
  await pauser.stop();
});

test("a key that is no pauser's makes it not ready", async () => {
  const monitor = await monitorThatSays(() => []);
  const { privateKey } = keyOf(local.deployment, "trader");
  const pauser = await startPauser({ monitors: [monitor.url], privateKey });
  await vi.waitFor(async () => {
    const ready = await fetch(`${pauser.url}/ready`);
    expect(ready.status).toBe(503);
    expect(JSON.stringify(await ready.json())).toContain("does not know this key");
  }, WAIT);
  await pauser.stop();
});
