/** The attacker tries to have his forged entries executed: transactions that are really sent, each with its refusal. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { ChainDeployment, HubDeployment } from "@weighlock/core/deployment.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import { explain, revertData } from "@weighlock/core/explain.ts";
import type { Forgery } from "@weighlock/devnet/layerzero/forgery.ts";
import { encodeFunctionData, type Hash } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import type { Site } from "./site.ts";

export type Attempt = {
  /** Names of the paths that the attacker says vouch. */
  paths: string[];
  isExecuted: boolean;
  /** Of the transaction that was sent. */
  transactionHash: Hash;
  /** What the gateway says to it in the block of the attestation, before anybody could pause; null: nothing against it. */
  refusal: { name: string; sentence: string } | null;
};

// Far more than two entries take: a refusal is never for want of gas.
const EXECUTE_GAS = 1_000_000n;
const RECEIPT_TIMEOUT_MS = 15_000;

/** One transaction for each mask, all at once. */
export async function attemptExecution({
  site,
  attacker,
  src,
  forgery,
  masks,
}: {
  site: Site;
  attacker: PrivateKeyAccount;
  src: ChainDeployment;
  forgery: Forgery;
  masks: readonly number[];
}): Promise<Attempt[]> {
  const { hub } = site;
  const client = site.clientOf(hub);
  const [nonce, fees] = await Promise.all([
    client.getTransactionCount({ address: attacker.address }),
    client.estimateFeesPerGas(),
  ]);
  const calls = masks.map((mask) => ({ mask, data: executionOf({ src, forgery, mask }) }));
  const hashes = await Promise.all(
    calls.map(async ({ data }, i) => {
      const fields = { type: "eip1559", chainId: hub.chainId, to: hub.gateway, data, gas: EXECUTE_GAS } as const;
      const serializedTransaction = await attacker.signTransaction({
        ...fields,
        maxFeePerGas: fees.maxFeePerGas * 2n,
        maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
        nonce: nonce + i,
      });
      return client.sendRawTransaction({ serializedTransaction });
    }),
  );
  return Promise.all(
    calls.map(async ({ mask, data }, i): Promise<Attempt> => {
      const hash = hashes[i] as Hash;
      const [{ status }, refusal] = await Promise.all([
        client.waitForTransactionReceipt({ hash, timeout: RECEIPT_TIMEOUT_MS }),
        refusalOf({ site, attacker, data, blockNumber: forgery.attestedBlock }),
      ]);
      const paths = hub.paths.filter(({ index }) => mask & (1 << index)).map(({ name }) => name);
      return { paths, isExecuted: status === "success", transactionHash: hash, refusal };
    }),
  );
}

/** What the gateway says now to an execution that names every path; null: nothing against it. */
export function refusalNow({
  site,
  attacker,
  src,
  forgery,
}: {
  site: Site;
  attacker: PrivateKeyAccount;
  src: ChainDeployment;
  forgery: Forgery;
}): Promise<Attempt["refusal"]> {
  const data = executionOf({ src, forgery, mask: maskOfAll(site.hub) });
  return refusalOf({ site, attacker, data });
}

export function maskOfAll({ paths }: HubDeployment): number {
  return paths.reduce((mask, { index }) => mask | (1 << index), 0);
}

/** Every set of paths but the empty one. */
export function allMasks(hub: HubDeployment): number[] {
  const all = maskOfAll(hub);
  return Array.from({ length: all }, (_, i) => i + 1).filter((mask) => (mask & ~all) === 0);
}

function executionOf({ src, forgery, mask }: { src: ChainDeployment; forgery: Forgery; mask: number }) {
  return encodeFunctionData({
    abi: gatewayAbi,
    functionName: "execute",
    args: [src.eid, [forgery.count], forgery.entries, "0x", mask],
  });
}

async function refusalOf({
  site: { hub, clientOf },
  attacker,
  data,
  blockNumber,
}: {
  site: Site;
  attacker: PrivateKeyAccount;
  data: `0x${string}`;
  blockNumber?: bigint;
}): Promise<Attempt["refusal"]> {
  try {
    await clientOf(hub).call({
      account: attacker.address,
      to: hub.gateway,
      data,
      gas: EXECUTE_GAS,
      ...(blockNumber !== undefined && { blockNumber }),
    });
    return null;
  } catch (error) {
    if (revertData(error) === undefined) {
      throw new FatalError("The hub's node could not say what the gateway would answer.", { cause: error });
    }
    const { name, sentence } = explain(error);
    return { name, sentence };
  }
}
