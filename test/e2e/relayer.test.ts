/** The relayer on the real network: killed, wiped and poisoned, it still delivers, and never anything but the log. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { tipJarAbi } from "@weighlock/core/abi/tipJar.ts";
import { type Chain, createChain, createUncheckedChain } from "@weighlock/core/chains.ts";
import { decodeCommitment } from "@weighlock/core/commitment.ts";
import { createCommon } from "@weighlock/core/common.ts";
import { createRedisCursorStore } from "@weighlock/core/cursor.ts";
import { hubOf, keyOf, type VaultDeployment, vaultsOf } from "@weighlock/core/deployment.ts";
import { PRODUCT } from "@weighlock/core/product.ts";
import { createSender } from "@weighlock/core/sender.ts";
import { type Devnet, devnetUp } from "@weighlock/devnet/devnet.ts";
import { type RunningProcess, startProcess } from "@weighlock/devnet/process.ts";
import { createCleanup, temporaryFolder } from "@weighlock/devnet/testing.ts";
import { createLanes, type Lane } from "@weighlock/relayer/lane/lanes.ts";
import { readCounters, readPathCounters } from "@weighlock/relayer/lane/state.ts";
import { endpointAbi } from "@weighlock/relayer/layerzero/abi.ts";
import { lazyInboundNonce } from "@weighlock/relayer/layerzero/delivery.ts";
import { findSentPackets } from "@weighlock/relayer/layerzero/sentPackets.ts";
import { readHeader } from "@weighlock/relayer/verifier/blockHeader.ts";
import type { Evidence } from "@weighlock/relayer/verifier/evidence.ts";
import type { EvidenceStore } from "@weighlock/relayer/verifier/evidenceStore.ts";
import { findDvn } from "@weighlock/relayer/verifier/ourDvn.ts";
import { createPacketVerifier } from "@weighlock/relayer/verifier/packetVerifier.ts";
import { outboundNonceSlot } from "@weighlock/relayer/verifier/slots.ts";
import { createSources, NotFinalizedError, SourceSilentError } from "@weighlock/relayer/verifier/sources.ts";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { erc20Abi, maxUint256 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const cleanup = createCleanup();
const MAINS = { relayer: "relayer/src/main.ts", verifier: "relayer/src/verifier/main.ts" } as const;
const running: Partial<Record<keyof typeof MAINS, RunningProcess>> = {};
const WAIT = { timeout: 60_000, interval: 250 };
let dir: string;
let devnet: Devnet;
let alpha: VaultDeployment;
let lane: Lane;
let vaultChain: Chain;
let hubChain: Chain;
let redis: Redis;
let trader: ReturnType<typeof createSender>;
const common = createCommon({ service: "test", logLevel: "silent", signals: false });

beforeAll(async () => {
  dir = await temporaryFolder({ cleanup });
  devnet = await devnetUp({ dir, blockTime: 0.5 });
  cleanup.add(() => devnet.stop());
  cleanup.add(() => common.shutdown.stop("test"));
  const { deployment } = devnet;
  const hub = hubOf(deployment);
  [alpha] = vaultsOf(deployment) as [VaultDeployment];
  const [first] = createLanes({ deployment, paths: {} });
  if (first === undefined) throw new RangeError("no lane");
  lane = first;
  [vaultChain, hubChain] = await Promise.all([createChain(alpha), createChain(hub)]);
  redis = new Redis(deployment.redisUrl);
  cleanup.add(() => redis.disconnect());
  trader = createSender({
    common,
    chain: vaultChain,
    privateKey: keyOf(deployment, "trader").privateKey,
    maxInFlight: 100,
  });
  const token = assetOf().token;
  await trader.write({ address: token, abi: erc20Abi, functionName: "approve", args: [alpha.vault, maxUint256] });
  for (const { name, process } of devnet.services)
    if (name === "relayer" || name === "verifier") running[name] = process;
  cleanup.add(() => Promise.all(Object.values(running).map((process) => process.stop())));
});
afterAll(() => cleanup.run());

function assetOf() {
  const [asset] = alpha.assets;
  if (!asset?.token) throw new RangeError("no token");
  return { ...asset, token: asset.token };
}

/** One unit of the token, `times` times; returns the lane's count after. */
async function deposit(times: number): Promise<bigint> {
  const { id, decimals } = assetOf();
  await Promise.all(
    Array.from({ length: times }, () =>
      trader.write({
        address: alpha.vault,
        abi: collateralVaultAbi,
        functionName: "deposit",
        args: [id, 10n ** BigInt(decimals), trader.address, 0n, trader.address, false],
        // The one that fills a window seals it too, which the estimate of an earlier place in the block can't know.
        minGas: 250_000n,
      }),
    ),
  );
  return (await sourceCounters()).posted;
}

