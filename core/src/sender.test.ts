import {
  type Address,
  createTestClient,
  createWalletClient,
  encodeErrorResult,
  type Hex,
  http,
  parseGwei,
  parseTransaction,
  RpcRequestError,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { accessManagerAbi, accessManagerBytecode } from "./abi/accessManager.ts";
import { errorsAbi } from "./abi/errors.ts";
import { type Chain, createChain } from "./chains.ts";
import type { Common } from "./common.ts";
import { createSender } from "./sender.ts";
import {
  FeesAboveCapError,
  GasAboveCapError,
  InsufficientFundsError,
  NonceTakenError,
  NonceTooFarError,
  SenderStoppedError,
  TransactionRevertedError,
} from "./senderErrors.ts";
import { createTestCommon } from "./testing/common.ts";
import { startAnvil, type TestProcess } from "./testing/processes.ts";

let anvil: TestProcess;
let chain: Chain;
let common: Common;
let privateKey: Hex;

beforeEach(async () => {
  anvil = await startAnvil();
  chain = await createChain({ name: "test", chainId: 31_337, rpcUrl: anvil.url });
  common = createTestCommon();
  privateKey = generatePrivateKey();
  await node().setBalance({ address: addressOf(privateKey), value: 10n ** 20n });
});
afterEach(async () => {
  await common.shutdown.stop("test");
  await anvil.close();
});

const node = () => createTestClient({ mode: "anvil", chain: chain.viemChain, transport: http(anvil.url) });
const addressOf = (key: Hex) => privateKeyToAccount(key).address;
const create = (options: Partial<Parameters<typeof createSender>[0]> = {}) =>
  createSender({ common, chain, privateKey, pollMs: 20, ...options });
const stranger: Address = "0x00000000000000000000000000000000005718a6";
const nonces = async () => ({
  latest: await chain.client.getTransactionCount({ address: addressOf(privateKey) }),
  pending: await chain.client.getTransactionCount({ address: addressOf(privateKey), blockTag: "pending" }),
});

async function deployAccessManager(): Promise<Address> {
  const account = privateKeyToAccount(generatePrivateKey());
  await node().setBalance({ address: account.address, value: 10n ** 20n });
  const wallet = createWalletClient({ account, chain: chain.viemChain, transport: http(anvil.url) });
  const hash = await wallet.deployContract({
    abi: accessManagerAbi,
    bytecode: accessManagerBytecode,
    args: [account.address],
  });
  const { contractAddress } = await chain.client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error("not deployed");
  return contractAddress;
}

test("many in flight take one nonce each", async () => {
  await node().setAutomine(false);
  const sender = create();
  const sent = Array.from({ length: 12 }, (_, i) => sender.send({ to: stranger, value: BigInt(i + 1) }));
  await expect.poll(() => sender.inFlight()).toBe(12);
  await node().mine({ blocks: 1 });
  const receipts = await Promise.all(sent);
  expect(receipts.every(({ status }) => status === "success")).toBe(true);
  expect(await chain.client.getBalance({ address: stranger })).toBe(78n);
  expect(await nonces()).toEqual({ latest: 12, pending: 12 });
  expect(sender.inFlight()).toBe(0);
});

test("more than fit in flight wait for their turn", async () => {
  const sender = create({ maxInFlight: 2 });
  await Promise.all(Array.from({ length: 7 }, () => sender.send({ to: stranger, value: 1n })));
  expect(await nonces()).toEqual({ latest: 7, pending: 7 });
});

test("a call that would revert is refused with its decoded reason and takes no nonce", async () => {
  const address = await deployAccessManager();
  const sender = create();
  const refused = sender.write({ address, abi: accessManagerAbi, functionName: "grantRole", args: [1n, stranger, 0] });
  await expect(refused).rejects.toBeInstanceOf(TransactionRevertedError);
  await expect(refused).rejects.toMatchObject({ revert: { name: "AccessManagerUnauthorizedAccount" } });
  expect(await nonces()).toEqual({ latest: 0, pending: 0 });
  await sender.send({ to: stranger, value: 1n });
});

test("what reverts only when it is mined is told with its receipt", async () => {
  // Reverts with Error("late") when storage slot 0 is set.
  const target: Address = "0x000000000000000000000000000000000000de1a";
  const body = encodeErrorResult({ abi: errorsAbi, errorName: "Error", args: ["late"] }).slice(2);
  // if sload(0) == 0 stop; else codecopy(0, 20, 100), revert(0, 100)
  await node().setCode({
    address: target,
    bytecode: `0x600054600757005b6064601460003960646000fd${body}`,
  });
  await node().setAutomine(false);
  const sender = create();
  const sent = sender.send({ to: target, label: "touch" });
  const rejected = expect(sent).rejects.toMatchObject({
    name: "TransactionRevertedError",
    revert: { name: "Error", args: { reason: "late" } },
    receipt: { status: "reverted" },
  });
  await expect.poll(() => sender.inFlight()).toBe(1);
  await node().setStorageAt({ address: target, index: 0, value: `0x${"1".padStart(64, "0")}` });
  await node().mine({ blocks: 1 });
  await rejected;
});

test("a stuck transaction is sent again with higher fees under the same nonce", async () => {
  await node().setAutomine(false);
  const sender = create({ stuckAfterMs: 150 });
  const sent = sender.send({ to: stranger, value: 5n });
  await expect.poll(() => sender.inFlight()).toBe(1);
  // Above what it was signed with, so that it can't be mined as it is.
  await node().setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei("40") });
  await node().mine({ blocks: 1 });
  expect((await nonces()).latest).toBe(0);
  await node().setIntervalMining({ interval: 1 });
  expect((await sent).status).toBe("success");
  expect(await nonces()).toEqual({ latest: 1, pending: 1 });
  expect(await chain.client.getBalance({ address: stranger })).toBe(5n);
});

