import { type Address, createTestClient, createWalletClient, encodeErrorResult, type Hex, http, parseGwei } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { accessManagerAbi, accessManagerBytecode } from "./abi/accessManager.ts";
import { errorsAbi } from "./abi/errors.ts";
import { type Chain, createChain } from "./chains.ts";
import type { Common } from "./common.ts";
import {
  createSender,
  GasAboveCapError,
  InsufficientFundsError,
  NonceTakenError,
  SenderStoppedError,
  TransactionRevertedError,
} from "./sender.ts";
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
