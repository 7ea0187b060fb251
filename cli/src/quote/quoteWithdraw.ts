/** What a withdrawal would cost and wait for, and what each vault has. Nothing is sent. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { hubOf, type VaultDeployment } from "@weighlock/core/deployment.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import type { Address } from "viem";
import { formatUnits, parseAmount } from "../amount.ts";
import { type Availability, availabilityOf } from "../availability.ts";
import { parseAsset, parseVaultChain } from "../input.ts";
import { type AssetLimits, readVaultLimits } from "../limits.ts";
import type { Network } from "../network.ts";
import { type OperatorFees, readOperatorFees } from "./operatorFees.ts";
import { readShareRoom, waitsOf } from "./waits.ts";
import { readWay, type Way } from "./way.ts";

export type WithdrawalQuote = {
  /** The vault's. */
  chain: string;
  asset: string;
  canonicalDecimals: number;
  /** Canonical units. */
  amount: bigint;
  quantity: string;
  minimum?: string;
  /** Of whoever sends it himself. */
  fee: "0";
  /** What operators took on signed withdrawals; absent when none was seen. */
  operatorFees?: OperatorFees;
  /** What the payment may use of the gas that whoever executes it pays: a relayer, normally. */
  paymentGas: number;
  /** What each vault has of it. */
  available: Availability[];
  /** Canonical units; with `account` only. */
  balance?: bigint;
  way: Way;
  /** What the vault may pay of it how fast; absent where it does not list it. */
  limits?: AssetLimits;
  /** What it would wait for at the vault, if it were executed now. */
  waits: string[];
  /** Why it can't be done now; empty when it can. */
  obstacles: string[];
};

/** Throws UsageError. */
export async function quoteWithdraw({
  network,
  to,
  asset: assetText,
  amount: amountText,
  account,
}: {
  network: Network;
  /** The vault chain to be paid on: name or eid. */
  to: string;
  /** Symbol or id. */
  asset: string;
  /** A decimal number of the asset: "5". */
  amount: string;
  /** Whose balance must do. */
  account?: { owner: Address; subaccount: bigint } | undefined;
}): Promise<WithdrawalQuote> {
  const dst = parseVaultChain(network.deployment, to);
  const hub = hubOf(network.deployment);
  const asset = parseAsset(dst, assetText);
  const { id, symbol, canonicalDecimals } = asset;
  const amount = parseAmount({ text: amountText, decimals: canonicalDecimals, symbol });
  const { client } = await network.connect(dst);
  const [available, minimum, operatorFees, balance, { pushGas }, way, limits, shareRoom] = await Promise.all([
    availabilityOf({ network, asset }),
    readMinimum(network, dst, id),
    readOperatorFees({ network, asset: id }),
    account && readBalance(network, accountOf(account), id),
    client.readContract({ address: dst.vault, abi: collateralVaultAbi, functionName: "assetOf", args: [id] }),
    readWay({ network, lane: { src: hub, dst } }),
    readVaultLimits({ network, vault: dst, asset }),
    account && readShareRoom({ network, vault: dst, asset: id, account: accountOf(account) }),
  ]);
  const show = (units: bigint) => `${formatUnits(units, canonicalDecimals)} ${symbol}`;
  const there = available.find(({ chain }) => chain === dst.name)?.amount ?? 0n;
  // What would be locked otherwise may leave.
  const isTooLittle =
    minimum !== undefined && amount < minimum && (balance === undefined || balance - amount >= minimum);
  return {
    chain: dst.name,
    asset: symbol,
    canonicalDecimals,
    amount,
    quantity: formatUnits(amount, canonicalDecimals),
    ...(minimum !== undefined && { minimum: formatUnits(minimum, canonicalDecimals) }),
    fee: "0",
    ...(operatorFees && { operatorFees }),
    paymentGas: pushGas,
    available,
    ...(balance !== undefined && { balance }),
    way,
    ...(limits && { limits }),
    waits: limits ? waitsOf({ limits, amount, ends: "paid", way, shareRoom }) : [],
    obstacles: [
      ...(minimum === undefined ? [`${hub.name} does not list ${symbol} for ${dst.name}`] : []),
      ...(isTooLittle ? [`a withdrawal to ${dst.name} is at least ${show(minimum)}, or the whole balance`] : []),
      ...(there < amount ? [`the vault on ${dst.name} backs ${show(there)}`] : []),
      ...(balance !== undefined && balance < amount ? [`the account has ${show(balance)}`] : []),
      ...way.obstacles,
    ],
  };
}

/** Canonical units; undefined when the hub does not list it for that vault. */
async function readMinimum(network: Network, { eid }: VaultDeployment, asset: number): Promise<bigint | undefined> {
  const hub = hubOf(network.deployment);
  const { client } = await network.connect(hub);
  const view = { address: hub.clearingHouse, abi: clearingHouseAbi } as const;
  const { minWithdrawal } = await client.readContract({ ...view, functionName: "rulesOf", args: [eid, asset] });
  return minWithdrawal === 0n ? undefined : minWithdrawal;
}

async function readBalance(network: Network, account: `0x${string}`, asset: number): Promise<bigint> {
  const hub = hubOf(network.deployment);
  const { client } = await network.connect(hub);
  const view = { address: hub.clearingHouse, abi: clearingHouseAbi } as const;
  return client.readContract({ ...view, functionName: "balanceOf", args: [account, asset] });
}