test("a transaction that the pool dropped is sent again", async () => {
  await node().setAutomine(false);
  const sender = create({ stuckAfterMs: 150 });
  const sent = sender.send({ to: stranger, value: 5n });
  await expect.poll(() => sender.inFlight()).toBe(1);
  await node().request({ method: "anvil_dropAllTransactions" as never });
  await node().setAutomine(true);
  expect((await sent).status).toBe("success");
});

test("a restart goes on after what the last run left in the pool", async () => {
  await node().setAutomine(false);
  const before = createTestCommon();
  const first = createSender({ common: before, chain, privateKey, pollMs: 20 });
  const left = first.send({ to: stranger, value: 1n });
  const rejected = expect(left).rejects.toBeInstanceOf(SenderStoppedError);
  await expect.poll(() => first.inFlight()).toBe(1);
  await before.shutdown.stop("restart");
  await rejected;
  const second = create();
  const sent = second.send({ to: stranger, value: 2n });
  await expect.poll(() => second.inFlight()).toBe(1);
  await node().mine({ blocks: 1 });
  expect((await sent).status).toBe("success");
  expect(await nonces()).toEqual({ latest: 2, pending: 2 });
});

test("a nonce below ours that the pool lost is filled", async () => {
  await node().setAutomine(false);
  const before = createTestCommon();
  const first = createSender({ common: before, chain, privateKey, pollMs: 20 });
  const left = expect(first.send({ to: stranger, value: 1n })).rejects.toBeInstanceOf(SenderStoppedError);
  await expect.poll(() => first.inFlight()).toBe(1);
  await before.shutdown.stop("restart");
  await left;
  const second = create({ stuckAfterMs: 150 });
  const sent = second.send({ to: stranger, value: 2n });
  await expect.poll(() => second.inFlight()).toBe(1);
  await node().request({ method: "anvil_dropAllTransactions" as never });
  await node().setAutomine(true);
  expect((await sent).status).toBe("success");
  expect(await chain.client.getBalance({ address: stranger })).toBe(2n);
});

test("a nonce that another process used is told", async () => {
  await node().setAutomine(false);
  const sender = create({ stuckAfterMs: 400 });
  const sent = expect(sender.send({ to: stranger, value: 1n })).rejects.toBeInstanceOf(NonceTakenError);
  await expect.poll(() => sender.inFlight()).toBe(1);
  await node().request({ method: "anvil_dropAllTransactions" as never });
  const other = createWalletClient({
    account: privateKeyToAccount(privateKey),
    chain: chain.viemChain,
    transport: http(anvil.url),
  });
  await other.sendTransaction({ to: stranger, value: 7n, nonce: 0, gas: 21_000n });
  await node().mine({ blocks: 1 });
  await sent;
  expect(await chain.client.getBalance({ address: stranger })).toBe(7n);
});

test("a stop ends those in flight and those that wait", async () => {
  await node().setAutomine(false);
  const sender = create({ maxInFlight: 1 });
  const sent = [1n, 2n, 3n].map((value) => sender.send({ to: stranger, value }));
  const all = Promise.allSettled(sent);
  await expect.poll(() => sender.inFlight()).toBe(1);
  await common.shutdown.stop("test");
  const reasons = (await all).map((result) => result.status === "rejected" && result.reason.name);
  expect(reasons).toEqual(["SenderStoppedError", "SenderStoppedError", "SenderStoppedError"]);
});

