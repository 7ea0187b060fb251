/**
 * One chain of the bench, and how transactions are sent there: all at once, mined at once, in the order of the list.
 * The order is part of what is measured: it decides the entries' indices, hence every hash and its calldata, so that two
 * runs print the same figures to the unit.
 */

import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { explain } from "@weighlock/core/explain.ts";
import type { AnvilNode, DevAccount } from "@weighlock/devnet/anvil.ts";
import { TransactionFailedError } from "@weighlock/devnet/errors.ts";
import type { Artifact } from "@weighlock/devnet/transactor.ts";
import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type EncodeFunctionDataParameters,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  type PublicClient,
  parseGwei,
  type TransactionReceipt,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";

export type Call = { from: DevAccount; to: Address | null; data: Hex; value: bigint; label: string };

export type Site<Chain extends ChainDeployment = ChainDeployment> = {
  chain: Chain;
  client: PublicClient;
  /** Deploys LayerZero and owns the peers. */
  deployer: DevAccount;
  /**
   * Receipts in the order of the calls.
   * @throws TransactionFailedError for the first one that reverted, with its reason.
   */
  send(calls: readonly Call[]): Promise<TransactionReceipt[]>;
  deploy(artifact: Artifact, args: readonly unknown[]): Promise<Address>;
};

// EIP-7825's cap, which the chains enforce. What is not used is not charged.
const GAS_LIMIT = 16_777_216n;
// Enough for a list of transactions that each declare the cap.
const MINE_ATTEMPTS = 40;

/** Typed as viem types a write. */
export function callOf<
  const Contract extends Abi,
  Name extends ContractFunctionName<Contract, "nonpayable" | "payable">,
  const Args extends ContractFunctionArgs<Contract, "nonpayable" | "payable", Name>,
>({
  from,
  address,
  abi,
  functionName,
  args,
  value = 0n,
}: {
  from: DevAccount;
  address: Address;
  abi: Contract;
  functionName: Name;
  args: Args;
  value?: bigint;
}): Call {
  const parameters = { abi, functionName, args } as unknown as EncodeFunctionDataParameters;
  return { from, to: address, data: encodeFunctionData(parameters), value, label: functionName };
}

export function createSite<Chain extends ChainDeployment>({
  chain,
  node,
}: {
  chain: Chain;
  node: AnvilNode;
}): Site<Chain> {
  const { client } = node;
  const [deployer] = node.accounts;
  if (deployer === undefined) throw new RangeError(`${node.name} has no account`);
  const nonces = new Map<Address, number>();

  async function nextNonce(address: Address): Promise<number> {
    const nonce = nonces.get(address) ?? (await client.getTransactionCount({ address }));
    nonces.set(address, nonce + 1);
    return nonce;
  }

  async function send(calls: readonly Call[]): Promise<TransactionReceipt[]> {
    const baseFee = (await client.getBlock()).baseFeePerGas ?? 0n;
    const raw: Hex[] = [];
    for (const [position, { from, to, data, value }] of calls.entries()) {
      raw.push(
        await privateKeyToAccount(from.privateKey).signTransaction({
          type: "eip1559",
          chainId: chain.chainId,
          nonce: await nextNonce(from.address),
          gas: GAS_LIMIT,
          to,
          data,
          value,
          maxFeePerGas: baseFee * 2n + parseGwei("2"),
          // A block takes the highest tip first.
          maxPriorityFeePerGas: parseGwei("1") + BigInt(calls.length - position),
        }),
      );
    }
    const hashes = await Promise.all(
      raw.map((serializedTransaction) => client.sendRawTransaction({ serializedTransaction })),
    );
    const receipts = await mined(client, hashes);
    for (const [position, receipt] of receipts.entries()) {
      const call = calls[position];
      if (call !== undefined && receipt.status === "reverted") throw await revertOf(client, call, receipt);
    }
    return receipts;
  }

  return {
    chain,
    client,
    deployer,
    send,
    async deploy({ name, abi, bytecode }, args) {
      const data = encodeDeployData({ abi, bytecode, args });
      const [receipt] = await send([{ from: deployer, to: null, data, value: 0n, label: `deploy ${name}` }]);
      if (!receipt?.contractAddress) throw new TransactionFailedError(`${name} was not deployed.`);
      return receipt.contractAddress;
    },
  };
}

async function mined(client: PublicClient, hashes: readonly Hex[]): Promise<TransactionReceipt[]> {
  const receipts = new Map<Hex, TransactionReceipt>();
  for (let attempt = 0; attempt < MINE_ATTEMPTS; attempt += 1) {
    await client.request<{ Method: "evm_mine"; Parameters: []; ReturnType: Hex }>({ method: "evm_mine", params: [] });
    const missing = hashes.filter((hash) => !receipts.has(hash));
    const found = await Promise.all(
      // Not mined yet is an error in viem; anything lasting shows as the last attempt fails.
      missing.map((hash) => client.getTransactionReceipt({ hash }).catch(() => undefined)),
    );
    for (const receipt of found) if (receipt !== undefined) receipts.set(receipt.transactionHash, receipt);
    if (receipts.size === hashes.length) return hashes.flatMap((hash) => receipts.get(hash) ?? []);
  }
  throw new TransactionFailedError(`Transactions were not mined within ${MINE_ATTEMPTS} blocks.`);
}

async function revertOf(
  client: PublicClient,
  { from, to, data, value, label }: Call,
  { blockNumber, transactionHash: hash, gasUsed }: TransactionReceipt,
): Promise<TransactionFailedError> {
  const reason = await client
    .call({ account: from.address, ...(to && { to }), data, value, gas: GAS_LIMIT, blockNumber })
    .then(
      () => "it does not revert when it is called again: look at the transaction's trace",
      (error: unknown) => explain(error).sentence,
    );
  return new TransactionFailedError(`${label} reverted.`, { details: { reason, hash, to, gasUsed } });
}