const sourceCounters = () => readCounters({ client: vaultChain.client, gateway: lane.src.gateway, eid: lane.dst.eid });
const executed = async () =>
  (await readCounters({ client: hubChain.client, gateway: lane.dst.gateway, eid: lane.src.eid })).executed;
const untilExecuted = (count: bigint) => vi.waitFor(async () => expect(await executed()).toBe(count), WAIT);

async function dispatches(eventLane: Lane = lane) {
  const chain = eventLane.src === lane.src ? vaultChain : hubChain;
  return chain.client.getContractEvents({
    address: eventLane.src.gateway,
    abi: gatewayAbi,
    eventName: "Dispatched",
    args: { dstEid: eventLane.dst.eid },
    fromBlock: 0n,
  });
}

async function restart(name: keyof typeof MAINS, change: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const file = join(dir, "config", `${name}.json`);
  const config = { ...JSON.parse(await readFile(file, "utf8")), ...change };
  await writeFile(file, JSON.stringify(config));
  running[name] = await startProcess({
    name,
    file: process.execPath,
    args: [fileURLToPath(new URL(`../../${MAINS[name]}`, import.meta.url)), "--config", file],
    logFile: join(dir, "logs", `${name}.log`),
    isReady: async (signal) => (await fetch(`http://127.0.0.1:${config.port}/ready`, { signal })).ok,
    readyTimeoutMs: 30_000,
  });
}

/** A head at an equal count is equal on both sides, or somebody lied. */
async function expectEqualHeads(count: bigint): Promise<void> {
  const at = { abi: gatewayAbi } as const;
  const [sealed, done] = await Promise.all([
    vaultChain.client.readContract({
      ...at,
      address: lane.src.gateway,
      functionName: "sealedHead",
      args: [lane.dst.eid, count],
    }),
    hubChain.client.readContract({
      ...at,
      address: lane.dst.gateway,
      functionName: "executedHead",
      args: [lane.src.eid, count],
    }),
  ]);
  expect(done).toBe(sealed);
}

test("what is posted while the relayer is down, several windows of it, is delivered by one dispatch after", async () => {
  await running.relayer?.stop();
  const count = await deposit(300);
  expect(await executed()).toBe(0n);
  await restart("relayer", { dispatch: { maxAgeSeconds: 2, maxCount: 64, ackAgeSeconds: 3 } });
  await untilExecuted(count);
  await expectEqualHeads(count);
  expect(await dispatches()).toHaveLength(1);
});

test("what the hub executed is acknowledged over both paths, once, and that is the end of it", async () => {
  const count = await executed();
  const acknowledgedOver = (path: number) =>
    readPathCounters({ client: vaultChain.client, gateway: lane.src.gateway, eid: lane.dst.eid, path });
  for (const path of [lane.layerZero.src.index, lane.watchers.index]) {
    await vi.waitFor(async () => expect((await acknowledgedOver(path)).ackCount).toBe(count), WAIT);
  }
  const [back] = createLanes({ deployment: devnet.deployment, paths: {} }).filter(
    ({ src, dst }) => src.eid === lane.dst.eid && dst.eid === lane.src.eid,
  );
  if (back === undefined) throw new RangeError("no lane back");
  const before = [(await dispatches()).length, (await dispatches(back)).length];
  // Longer than the age at which an acknowledgement is due, on the chain's own clock.
  const until = (await vaultChain.client.getBlock()).timestamp + 6n;
  await vi.waitFor(async () => expect((await vaultChain.client.getBlock()).timestamp).toBeGreaterThan(until), WAIT);
  expect([(await dispatches()).length, (await dispatches(back)).length]).toEqual(before);
});

test("redis wiped at every stage keeps windows in flight", async () => {
  const wipe = () => redis.flushall();
  const count = await deposit(3);
  await vi.waitFor(async () => {
    await wipe();
    expect((await sourceCounters()).sealed).toBe(count);
  }, WAIT);
  await vi.waitFor(
    async () => {
      await wipe();
      const at = { client: hubChain.client, gateway: lane.dst.gateway, eid: lane.src.eid };
      const { executed: done } = await readCounters(at);
      expect(done).toBe(count);
    },
    { timeout: 60_000, interval: 2_000 },
  );
  await expectEqualHeads(count);
});