test("no gas money, too much gas and a stop have their own errors", async () => {
  const poor = create({ privateKey: generatePrivateKey() });
  await expect(poor.send({ to: stranger, value: 1n })).rejects.toBeInstanceOf(InsufficientFundsError);
  const sender = create();
  await expect(sender.send({ to: stranger, minGas: 16_777_217n })).rejects.toBeInstanceOf(GasAboveCapError);
  await common.shutdown.stop("test");
  await expect(sender.send({ to: stranger })).rejects.toBeInstanceOf(SenderStoppedError);
});

/** The chain with some of its client's methods replaced; `sent` has every transaction that was shown to the node. */
function tampered(methods: Partial<Chain["client"]> = {}) {
  const sent: Hex[] = [];
  const send: Chain["client"]["sendRawTransaction"] = (parameters) => {
    sent.push(parameters.serializedTransaction);
    return (methods.sendRawTransaction ?? chain.client.sendRawTransaction)(parameters);
  };
  const client: Chain["client"] = { ...chain.client, ...methods, sendRawTransaction: send };
  const feesOf = (raw: Hex) => {
    const { maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } = parseTransaction(raw) as {
      maxFeePerGas?: bigint;
      maxPriorityFeePerGas?: bigint;
    };
    return { maxFeePerGas, maxPriorityFeePerGas };
  };
  return { chain: { ...chain, client }, sent, fees: () => sent.map(feesOf) };
}
/** A block that a transaction with ordinary fees does not get into. */
async function mineDearBlock(): Promise<void> {
  await node().setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei("1000") });
  await node().mine({ blocks: 1 });
}

test("a quote above either cap is refused, and names both", async () => {
  const dear = create({ maxFeePerGas: 7n });
  await expect(dear.send({ to: stranger })).rejects.toBeInstanceOf(FeesAboveCapError);
  await expect(dear.send({ to: stranger })).rejects.toMatchObject({
    details: { maxFeePerGasCap: 7n, maxFeePerGas: expect.any(BigInt) },
  });
  const tipped = create({ maxPriorityFeePerGas: 7n });
  await expect(tipped.send({ to: stranger })).rejects.toMatchObject({ details: { maxPriorityFeePerGasCap: 7n } });
  expect((await nonces()).pending).toBe(0);
});

test("raises stop at the caps; then the same transaction is shown again", async () => {
  await node().setAutomine(false);
  const maxFeePerGas = parseGwei("9");
  const quote = { maxFeePerGas: parseGwei("2"), maxPriorityFeePerGas: parseGwei("1") };
  const {
    chain: watched,
    sent,
    fees,
  } = tampered({
    estimateFeesPerGas: (async () => quote) as Chain["client"]["estimateFeesPerGas"],
  });
  const sender = create({ chain: watched, stuckAfterMs: 30, maxFeePerGas });
  const stopped = expect(sender.send({ to: stranger })).rejects.toBeInstanceOf(SenderStoppedError);
  await expect.poll(() => sender.inFlight()).toBe(1);
  for (let shown = 0; shown < 12; shown += 1) {
    const before = sent.length;
    await mineDearBlock();
    // The pool takes nothing below the next block's base fee.
    await node().setNextBlockBaseFeePerGas({ baseFeePerGas: 1n });
    await expect.poll(() => sent.length).toBeGreaterThan(before);
  }
  await common.shutdown.stop("test");
  await stopped;
  const offered = fees().map((each) => each.maxFeePerGas);
  expect(offered[0]).toBe(parseGwei("4"));
  expect(new Set(offered).size).toBeGreaterThan(3);
  expect(offered.every((each) => each <= maxFeePerGas)).toBe(true);
  expect(offered.at(-1)).toBe(maxFeePerGas);
  expect(sent.at(-1)).toBe(sent.at(-2));
});

test("while the chain mines nothing, fees stay", async () => {
  await node().setAutomine(false);
  const { chain: watched, sent } = tampered();
  const sender = create({ chain: watched, stuckAfterMs: 30 });
  const settled = sender.send({ to: stranger });
  await expect.poll(() => sent.length).toBeGreaterThan(4);
  expect(new Set(sent).size).toBe(1);
  await node().mine({ blocks: 1 });
  expect((await settled).status).toBe("success");
});

