/** Locks collateral in a vault, to be credited on the hub. */

import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { type AssetDeployment, hubOf, type LaneDeployment } from "@weighlock/core/deployment.ts";
import { accountOf, unpackEntry } from "@weighlock/core/entry.ts";
import { type Address, erc20Abi, type Hash, type Hex, parseEventLogs } from "viem";
import { type AllowanceWay, sendDeposit } from "./allowance.ts";
import { formatUnits, parseAmount, splitRepresentable } from "./amount.ts";
import { OperationError, UsageError } from "./errors.ts";
import { laneName, parseAsset, parseVaultChain } from "./input.ts";
import type { Network } from "./network.ts";

export type DepositRequest = {
  network: Network;
  /** Pays and signs. */
  privateKey: Hex;
  /** A vault chain's name or eid. */
  chain: string;
  /** Symbol or id. */
  asset: string;
  /** A decimal number of the asset: "12.5". */
  amount: string;
  /** Whose account is credited; the depositor unless told. */
  owner?: Address | undefined;
  subaccount?: bigint;
  /** Paid if the hub can't credit it; the depositor unless told. */
  refundTo?: Address | undefined;
  /** How the vault is let take the token; by an approval unless told. */
  way?: AllowanceWay;
  onProgress?: (step: string) => void;
};

export type DepositResult = {
  lane: LaneDeployment;
  /** `alpha-hub:12`: what `status` takes. */
  id: string;
  index: bigint;
  account: Hex;
  asset: AssetDeployment;
  /** Canonical units. */
  credited: bigint;
  /** Token units that left the depositor. */
  taken: bigint;
  /** Token units that can't be represented and stay with the depositor. */
  left: bigint;
  approveHash?: Hash;
  transactionHash: Hash;
  block: bigint;
};

/** Approves or signs a permit when that is needed. Throws UsageError, OperationError, or what the sender throws. */
export async function deposit({
  network,
  privateKey,
  chain: chainText,
  asset: assetText,
  amount,
  owner,
  subaccount = 0n,
  refundTo,
  way = "approve",
  onProgress = () => undefined,
}: DepositRequest): Promise<DepositResult> {
  const chain = parseVaultChain(network.deployment, chainText);
  const asset = parseAsset(chain, assetText);
  const { token, symbol, decimals, canonicalDecimals } = asset;
  if (token === null) throw new UsageError(`${symbol} has no token on ${chain.name}; choose another chain`);
  const local = parseAmount({ text: amount, decimals, symbol });
  const { canonical, taken, left } = splitRepresentable({ local, decimals, canonicalDecimals });
  const show = (units: bigint) => `${formatUnits(units, decimals)} ${symbol}`;

  const { client } = await network.connect(chain);
  const sender = await network.sender(chain, privateKey);
  const vault = { address: chain.vault, abi: collateralVaultAbi } as const;
  const tokenView = { address: token, abi: erc20Abi } as const;
  const [listed, balance] = await Promise.all([
    client.readContract({ ...vault, functionName: "assetOf", args: [asset.id] }),
    client.readContract({ ...tokenView, functionName: "balanceOf", args: [sender.address] }),
  ]);
  // Before anything is approved: the vault would refuse these too.
  if (canonical < listed.minDeposit) {
    const least = `${formatUnits(listed.minDeposit, canonicalDecimals)} ${symbol}`;
    throw new OperationError(`A deposit on ${chain.name} is at least ${least}; deposit more at once.`);
  }
  if (balance < taken) {
    throw new OperationError(
      `${sender.address} has ${show(balance)} on ${chain.name} and ${show(taken)} is needed; lower the amount or top it up.`,
    );
  }
  if (left > 0n) onProgress(`${show(left)} is finer than one canonical unit and stays with you`);

  const beneficiary = owner ?? sender.address;
  const { receipt, approveHash } = await sendDeposit({
    ...{ client, sender, privateKey, chain, asset: { ...asset, token }, amount: taken, way, onProgress, show },
    account: [beneficiary, subaccount, refundTo ?? sender.address, false],
  });
  const [log] = parseEventLogs({ abi: gatewayAbi, eventName: "EntryPosted", logs: receipt.logs }).filter(
    ({ address }) => address.toLowerCase() === chain.gateway.toLowerCase(),
  );
  if (!log) {
    throw new OperationError("The deposit was mined and its gateway wrote no event of it; check the deployment file.", {
      details: { transactionHash: receipt.transactionHash },
    });
  }
  const lane: LaneDeployment = { src: chain, dst: hubOf(network.deployment) };
  const { index, entry } = log.args;
  return {
    lane,
    id: `${laneName(lane)}:${index}`,
    index,
    account: accountOf({ owner: beneficiary, subaccount }),
    asset,
    credited: unpackEntry(entry).amount,
    taken,
    left,
    ...(approveHash !== undefined && { approveHash }),
    transactionHash: receipt.transactionHash,
    block: receipt.blockNumber,
  };
}
