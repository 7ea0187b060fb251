/** What the deposit's own transaction would cost whoever sends it. */

import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { type AssetDeployment, hubOf, type VaultDeployment } from "@weighlock/core/deployment.ts";
import { EntryKind, unpackEntry } from "@weighlock/core/entry.ts";
import type { Address } from "viem";
import { createLaneReader } from "../laneReader.ts";
import type { Network } from "../network.ts";

export type GasQuote = {
  gas: bigint;
  /** At the gas price of now, wei. */
  cost: bigint;
  /** Where `gas` comes from. */
  basis: string;
};

type Deposit = { network: Network; chain: VaultDeployment; asset: AssetDeployment; amount: bigint };

/** Undefined when it can't be estimated and nobody has deposited the asset lately. */
export async function readDepositGas({ from, ...of }: Deposit & { from: Address | undefined }) {
  const found = (from && (await estimated({ ...of, from }))) ?? (await lastUsed(of));
  if (found === undefined) return undefined;
  const { client } = await of.network.connect(of.chain);
  return { ...found, cost: found.gas * (await client.getGasPrice()) } satisfies GasQuote;
}

/** Undefined when the sender could not deposit now: it has not approved yet, or holds less. */
async function estimated({ network, chain, asset, amount, from }: Deposit & { from: Address }) {
  const { client } = await network.connect(chain);
  const gas = await client
    .estimateContractGas({
      ...{ address: chain.vault, abi: collateralVaultAbi, functionName: "deposit", account: from },
      args: [asset.id, amount, from, 0n, from, false],
    })
    .catch(() => undefined);
  return gas === undefined ? undefined : { gas, basis: `estimated for ${from}` };
}

async function lastUsed({ network, chain, asset }: Deposit) {
  const reader = await createLaneReader({ network, lane: { src: chain, dst: hubOf(network.deployment) } });
  const { posted } = await reader.outbox();
  const logs = await reader.postedFrom(posted > LOOK_BACK ? posted - LOOK_BACK : 0n);
  const last = logs
    .map((log) => ({ log, entry: unpackEntry(log.args.entry) }))
    .findLast(({ entry }) => entry.kind === EntryKind.Deposit && entry.asset === asset.id);
  if (!last) return undefined;
  const hash = last.log.transactionHash;
  const { gasUsed } = await reader.srcClient.getTransactionReceipt({ hash });
  return { gas: gasUsed, basis: `used by the last deposit, ${hash}` };
}

const LOOK_BACK = 100n;