test.each(["refuses", "does not answer"])("a raise that the node %s does not count", async (how) => {
  await node().setAutomine(false);
  const accepted: Hex[] = [];
  const {
    chain: watched,
    sent,
    fees,
  } = tampered({
    sendRawTransaction: async (parameters) => {
      const { serializedTransaction: raw } = parameters;
      if (accepted.length > 0 && !accepted.includes(raw)) {
        if (how === "does not answer") throw new Error("socket hang up");
        throw new RpcRequestError({ body: {}, error: { code: -32_000, message: "pool is full" }, url: anvil.url });
      }
      accepted.push(raw);
      return chain.client.sendRawTransaction(parameters);
    },
  });
  const sender = create({ chain: watched, stuckAfterMs: 30 });
  const stopped = expect(sender.send({ to: stranger })).rejects.toBeInstanceOf(SenderStoppedError);
  await expect.poll(() => sender.inFlight()).toBe(1);
  await mineDearBlock();
  await expect.poll(() => sent.length).toBeGreaterThan(8);
  await common.shutdown.stop("test");
  await stopped;
  // All of them are the first version or the one raise above it; none is a raise of a raise.
  expect(new Set(fees().map(({ maxPriorityFeePerGas }) => maxPriorityFeePerGas)).size).toBe(2);
});

test("a stop does not wait for what waits here, nor for a node that hangs", async () => {
  await node().setAutomine(false);
  const sender = create();
  const hung = tampered({ estimateGas: () => new Promise(() => undefined) });
  const hanging = create({ chain: hung.chain, privateKey: generatePrivateKey() });
  const jobs = Promise.allSettled([sender.send({ to: stranger }), hanging.send({ to: stranger })]);
  // As a queue does: it closes when its jobs are done.
  common.shutdown.onStop("queue", () => jobs);
  await expect.poll(() => sender.inFlight()).toBe(1);
  expect(await common.shutdown.stop("test")).toEqual({ failed: [] });
  for (const job of await jobs) expect(job).toMatchObject({ reason: { name: "SenderStoppedError" } });
});

test("a pending count that nothing explains is refused", async () => {
  const { chain: lying, sent } = tampered({
    getTransactionCount: async ({ blockTag }) => (blockTag === "pending" ? 5_000 : 0),
  });
  const sender = create({ chain: lying });
  await expect(sender.send({ to: stranger })).rejects.toBeInstanceOf(NonceTooFarError);
  expect(sent).toEqual([]);
});

test("a nonce that a lying node made too high is given up, not reached by filling", async () => {
  let count = 5_000;
  const { chain: lying, sent } = tampered({ getTransactionCount: async () => count });
  const sender = create({ chain: lying, stuckAfterMs: 60 });
  const refused = expect(sender.send({ to: stranger })).rejects.toBeInstanceOf(NonceTooFarError);
  await expect.poll(() => sender.inFlight()).toBe(1);
  count = 0;
  await refused;
  expect(new Set(sent).size).toBe(1);
});

test("filling a nonce obeys the caps and waits for blocks too", async () => {
  await node().setAutomine(false);
  const before = createTestCommon();
  const first = createSender({ common: before, chain, privateKey, pollMs: 20 });
  const left = expect(first.send({ to: stranger })).rejects.toBeInstanceOf(SenderStoppedError);
  await expect.poll(() => first.inFlight()).toBe(1);
  await before.shutdown.stop("restart");
  await left;
  const maxFeePerGas = parseGwei("6");
  const { chain: watched, sent } = tampered();
  const second = create({ chain: watched, stuckAfterMs: 40, maxFeePerGas });
  const stopped = expect(second.send({ to: stranger })).rejects.toBeInstanceOf(SenderStoppedError);
  await expect.poll(() => second.inFlight()).toBe(1);
  await node().request({ method: "anvil_dropAllTransactions" as never });
  const fills = () => sent.map((raw) => parseTransaction(raw)).filter(({ nonce }) => (nonce ?? 0) === 0);
  await expect.poll(() => fills().length).toBeGreaterThan(4);
  expect(new Set(fills().map((fill) => fill.maxFeePerGas)).size).toBe(1);
  for (let blocks = 0; blocks < 6; blocks += 1) {
    const count = fills().length;
    await mineDearBlock();
    await node().setNextBlockBaseFeePerGas({ baseFeePerGas: 1n });
    await expect.poll(() => fills().length).toBeGreaterThan(count);
  }
  const offered = fills().map((fill) => fill.maxFeePerGas ?? 0n);
  expect(offered.at(-1)).toBe(maxFeePerGas);
  expect(offered.every((fee) => fee <= maxFeePerGas)).toBe(true);
  await common.shutdown.stop("test");
  await stopped;
});
