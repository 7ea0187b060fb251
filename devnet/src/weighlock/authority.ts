/**
 * Acting as the guardian and the council of a local network do: their owners sign, their Safes call. For tests and
 * demos, which hold every owner's key.
 */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import type { ChainDeployment, Deployment } from "@weighlock/core/deployment.ts";
import { executeSafeTransaction, proposeSafeTransaction, readSafe, signSafeTransaction } from "@weighlock/core/safe.ts";
import { MAX_TRANSACTION_GAS, type Sender } from "@weighlock/core/sender.ts";
import {
  type Address,
  createTestClient,
  encodeFunctionData,
  type Hex,
  http,
  isAddressEqual,
  parseEventLogs,
  publicActions,
  slice,
  type TransactionReceipt,
  walletActions,
} from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { TransactionFailedError } from "../errors.ts";

export type AuthorityCall = {
  chain: Pick<ChainDeployment, "name" | "chainId" | "rpcUrl" | "accessManager" | "council" | "guardian">;
  /** Of the deployment file, with the owners' among them. */
  keys: Deployment["keys"];
  to: Address;
  data: Hex;
};

/** `readyAt`: the time of the chain, in seconds, from which on it can be executed. */
export type ScheduledCall = { operationId: Hex; readyAt: number; receipt: TransactionReceipt };

type Client = ReturnType<typeof connect>;

/**
 * Calls `to` from the guardian's Safe.
 * @throws TransactionRevertedError with the reason of the call.
 */
export function asGuardian(call: AuthorityCall): Promise<TransactionReceipt> {
  return throughSafe({ ...call, safe: call.chain.guardian });
}

/**
 * Calls `to` from the council's Safe: at once where its role has no delay; otherwise schedules the call, moves the
 * chain's clock on by what is left of the delay, and executes it. The other chains' clocks stay.
 * @throws TransactionRevertedError with the reason of the call.
 */
export async function asCouncil(call: AuthorityCall): Promise<TransactionReceipt> {
  if (!(await isDelayed(call))) return throughSafe({ ...call, safe: call.chain.council });
  const { readyAt } = await scheduleAsCouncil(call);
  await passTime({ rpcUrl: call.chain.rpcUrl, until: readyAt });
  return executeAsCouncil(call);
}

/** The first half of `asCouncil` for a call with a delay. */
export async function scheduleAsCouncil({ to, data, ...call }: AuthorityCall): Promise<ScheduledCall> {
  const receipt = await throughSafe({
    ...call,
    safe: call.chain.council,
    to: call.chain.accessManager,
    // 0: as early as the role may.
    data: encodeFunctionData({ abi: accessManagerAbi, functionName: "schedule", args: [to, data, 0] }),
  });
  const [scheduled] = parseEventLogs({ abi: accessManagerAbi, eventName: "OperationScheduled", logs: receipt.logs });
  if (scheduled === undefined) throw new TransactionFailedError("The access manager has scheduled nothing.");
  const { operationId, schedule: readyAt } = scheduled.args;
  return { operationId, readyAt, receipt };
}

/** The second half of `asCouncil` for a call with a delay, when that is over. */
export function executeAsCouncil({ to, data, ...call }: AuthorityCall): Promise<TransactionReceipt> {
  return throughSafe({
    ...call,
    safe: call.chain.council,
    to: call.chain.accessManager,
    data: encodeFunctionData({ abi: accessManagerAbi, functionName: "execute", args: [to, data] }),
  });
}

/** Moves a chain's clock on to `until`, in seconds, and has a block mined there. It never goes back. */
export async function passTime({ rpcUrl, until }: { rpcUrl: string; until: number }): Promise<void> {
  const client = connect(rpcUrl);
  for (;;) {
    const { timestamp } = await client.getBlock();
    if (timestamp >= BigInt(until)) return;
    await client.increaseTime({ seconds: until - Number(timestamp) });
    await client.mine({ blocks: 1 });
  }
}

async function isDelayed({ chain, to, data }: AuthorityCall): Promise<boolean> {
  const [, delay] = await connect(chain.rpcUrl).readContract({
    address: chain.accessManager,
    abi: accessManagerAbi,
    functionName: "canCall",
    args: [chain.council, to, slice(data, 0, 4)],
  });
  return delay > 0;
}

/** Signed by as many owners as the Safe wants, sent by the first of them. */
async function throughSafe({
  chain: { name, chainId, rpcUrl },
  keys,
  safe,
  to,
  data,
}: AuthorityCall & { safe: Address }): Promise<TransactionReceipt> {
  const client = connect(rpcUrl);
  const [{ owners, threshold }, tx] = await Promise.all([
    readSafe({ client, safe }),
    proposeSafeTransaction({ client, safe, to, data }),
  ]);
  const signers = keys
    .filter(({ address }) => owners.some((owner) => isAddressEqual(owner, address)))
    .slice(0, Number(threshold))
    .map(({ privateKey }) => privateKeyToAccount(privateKey));
  const [first] = signers;
  if (first === undefined) throw new RangeError(`no key of an owner of the Safe ${safe} on ${name}`);
  const signatures = await Promise.all(signers.map((account) => signSafeTransaction({ safe, chainId, tx, account })));
  return executeSafeTransaction({
    client,
    sender: createPlainSender({ client, account: first }),
    safe,
    chainId,
    tx,
    signatures,
  });
}

/** For single transactions of a key that nobody else uses meanwhile. */
function createPlainSender({ client, account }: { client: Client; account: PrivateKeyAccount }): Pick<Sender, "send"> {
  return {
    async send({ to, data = "0x", value = 0n, label = "call" }) {
      const request = { account, to, data, value, gas: MAX_TRANSACTION_GAS } as const;
      // A revert is told by the call: a mined failure has no reason.
      await client.call(request);
      const hash = await client.sendTransaction({ ...request, chain: null });
      const receipt = await client.waitForTransactionReceipt({ hash });
      if (receipt.status === "success") return receipt;
      throw new TransactionFailedError(`${label} reverted after its call had not.`, { details: { hash, to } });
    },
  };
}

function connect(rpcUrl: string) {
  return createTestClient({ mode: "anvil", transport: http(rpcUrl), pollingInterval: 20, cacheTime: 0 })
    .extend(publicActions)
    .extend(walletActions);
}