test("a cursor that was moved past unfinished work costs time and nothing else", async () => {
  await Promise.all([running.relayer?.stop(), running.verifier?.stop()]);
  const count = await deposit(2);
  const { address, abi } = { address: lane.src.gateway, abi: gatewayAbi };
  const paths = 1 << lane.layerZero.src.index;
  const value = await vaultChain.client.readContract({
    address,
    abi,
    functionName: "quoteDispatch",
    args: [lane.dst.eid, paths],
  });
  const args = [lane.dst.eid, count, paths, trader.address, false] as const;
  await trader.write({ address, abi, functionName: "seal", args: [lane.dst.eid] });
  await trader.write({ address, abi, functionName: "dispatch", args, value });
  const cursors = createRedisCursorStore({ redis });
  for (const { chain, eid } of [
    { chain: vaultChain, eid: lane.src.eid },
    { chain: hubChain, eid: lane.dst.eid },
  ]) {
    const { number, hash, parentHash, timestamp } = await chain.client.getBlock();
    const block = { number, hash, parentHash, timestamp };
    for (const service of Object.keys(MAINS)) await cursors.set(`${service}:${eid}`, { block, finalized: undefined });
  }
  await Promise.all([restart("relayer"), restart("verifier", { sweepSeconds: 1 })]);
  await untilExecuted(count);
  await expectEqualHeads(count);
});

test("poisoned jobs make the relayer and the verifier send nothing", async () => {
  const count = await executed();
  const relayerKey = keyOf(devnet.deployment, "relayer").address;
  const verifierKey = keyOf(devnet.deployment, "verifier-gas").address;
  const sent = async () => {
    const addresses = [relayerKey, verifierKey];
    const chains = [vaultChain, hubChain];
    return Promise.all(
      chains.flatMap(({ client }) => addresses.map((address) => client.getTransactionCount({ address }))),
    );
  };
  // Whatever was still on its way has arrived when both acknowledgements have.
  const settled = async () => {
    const before = await sent();
    const { number } = await hubChain.client.getBlock();
    await vi.waitFor(async () => expect((await hubChain.client.getBlock()).number).toBeGreaterThan(number + 6n), WAIT);
    expect(await sent()).toEqual(before);
    return before;
  };
  const before = await vi.waitFor(settled, { timeout: 90_000, interval: 100 });

  const { srcEid, dstEid } = { srcEid: lane.src.eid, dstEid: lane.dst.eid };
  const lie = { srcEid, dstEid, nonce: "999", blockNumber: "5" };
  const poison: [string, unknown[]][] = [
    ["verify", [lie, { ...lie, blockNumber: "99999999" }, { ...lie, srcEid: 1 }, { ...lie, callData: "0x1234" }]],
    ["commit", [lie, { ...lie, blockNumber: "99999999" }, { ...lie, dstEid: 7 }, "commit it"]],
    [
      "dispatch",
      [
        { srcEid, dstEid, count: "1", ackCount: "0" },
        { srcEid, dstEid, count: "999999", ackCount: "9" },
      ],
    ],
    [
      "execute",
      [
        { srcEid, dstEid, count: "999999", ackCount: "0" },
        { srcEid, dstEid, count: "1", ackCount: "77" },
      ],
    ],
  ];
  for (const [name, jobs] of poison) {
    const queue = new Queue(name, { connection: { url: devnet.deployment.redisUrl }, prefix: PRODUCT.slug });
    for (const data of jobs) await queue.add(name, data, { removeOnComplete: true, removeOnFail: true });
    await vi.waitFor(async () => expect(await queue.getJobCountByTypes("waiting", "active")).toBe(0), WAIT);
    await queue.close();
  }
  expect(await settled()).toEqual(before);
  expect(await executed()).toBe(count);
});

/** The packet of the lane's dispatch of that count, and the job to verify it. */
async function sentAt(count: bigint) {
  const dispatch = await vi.waitFor(async () => {
    const found = (await dispatches()).at(-1);
    expect(found?.args.count).toBe(count);
    return found as NonNullable<typeof found>;
  }, WAIT);
  const [packet] = await findSentPackets({ client: vaultChain.client, lane, blockHash: dispatch.blockHash });
  if (packet === undefined) throw new RangeError("nothing was sent");
  const { nonce } = packet;
  return { packet, job: { srcEid: lane.src.eid, dstEid: lane.dst.eid, nonce, blockNumber: dispatch.blockNumber } };
}

/** Our DVN's part as a function, over the source's nodes as `chain` has them. */
function verifierOver({ chain, kept }: { chain: Chain; kept: Map<bigint, Evidence> }) {
  const { deployment } = devnet;
  const store: EvidenceStore = {
    get: async ({ nonce }) => kept.get(nonce),
    set: async ({ nonce }, evidence) => void kept.set(nonce, evidence),
    delete: async ({ nonce }) => void kept.delete(nonce),
  };
  return createPacketVerifier({
    common,
    lane,
    sources: createSources({ common, chain }),
    destination: createSources({ common, chain: hubChain }),
    sender: createSender({ common, chain: hubChain, privateKey: keyOf(deployment, "verifier-gas").privateKey }),
    dvn: findDvn(lane.dst, undefined),
    signer: privateKeyToAccount(keyOf(deployment, "verifier-signer").privateKey),
    store,
    expirySeconds: 600n,
  });
}

