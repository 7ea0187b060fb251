/** Sends a deployment's transactions of one key on one chain all at once, with nonces counted here. */

import {
  type Abi,
  type Address,
  BaseError,
  decodeErrorResult,
  type EncodeFunctionDataParameters,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  type PublicClient,
  parseGwei,
  type TransactionReceipt,
} from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { TransactionFailedError } from "./errors.ts";

/** What forge and hardhat both write for a contract. */
export type Artifact = { name: string; abi: Abi; bytecode: Hex };

/** One call to queue. `label` names it in messages and gas tables; the function's name unless told. */
export type QueuedCall = { to: Address; abi: Abi; functionName: string; args?: readonly unknown[] } & CallOptions;
type CallOptions = { label?: string; value?: bigint; gas?: bigint };

export type SentTransaction = { label: string; hash: Hex; gasUsed: bigint; receipt: TransactionReceipt };

export type Transactor = {
  readonly address: Address;
  /** Queues a deployment. The address is known at once, so what needs it can be queued right behind. */
  deploy(options: { artifact: Artifact; args?: readonly unknown[]; label?: string; gas?: bigint }): Address;
  /** Where a deployment will be that is queued behind `ahead` others from now. */
  nextAddress(options: { ahead: number }): Address;
  /** Queues a call. */
  call(options: QueuedCall): void;
  /**
   * Sends what is queued in one request and returns when all of it is mined, in order.
   * @throws TransactionFailedError for the first one that reverted, with its decoded reason.
   */
  flush(): Promise<SentTransaction[]>;
};

type Queued = { label: string; abi: Abi; to: Address | null; data: Hex; value: bigint; gas: bigint };

// EIP-7825: mainnet's cap on the gas of one transaction, which the chains enforce.
const TX_GAS_CAP = 16_777_216n;
// Blocks that mine before this many attempts hold every transaction; more means that one was dropped.
const MINE_ATTEMPTS = 40;

/**
 * Gas limits are declared at the cap and not estimated: what a transaction calls is deployed by one still queued.
 * No other sender may use the same key at the same time.
 */
export async function createTransactor({
  client,
  privateKey,
  mines = true,
}: {
  client: PublicClient;
  privateKey: Hex;
  /** Has blocks mined at once; false: waits for those that the chain makes by itself. */
  mines?: boolean;
}): Promise<Transactor> {
  const account = privateKeyToAccount(privateKey);
  const [chainId, firstNonce] = await Promise.all([
    client.getChainId(),
    client.getTransactionCount({ address: account.address, blockTag: "pending" }),
  ]);
  let nonce = firstNonce;
  let queue: Queued[] = [];

  return {
    address: account.address,

    deploy({ artifact, args = [], label = `deploy ${artifact.name}`, gas = TX_GAS_CAP }) {
      const { abi, bytecode } = artifact;
      const address = getContractAddress({ from: account.address, nonce: BigInt(nonce + queue.length) });
      queue.push({ label, abi, to: null, data: encodeDeployData({ abi, bytecode, args }), value: 0n, gas });
      return address;
    },

    nextAddress({ ahead }) {
      return getContractAddress({ from: account.address, nonce: BigInt(nonce + queue.length + ahead) });
    },

    call({ to, abi, functionName, args = [], label = functionName, value = 0n, gas = TX_GAS_CAP }) {
      const parameters: EncodeFunctionDataParameters = { abi, functionName, args };
      queue.push({ label, abi, to, data: encodeFunctionData(parameters), value, gas });
    },

    async flush() {
      const batch = queue;
      const batchNonce = nonce;
      queue = [];
      nonce += batch.length;
      if (batch.length === 0) return [];
      const { baseFeePerGas } = await client.getBlock();
      const fees = { maxFeePerGas: (baseFeePerGas ?? 0n) * 2n + parseGwei("2"), maxPriorityFeePerGas: parseGwei("1") };
      const signed = await Promise.all(
        batch.map(({ to, data, value, gas }, index) =>
          account.signTransaction({ chainId, nonce: batchNonce + index, to, data, value, gas, ...fees }),
        ),
      );
      const hashes = await Promise.all(
        signed.map((serializedTransaction) => client.sendRawTransaction({ serializedTransaction })),
      );
      const receipts = await mine({ client, mines, hashes, labels: batch.map(({ label }) => label) });
      return Promise.all(
        batch.map(async (queued, index) => {
          const receipt = receipts[index];
          if (receipt === undefined) throw new TransactionFailedError(`${queued.label} has no receipt.`);
          if (receipt.status === "reverted") throw await explain({ client, account, queued, receipt });
          return { label: queued.label, hash: receipt.transactionHash, gasUsed: receipt.gasUsed, receipt };
        }),
      );
    },
  };
}

async function mine({
  client,
  mines,
  hashes,
  labels,
}: {
  client: PublicClient;
  mines: boolean;
  hashes: readonly Hex[];
  labels: readonly string[];
}): Promise<TransactionReceipt[]> {
  const receipts = new Map<Hex, TransactionReceipt>();
  for (let attempt = 0; attempt < MINE_ATTEMPTS; attempt++) {
    if (mines) {
      await client.request<{ Method: "evm_mine"; Parameters: []; ReturnType: Hex }>({ method: "evm_mine", params: [] });
    } else await nextBlock(client);
    const missing = hashes.filter((hash) => !receipts.has(hash));
    const found = await Promise.all(
      // Not mined yet is an error in viem; anything lasting shows as the last attempt fails.
      missing.map((hash) => client.getTransactionReceipt({ hash }).catch(() => undefined)),
    );
    for (const receipt of found) if (receipt !== undefined) receipts.set(receipt.transactionHash, receipt);
    if (receipts.size === hashes.length) return hashes.flatMap((hash) => receipts.get(hash) ?? []);
  }
  throw new TransactionFailedError(`Transactions were not mined within ${MINE_ATTEMPTS} blocks.`, {
    details: { missing: labels.filter((_, index) => !receipts.has(hashes[index] ?? "0x")) },
  });
}

/** Resolves with a block that the chain makes by itself. */
export function nextBlock(client: PublicClient): Promise<void> {
  return new Promise((resolve, reject) => {
    const unwatch = client.watchBlockNumber({
      onBlockNumber: () => {
        unwatch();
        resolve();
      },
      onError: (error) => {
        unwatch();
        reject(error);
      },
    });
  });
}

async function explain({
  client,
  account,
  queued,
  receipt,
}: {
  client: PublicClient;
  account: PrivateKeyAccount;
  queued: Queued;
  receipt: TransactionReceipt;
}): Promise<TransactionFailedError> {
  const { label, to, data, value, gas, abi } = queued;
  const { transactionHash: hash, gasUsed, blockNumber } = receipt;
  let reason: unknown = "it does not revert when it is called again: look at the transaction's trace";
  await client.call({ account, to, data, value, gas, blockNumber }).catch((error: unknown) => {
    reason = decodeRevert({ abi, error });
  });
  return new TransactionFailedError(`${label} reverted.`, { details: { reason, hash, to, gasUsed } });
}

function decodeRevert({ abi, error }: { abi: Abi; error: unknown }): string {
  if (!(error instanceof BaseError)) return String(error);
  const raw = error.walk((each) => typeof (each as { data?: unknown }).data === "string");
  const data = (raw as { data?: Hex } | null)?.data;
  if (data === undefined || data === "0x") return error.shortMessage;
  try {
    const { errorName, args } = decodeErrorResult({ abi, data });
    return `${errorName}(${(args ?? []).map(String).join(", ")})`;
  } catch {
    return data;
  }
}
