/** Who deposits and withdraws what: the same in every run, so that two runs can be compared. */

import { type Deployment, type VaultDeployment, vaultsOf } from "@weighlock/core/deployment.ts";
import type { Hex } from "viem";

export type Trader = { name: string; privateKey: Hex };

/** How much of everything. */
export type Size = { deposits: number; withdrawals: number };

/** `amount` in canonical units. */
export type PlannedDeposit = {
  trader: Trader;
  chain: VaultDeployment;
  asset: number;
  amount: bigint;
  subaccount: bigint;
};
export type PlannedWithdrawal = PlannedDeposit & {
  /** Where the margin came from; `chain` is where it is paid. */
  from: VaultDeployment;
};

export type Plan = { deposits: PlannedDeposit[]; withdrawals: PlannedWithdrawal[] };

/**
 * Deposits alternate between the vaults and, four to one, between the assets; no two amounts are equal. Every trader
 * deposits on every chain, and each time all have done so into the next subaccount.
 */
export function planTraffic({
  deployment,
  deposits,
  withdrawals,
}: Size & {
  deployment: Deployment;
}): Plan {
  const vaults = vaultsOf(deployment);
  const traders = deployment.keys
    .filter(({ role }) => role === "trader" || role.startsWith("trader-"))
    .map(({ role, privateKey }) => ({ name: role, privateKey }));
  const at = <Value>(list: readonly Value[], i: number): Value => list[i % list.length] as Value;

  const planned = Array.from({ length: deposits }, (_, i): PlannedDeposit => {
    const chain = at(vaults, i);
    const asset = at(chain.assets, i % 10 < 8 ? 0 : 1);
    const unit = 10n ** BigInt(asset.canonicalDecimals);
    return {
      trader: at(traders, Math.floor(i / vaults.length)),
      chain,
      asset: asset.id,
      amount: (BigInt(100 + i) * unit) / 10n + BigInt(i),
      subaccount: BigInt(Math.floor(i / (vaults.length * traders.length))),
    };
  });
  const paid = planned.slice(0, withdrawals).map((deposit): PlannedWithdrawal => {
    const chain = at(vaults, vaults.indexOf(deposit.chain) + 1);
    return { ...deposit, chain, from: deposit.chain, amount: deposit.amount / 3n };
  });
  return { deposits: planned, withdrawals: paid };
}
