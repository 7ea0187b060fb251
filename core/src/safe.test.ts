import type { Address, Hex } from "viem";
import {
  concat,
  createPublicClient,
  custom,
  encodeAbiParameters,
  encodeErrorResult,
  hexToBigInt,
  keccak256,
  recoverAddress,
  size,
  slice,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect, test } from "vitest";
import { errorsAbi } from "./abi/errors.ts";
import {
  NotSafeOwnerError,
  packSafeSignatures,
  SafeNonceError,
  SafeThresholdError,
  type SafeTransaction,
  safeTransactionHash,
  signSafeTransaction,
  simulateSafeTransaction,
} from "./safe.ts";
import { TransactionRevertedError } from "./senderErrors.ts";

const address = (digits: string): Address => `0x${digits.repeat(20)}`;
const at = { chainId: 7001, safe: address("5a") };
const tx: SafeTransaction = { to: address("7a"), value: 3n, data: "0x12345678", nonce: 9n };

// As they stand in Safe.sol.
const DOMAIN_TYPEHASH = "0x47e79534a245952e8b16893a336b85a3d9ea9fa8c573f3d803afb92a79469218";
const TRANSACTION_TYPEHASH = "0xbb8310d486368db6bd6f849402fdd73ad53d316b5a4b2644ad6efe0f941286d8";
const words = (...values: (Hex | bigint)[]): Hex =>
  encodeAbiParameters(
    values.map(() => ({ type: "uint256" })),
    values.map((value) => (typeof value === "bigint" ? value : hexToBigInt(value))),
  );

test("safeTransactionHash() is what Safe.sol computes", () => {
  const domain = keccak256(words(DOMAIN_TYPEHASH, BigInt(at.chainId), at.safe));
  const unpaid = [0n, 0n, 0n, 0n, 0n, 0n];
  const struct = keccak256(words(TRANSACTION_TYPEHASH, tx.to, tx.value, keccak256(tx.data), ...unpaid, tx.nonce));
  expect(safeTransactionHash({ ...at, tx })).toBe(keccak256(concat(["0x1901", domain, struct])));
});

test("safeTransactionHash() differs with every field, the chain and the Safe", () => {
  const hashes = [
    { ...at, tx },
    { ...at, tx: { ...tx, to: address("7b") } },
    { ...at, tx: { ...tx, value: 4n } },
    { ...at, tx: { ...tx, data: "0x12345679" as const } },
    { ...at, tx: { ...tx, nonce: 10n } },
    { ...at, chainId: 7002, tx },
    { ...at, safe: address("5b"), tx },
  ].map(safeTransactionHash);
  expect(new Set(hashes).size).toBe(7);
});

const accounts = Array.from({ length: 4 }, () => privateKeyToAccount(generatePrivateKey()));
const sign = (who = accounts, of: Parameters<typeof safeTransactionHash>[0] = { ...at, tx }) =>
  Promise.all(who.map((account) => signSafeTransaction({ ...of, account })));
const state = { owners: accounts.map((account) => account.address), threshold: 3n, nonce: 9n };

test("packSafeSignatures() puts them in ascending order of who signed, each owner once", async () => {
  const signatures = await sign();
  const packed = await packSafeSignatures({ ...at, tx, signatures: [...signatures, ...signatures], state });
  expect(size(packed)).toBe(4 * 65);
  const hash = safeTransactionHash({ ...at, tx });
  const signers = await Promise.all(
    [0, 1, 2, 3].map((i) => recoverAddress({ hash, signature: slice(packed, i * 65, (i + 1) * 65) })),
  );
  expect(signers).toEqual(state.owners.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)));
});

test("packSafeSignatures() refuses another nonce, a stranger's signature and too few owners", async () => {
  const signatures = await sign();
  const pack = (change: Partial<Parameters<typeof packSafeSignatures>[0]>) =>
    packSafeSignatures({ ...at, tx, signatures, state, ...change });
  await expect(pack({ state: { ...state, nonce: 10n } })).rejects.toThrow(SafeNonceError);
  await expect(pack({ state: { ...state, owners: state.owners.slice(1) } })).rejects.toThrow(NotSafeOwnerError);
  const [first = "0x", second = "0x"] = signatures;
  await expect(pack({ signatures: [first, second, second] })).rejects.toThrow(SafeThresholdError);
});

test("a signature for another transaction, Safe or chain is nobody's", async () => {
  const others = [
    { ...at, tx: { ...tx, value: 4n } },
    { ...at, safe: address("5b"), tx },
    { ...at, chainId: 7002, tx },
  ];
  for (const other of others) {
    const signatures = await sign(accounts, other);
    await expect(packSafeSignatures({ ...at, tx, signatures, state })).rejects.toThrow(NotSafeOwnerError);
  }
});

test("simulateSafeTransaction() calls from the Safe and tells why the call reverts", async () => {
  const data = encodeErrorResult({
    abi: errorsAbi,
    errorName: "AccessManagerUnauthorizedCall",
    args: [at.safe, tx.to, "0x12345678"],
  });
  const calls: unknown[] = [];
  const request = ({ params }: { params: unknown[] }) => {
    calls.push(params[0]);
    return Promise.reject(Object.assign(new Error("execution reverted"), { code: 3, data }));
  };
  const client = createPublicClient({ transport: custom({ request }, { retryCount: 0 }) });
  const simulated = simulateSafeTransaction({ client, safe: at.safe, tx });
  await expect(simulated).rejects.toThrow(TransactionRevertedError);
  await expect(simulated).rejects.toMatchObject({ revert: { name: "AccessManagerUnauthorizedCall" } });
  expect(calls).toEqual([{ from: at.safe, to: tx.to, value: "0x3", data: tx.data }]);
});

test("simulateSafeTransaction() takes a node that does not answer for no revert", async () => {
  const transport = custom({ request: () => Promise.reject(new Error("socket hang up")) }, { retryCount: 0 });
  const client = createPublicClient({ transport });
  const simulated = simulateSafeTransaction({ client, safe: at.safe, tx });
  await expect(simulated).rejects.toThrow("socket hang up");
  await expect(simulated).rejects.not.toThrow(TransactionRevertedError);
});
