/** A Safe 1.4.1: a contract account that makes a call when enough of its owners have signed it. */

import type { Address, Hex, PublicClient, TransactionReceipt, TypedDataDomain } from "viem";
import { concat, encodeFunctionData, hashTypedData, parseAbi, recoverAddress, zeroAddress } from "viem";
import type { LocalAccount } from "viem/accounts";
import { FatalError, messageOf } from "./errors.ts";
import { explain, revertData } from "./explain.ts";
import type { Sender } from "./sender.ts";
import { TransactionRevertedError } from "./senderErrors.ts";

/** The functions that are called here. Deployments use the package's ABI. */
export const safeAbi = parseAbi([
  "function nonce() view returns (uint256)",
  "function getThreshold() view returns (uint256)",
  "function getOwners() view returns (address[])",
  "function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures) payable returns (bool success)",
]);

/**
 * A plain call. What else a Safe can sign is fixed to nothing: a delegatecall could change its owners, and a refund
 * could empty it.
 */
export type SafeTransaction = {
  to: Address;
  /** Wei. */
  value: bigint;
  data: Hex;
  nonce: bigint;
};

/** The signed chain and contract: a signature for one Safe is worth nothing to another. */
export type SafeAt = { chainId: number; safe: Address };

export type SafeState = { owners: readonly Address[]; threshold: bigint; nonce: bigint };

export const safeTransactionTypes = {
  SafeTx: [
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "data", type: "bytes" },
    { name: "operation", type: "uint8" },
    { name: "safeTxGas", type: "uint256" },
    { name: "baseGas", type: "uint256" },
    { name: "gasPrice", type: "uint256" },
    { name: "gasToken", type: "address" },
    { name: "refundReceiver", type: "address" },
    { name: "nonce", type: "uint256" },
  ],
} as const;

const CALL = 0;
/** No gas of its own and no refund: `execTransaction` then reverts when the call does. */
const UNPAID = {
  safeTxGas: 0n,
  baseGas: 0n,
  gasPrice: 0n,
  gasToken: zeroAddress,
  refundReceiver: zeroAddress,
} as const;

/** The transaction is not the one that the Safe takes next. */
export class SafeNonceError extends FatalError {
  override name = "SafeNonceError";
}
/** A signature that no owner made for this transaction. */
export class NotSafeOwnerError extends FatalError {
  override name = "NotSafeOwnerError";
}
/** Fewer owners have signed than the Safe wants. */
export class SafeThresholdError extends FatalError {
  override name = "SafeThresholdError";
}

export function safeDomain({ chainId, safe }: SafeAt): TypedDataDomain {
  return { chainId, verifyingContract: safe };
}

function typedData({ tx: { to, value, data, nonce }, ...at }: SafeAt & { tx: SafeTransaction }) {
  return {
    domain: safeDomain(at),
    types: safeTransactionTypes,
    primaryType: "SafeTx",
    message: { to, value, data, operation: CALL, ...UNPAID, nonce },
  } as const;
}

/** What the Safe's `getTransactionHash` returns. */
export function safeTransactionHash(of: SafeAt & { tx: SafeTransaction }): Hex {
  return hashTypedData(typedData(of));
}

export function signSafeTransaction({
  account,
  ...of
}: SafeAt & { tx: SafeTransaction; account: LocalAccount }): Promise<Hex> {
  return account.signTypedData(typedData(of));
}

export async function readSafe({ client, safe }: { client: PublicClient; safe: Address }): Promise<SafeState> {
  const at = { address: safe, abi: safeAbi } as const;
  const [owners, threshold, nonce] = await Promise.all([
    client.readContract({ ...at, functionName: "getOwners" }),
    client.readContract({ ...at, functionName: "getThreshold" }),
    client.readContract({ ...at, functionName: "nonce" }),
  ]);
  return { owners, threshold, nonce };
}

/** The call as the Safe's next transaction, for its owners to sign. Whether it can succeed now is not asked. */
export async function proposeSafeTransaction({
  client,
  safe,
  to,
  data,
  value = 0n,
}: {
  client: PublicClient;
  safe: Address;
  to: Address;
  data: Hex;
  value?: bigint;
}): Promise<SafeTransaction> {
  const nonce = await client.readContract({ address: safe, abi: safeAbi, functionName: "nonce" });
  return { to, value, data, nonce };
}

/**
 * The signatures as `execTransaction` takes them: one behind the other, in ascending order of who signed.
 * @throws SafeNonceError, NotSafeOwnerError or SafeThresholdError where the Safe would refuse them with a bare code.
 */
export async function packSafeSignatures({
  tx,
  signatures,
  state: { owners, threshold, nonce },
  ...at
}: SafeAt & { tx: SafeTransaction; signatures: readonly Hex[]; state: SafeState }): Promise<Hex> {
  const { safe } = at;
  if (tx.nonce !== nonce) {
    throw new SafeNonceError("The transaction is not the Safe's next one; propose it again and have it signed again.", {
      details: { safe, expected: nonce, actual: tx.nonce },
    });
  }
  const hash = safeTransactionHash({ ...at, tx });
  const signed = new Map<Address, Hex>();
  for (const signature of signatures) signed.set(await recoverAddress({ hash, signature }), signature);
  const strangers = [...signed.keys()].filter((signer) => !owners.includes(signer));
  if (strangers.length > 0) {
    throw new NotSafeOwnerError("A signature is no owner's; it may be for another transaction, Safe or chain.", {
      details: { safe, hash, strangers, owners },
    });
  }
  if (BigInt(signed.size) < threshold) {
    throw new SafeThresholdError("Too few owners have signed the transaction.", {
      details: { safe, hash, expected: threshold, actual: signed.size, signed: [...signed.keys()] },
    });
  }
  return concat([...signed].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1)).map(([, signature]) => signature));
}

/**
 * The call alone, made from the Safe's address: `execTransaction` says GS013 and no more of a call that reverts.
 * @throws TransactionRevertedError with the reason of the call.
 */
export async function simulateSafeTransaction({
  client,
  safe,
  tx: { to, value, data },
  label = "the Safe's call",
}: {
  client: PublicClient;
  safe: Address;
  tx: SafeTransaction;
  label?: string;
}): Promise<void> {
  try {
    await client.call({ account: safe, to, value, data });
  } catch (cause) {
    if (revertData(cause) === undefined && !/revert/i.test(messageOf(cause))) throw cause;
    throw new TransactionRevertedError({ revert: explain(cause), label, cause });
  }
}

/**
 * Anybody may send it: the signatures are what counts.
 * @throws TransactionRevertedError with the reason of the call; what `packSafeSignatures` throws; what `sender` throws.
 */
export async function executeSafeTransaction({
  client,
  sender,
  tx,
  signatures,
  label = "execTransaction",
  ...at
}: SafeAt & {
  client: PublicClient;
  sender: Pick<Sender, "send">;
  tx: SafeTransaction;
  signatures: readonly Hex[];
  /** For logs and errors: what the call does. */
  label?: string;
}): Promise<TransactionReceipt> {
  const { safe } = at;
  const packed = await packSafeSignatures({ ...at, tx, signatures, state: await readSafe({ client, safe }) });
  await simulateSafeTransaction({ client, safe, tx, label });
  const { to, value, data } = tx;
  const { safeTxGas, baseGas, gasPrice, gasToken, refundReceiver } = UNPAID;
  const args = [to, value, data, CALL, safeTxGas, baseGas, gasPrice, gasToken, refundReceiver, packed] as const;
  return sender.send({
    to: safe,
    data: encodeFunctionData({ abi: safeAbi, functionName: "execTransaction", args }),
    label,
  });
}