test("without kept evidence the verifier proves at a newer block, and with a silent source it signs nothing", async () => {
  await running.verifier?.stop();
  const { packet, job } = await sentAt(await deposit(1));
  const { count } = decodeCommitment(packet.message);
  const kept = new Map<bigint, Evidence>();
  const verifier = verifierOver({ chain: vaultChain, kept });
  const finalBlock = async () => (await vaultChain.client.getBlock({ blockTag: "finalized" })).number;
  await vi.waitFor(async () => expect(await finalBlock()).toBeGreaterThanOrEqual(job.blockNumber), WAIT);
  const half = createUncheckedChain({ ...alpha, rpcUrls: [alpha.rpcUrl, "http://127.0.0.1:1"] });
  await expect(verifierOver({ chain: half, kept }).verify(job)).rejects.toThrow(SourceSilentError);
  expect(kept.size).toBe(0);
  await expect(verifier.verify(job)).rejects.toThrow(NotFinalizedError);
  const { header, blockHash } = kept.get(packet.nonce) as Evidence;
  expect(readHeader({ header, hash: blockHash }).number).toBeGreaterThan(job.blockNumber);
  expect(await verifier.isDone({ packet, blockTag: "latest" })).toBe(false);
  await vi.waitFor(() => verifier.verify(job), WAIT);
  await untilExecuted(count);
});

test("behind a nonce that nobody verifies a packet is attested, and both are delivered when it is verified", async () => {
  await running.verifier?.stop();
  const missing = await sentAt(await deposit(1));
  const count = await deposit(1);
  const next = await sentAt(count);
  const verifier = verifierOver({ chain: vaultChain, kept: new Map() });
  const reached = () => lazyInboundNonce({ client: hubChain.client, lane });
  await vi.waitFor(() => verifier.verify(next.job), WAIT);
  await untilExecuted(count);
  await expectEqualHeads(count);
  expect(await reached()).toBe(missing.packet.nonce - 1n);
  await vi.waitFor(() => verifier.verify(missing.job), WAIT);
  await vi.waitFor(async () => expect(await reached()).toBe(next.packet.nonce), WAIT);
});

test("a tip jar that covers the fee pays for a dispatch, and the relayer its gas and a margin", async () => {
  const jar = { address: alpha.tipJar, abi: tipJarAbi } as const;
  const tip = 10n ** 18n;
  await trader.write({ ...jar, functionName: "tip", args: [lane.dst.eid], value: tip });
  const count = await deposit(1);
  const paid = await vi.waitFor(async () => {
    const args = { dstEid: lane.dst.eid, count };
    const [found] = await vaultChain.client.getContractEvents({
      ...jar,
      eventName: "DispatchPaid",
      args,
      fromBlock: 0n,
    });
    expect(found).toBeDefined();
    return found as NonNullable<typeof found>;
  }, WAIT);
  const { to, fee = 0n, reward = 0n } = paid.args;
  expect(to).toBe(keyOf(devnet.deployment, "relayer").address);
  const { gasUsed } = await vaultChain.client.getTransactionReceipt({ hash: paid.transactionHash });
  const { baseFeePerGas } = await vaultChain.client.getBlock({ blockNumber: paid.blockNumber });
  expect(reward).toBeGreaterThan(gasUsed * (baseFeePerGas ?? 0n));
  expect((await vaultChain.client.readContract({ ...jar, functionName: "jarOf", args: [lane.dst.eid] }))[0]).toBe(
    tip - fee - reward,
  );
  expect((await dispatches()).filter(({ args }) => args.count === count)).toHaveLength(1);
});

test("the endpoint keeps its outbound nonces where the verifier proves them", async () => {
  const { layerZero, dst } = lane;
  const [nonce, word] = await Promise.all([
    vaultChain.client.readContract({
      address: lane.src.layerZero.endpoint,
      abi: endpointAbi,
      functionName: "outboundNonce",
      args: [layerZero.src.address, dst.eid, layerZero.receiver],
    }),
    vaultChain.client.getStorageAt({
      address: lane.src.layerZero.endpoint,
      slot: outboundNonceSlot({ sender: layerZero.src.address, dstEid: dst.eid, receiver: layerZero.receiver }),
    }),
  ]);
  expect(nonce).toBeGreaterThan(0n);
  expect(BigInt(word ?? "0x0")).toBe(nonce);
});
