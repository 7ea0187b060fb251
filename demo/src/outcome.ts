/** What the chains say became of a plan, settlement by settlement. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { keyOf } from "@weighlock/core/deployment.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import { erc20Abi, type Hex } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import type { Plan, PlannedWithdrawal } from "./plan.ts";
import type { Site } from "./site.ts";
import { OPERATOR_FEE } from "./withdrawals.ts";

/** Credits on the hub and payments by the vaults, counted from the chains' logs. */
export async function countSettled({
  hub,
  vaults,
  clientOf,
}: Site): Promise<{ deposits: number; withdrawals: number }> {
  const [credits, payments] = await Promise.all([
    clientOf(hub).getContractEvents({
      address: hub.clearingHouse,
      abi: clearingHouseAbi,
      eventName: "Credited",
      fromBlock: BigInt(hub.deployBlock),
    }),
    Promise.all(
      vaults.map((each) =>
        clientOf(each).getContractEvents({
          address: each.vault,
          abi: collateralVaultAbi,
          eventName: "Released",
          fromBlock: BigInt(each.deployBlock),
        }),
      ),
    ),
  ]);
  return { deposits: credits.length, withdrawals: payments.flat().length };
}

/** What the withdrawals' recipients hold, by `recipientOf`, in local units of the token in which they are paid. */
export async function readRecipients({
  site,
  withdrawals,
}: {
  site: Site;
  withdrawals: readonly PlannedWithdrawal[];
}): Promise<Map<string, bigint>> {
  const recipients = new Map(withdrawals.map((each) => [recipientOf(each), each] as const));
  return new Map(
    await Promise.all(
      [...recipients].map(async ([id, { chain, trader, asset }]) => {
        const balance = await site.clientOf(chain).readContract({
          address: site.tokenOf(chain, asset),
          abi: erc20Abi,
          functionName: "balanceOf",
          args: [privateKeyToAddress(trader.privateKey)],
        });
        return [id, balance] as const;
      }),
    ),
  );
}

/** One recipient may be paid several times in one token: what it got is compared with the sum. */
export function countMissing({
  site,
  withdrawals,
  before,
  after,
}: {
  site: Site;
  withdrawals: readonly PlannedWithdrawal[];
  before: ReadonlyMap<string, bigint>;
  after: ReadonlyMap<string, bigint>;
}): number {
  const owed = sums(withdrawals.map((each) => [recipientOf(each), each.amount * site.scaleOf(each.chain, each.asset)]));
  const got = (id: string) => (after.get(id) ?? 0n) - (before.get(id) ?? 0n);
  return withdrawals.map(recipientOf).filter((id) => got(id) !== owed.get(id)).length;
}

const recipientOf = ({ chain, trader, asset }: PlannedWithdrawal) => `${chain.name} ${trader.name} ${asset}`;

/** Every account of the plan, and the operator's, against what went in and out of it. */
export async function countWrongAccounts({
  site: { hub, clientOf, deployment },
  plan,
}: {
  site: Site;
  plan: Plan;
}): Promise<number> {
  const operator = accountOf({ owner: keyOf(deployment, "operator").address });
  const idOf = (account: Hex, asset: number) => `${account} ${asset}`;
  const of = ({ trader, subaccount, asset }: Plan["deposits"][number]) =>
    idOf(accountOf({ owner: privateKeyToAddress(trader.privateKey), subaccount }), asset);
  const expected = sums([
    ...plan.deposits.map((each) => [of(each), each.amount] as const),
    ...plan.withdrawals.flatMap((each) => [
      [of(each), -each.amount - OPERATOR_FEE] as const,
      [idOf(operator, each.asset), OPERATOR_FEE] as const,
    ]),
  ]);
  const right = await Promise.all(
    [...expected].map(async ([id, amount]) => {
      const [account, asset] = id.split(" ");
      const balance = await clientOf(hub).readContract({
        address: hub.clearingHouse,
        abi: clearingHouseAbi,
        functionName: "balanceOf",
        args: [account as Hex, Number(asset)],
      });
      return balance === amount;
    }),
  );
  return right.filter((isRight) => !isRight).length;
}

function sums(items: readonly (readonly [string, bigint])[]): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const [id, amount] of items) totals.set(id, (totals.get(id) ?? 0n) + amount);
  return totals;
}
