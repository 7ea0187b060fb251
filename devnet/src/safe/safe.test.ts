import { accessManagerAbi, accessManagerBytecode } from "@weighlock/core/abi/accessManager.ts";
import { createChain } from "@weighlock/core/chains.ts";
import {
  executeSafeTransaction,
  packSafeSignatures,
  proposeSafeTransaction,
  readSafe,
  SafeNonceError,
  SafeThresholdError,
  type SafeTransaction,
  safeAbi,
  safeTransactionHash,
  signSafeTransaction,
} from "@weighlock/core/safe.ts";
import { createSender, type Sender } from "@weighlock/core/sender.ts";
import { TransactionRevertedError } from "@weighlock/core/senderErrors.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { type Address, encodeFunctionData, parseEther, zeroAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AnvilNode, setBalances, startAnvil } from "../anvil.ts";
import { WiringMismatchError } from "../errors.ts";
import { assertReadBack } from "../readBack.ts";
import { createCleanup, temporaryFolder } from "../testing.ts";
import { type Artifact, createTransactor } from "../transactor.ts";
import { safeArtifact } from "./artifacts.ts";
import { createSafe, deploySafeStack, type SafeStack } from "./deploy.ts";
import { safeChecks } from "./verify.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

const CHAIN_ID = 7001;
const ROLE = 7n;
const owners = Array.from({ length: 5 }, () => privateKeyToAccount(generatePrivateKey()));
const spec = { owners: owners.map(({ address }) => address), threshold: 3 };
const stranger: Address = "0x00000000000000000000000000000000005718a6";

let node: AnvilNode;
let stack: SafeStack;
let safe: Address;
/** The Safe is its admin. */
let accessManager: Address;
/** Of a key that owns nothing. */
let sender: Sender;

beforeAll(async () => {
  const dir = await temporaryFolder({ cleanup });
  node = await startAnvil({ name: "hub", chainId: CHAIN_ID, dir, blockTime: 0.1 });
  cleanup.add(() => node.stop());
  const [deployer] = node.accounts;
  const transactor = await createTransactor({ client: node.client, privateKey: deployer?.privateKey ?? "0x" });
  stack = deploySafeStack({ transactor, chainId: CHAIN_ID });
  safe = createSafe({ transactor, stack, spec, label: "create the Safe" });
  const artifact: Artifact = { name: "AccessManager", abi: accessManagerAbi, bytecode: accessManagerBytecode };
  accessManager = transactor.deploy({ artifact, args: [safe] });
  await transactor.flush();

  const common = createTestCommon();
  cleanup.add(() => common.shutdown.stop("test"));
  const chain = await createChain({ name: "hub", chainId: CHAIN_ID, rpcUrl: node.rpcUrl, pollMs: 20 });
  sender = createSender({ common, chain, privateKey: generatePrivateKey(), pollMs: 20 });
  await setBalances({ client: node.client, addresses: [sender.address, safe], wei: parseEther("1") });
});

const verify = (expected: { owners: readonly Address[]; threshold: number }) =>
  assertReadBack("the Safe", safeChecks({ client: node.client, name: "test", safe, stack, spec: expected }));
const grant = (account: Address, role = ROLE) =>
  encodeFunctionData({ abi: accessManagerAbi, functionName: "grantRole", args: [role, account, 0] });
const propose = (to: Address, data: `0x${string}`) => proposeSafeTransaction({ client: node.client, safe, to, data });
const sign = (tx: SafeTransaction, who = owners.slice(0, 3)) =>
  Promise.all(who.map((account) => signSafeTransaction({ safe, chainId: CHAIN_ID, tx, account })));
const execute = (tx: SafeTransaction, signatures: readonly `0x${string}`[]) =>
  executeSafeTransaction({ client: node.client, sender, safe, chainId: CHAIN_ID, tx, signatures });
const hasRole = async (account: Address) => {
  const args = [ROLE, account] as const;
  const at = { address: accessManager, abi: accessManagerAbi } as const;
  return (await node.client.readContract({ ...at, functionName: "hasRole", args }))[0];
};

test("a Safe is where its address was foretold, and reads back as it was asked for", async () => {
  expect(await verify(spec)).toBe(7);
  expect(await readSafe({ client: node.client, safe })).toEqual({ owners: spec.owners, threshold: 3n, nonce: 0n });
  await expect(verify({ ...spec, threshold: 2 })).rejects.toThrow(WiringMismatchError);
  await expect(verify({ ...spec, owners: spec.owners.slice(1) })).rejects.toThrow(/owners of the test's Safe/);
});

test("safeTransactionHash() is the contract's", async () => {
  const tx: SafeTransaction = { to: stranger, value: 5n, data: "0xabcdef", nonce: 12n };
  const unpaid = [0, 0n, 0n, 0n, zeroAddress, zeroAddress] as const;
  const actual = await node.client.readContract({
    address: safe,
    abi: safeArtifact("Safe").abi,
    functionName: "getTransactionHash",
    args: [tx.to, tx.value, tx.data, ...unpaid, tx.nonce],
  });
  expect(safeTransactionHash({ safe, chainId: CHAIN_ID, tx })).toBe(actual);
});

test("executeSafeTransaction() makes the call when enough owners have signed, whoever sends it", async () => {
  const tx = await propose(accessManager, grant(stranger));
  await expect(execute(tx, await sign(tx, owners.slice(0, 2)))).rejects.toThrow(SafeThresholdError);
  expect(await hasRole(stranger)).toBe(false);
  const signatures = await sign(tx, owners.slice(1, 4).reverse());
  await execute(tx, signatures);
  expect(await hasRole(stranger)).toBe(true);
  await expect(execute(tx, signatures)).rejects.toThrow(SafeNonceError);
});

test("executeSafeTransaction() pays out of the Safe what the call is worth", async () => {
  const { nonce } = await propose(stranger, "0x");
  const tx = { to: stranger, value: 7n, data: "0x", nonce } as const;
  await execute(tx, await sign(tx));
  expect(await node.client.getBalance({ address: stranger })).toBe(7n);
});

test("executeSafeTransaction() tells why the call reverts, where the Safe says GS013", async () => {
  // The role that everybody has can't be granted.
  const data = grant(stranger, (1n << 64n) - 1n);
  const tx = await propose(accessManager, data);
  const signatures = await sign(tx);
  const refused = execute(tx, signatures);
  await expect(refused).rejects.toThrow(TransactionRevertedError);
  await expect(refused).rejects.toMatchObject({ revert: { name: "AccessManagerLockedRole" } });

  const state = await readSafe({ client: node.client, safe });
  const packed = await packSafeSignatures({ safe, chainId: CHAIN_ID, tx, signatures, state });
  const args = [tx.to, tx.value, tx.data, 0, 0n, 0n, 0n, zeroAddress, zeroAddress, packed] as const;
  const bare = sender.write({ address: safe, abi: safeAbi, functionName: "execTransaction", args });
  await expect(bare).rejects.toMatchObject({ revert: { args: { reason: "GS013" } } });
});
