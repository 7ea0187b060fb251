/** Traders deposit, one transaction each; what a trader sends on one chain is sent at once. */

import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { QueuedCall } from "@weighlock/devnet/transactor.ts";
import { erc20Abi, maxUint256 } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import type { PlannedDeposit } from "./plan.ts";
import type { Site } from "./site.ts";

// Limits, not uses: the deposit that fills a window seals it as well.
const DEPOSIT_GAS = 250_000n;
const APPROVE_GAS = 80_000n;

/** Without a limit, once for each trader and token. Returns when all are mined. */
export async function approve({ site, deposits }: { site: Site; deposits: readonly PlannedDeposit[] }): Promise<void> {
  const needed = new Map(
    deposits.map((each) => [`${each.chain.name} ${each.trader.name} ${each.asset}`, each] as const),
  );
  await sendAll({
    site,
    deposits: [...needed.values()],
    callOf: ({ chain, asset }) => ({
      to: site.tokenOf(chain, asset),
      abi: erc20Abi,
      functionName: "approve",
      args: [chain.vault, maxUint256],
      gas: APPROVE_GAS,
    }),
  });
}

/** Returns when all of them are mined. */
export async function deposit({ site, deposits }: { site: Site; deposits: readonly PlannedDeposit[] }): Promise<void> {
  await sendAll({
    site,
    deposits,
    callOf: ({ trader, chain, asset, amount, subaccount }) => {
      const owner = privateKeyToAddress(trader.privateKey);
      return {
        to: chain.vault,
        abi: collateralVaultAbi,
        functionName: "deposit",
        args: [asset, amount * site.scaleOf(chain, asset), owner, subaccount, owner, false],
        gas: DEPOSIT_GAS,
      };
    },
  });
}

async function sendAll({
  site,
  deposits,
  callOf,
}: {
  site: Site;
  deposits: readonly PlannedDeposit[];
  callOf: (deposit: PlannedDeposit) => QueuedCall;
}): Promise<void> {
  const bySender = Map.groupBy(deposits, ({ chain, trader }) => `${chain.name} ${trader.name}`);
  await Promise.all(
    [...bySender.values()].map(async (list) => {
      const [{ chain, trader }] = list as [PlannedDeposit];
      const transactor = await site.transactorOf(chain, trader.privateKey);
      for (const each of list) transactor.call(callOf(each));
      await transactor.flush();
    }),
  );
}
