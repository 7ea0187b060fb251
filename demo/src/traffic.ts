/** Sends a plan's transactions as its traders would, and watches their ends on the other side. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { type Chain, createChain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import {
  assetById,
  type ChainDeployment,
  type Deployment,
  hubOf,
  lanesOf,
  type VaultDeployment,
} from "@weighlock/core/deployment.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import { createSender, type Sender } from "@weighlock/core/sender.ts";
import { type Address, erc20Abi, type Hex, maxUint256 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { PlannedDeposit, PlannedWithdrawal } from "./plan.ts";

export type Traffic = {
  deposit(deposits: readonly PlannedDeposit[]): Promise<void>;
  withdraw(withdrawals: readonly PlannedWithdrawal[]): Promise<void>;
  /** Resolves when every lane has executed all that was posted; `onProgress` gets the entries executed and posted. */
  delivered(options: { timeoutMs: number; onProgress: (executed: bigint, posted: bigint) => void }): Promise<void>;
  /** What each withdrawal's recipient holds, in local units of the token where it is paid. */
  holdings(withdrawals: readonly PlannedWithdrawal[]): Promise<bigint[]>;
  /** Credits on the hub and payments by the vaults, counted from the chains' logs. */
  counted(): Promise<{ deposits: number; withdrawals: number }>;
};

export async function createTraffic({
  common,
  deployment,
}: {
  common: Common;
  deployment: Deployment;
}): Promise<Traffic> {
  const chains = new Map<string, Chain>();
  for (const { name, chainId, rpcUrl } of deployment.chains) {
    chains.set(name, await createChain({ name, chainId, rpcUrl }));
  }
  const hub = hubOf(deployment);
  const chainOf = ({ name }: ChainDeployment) => chains.get(name) as Chain;
  const senders = new Map<string, Sender>();
  const senderOf = (where: ChainDeployment, privateKey: Hex): Sender => {
    const id = `${where.name} ${privateKey}`;
    const sender = senders.get(id) ?? createSender({ common, chain: chainOf(where), privateKey });
    senders.set(id, sender);
    return sender;
  };
  const tokenOf = (vault: VaultDeployment, asset: number): Address => {
    const { token } = assetById(vault, asset);
    if (token === null)
      throw new FatalError("The vault's asset has no token.", { details: { vault: vault.name, asset } });
    return token;
  };
  const scaleOf = (vault: VaultDeployment, asset: number): bigint => {
    const { decimals, canonicalDecimals } = assetById(vault, asset);
    return 10n ** BigInt(decimals - canonicalDecimals);
  };

  async function approve(deposits: readonly PlannedDeposit[]): Promise<void> {
    const needed = new Map(
      deposits.map((each) => [`${each.chain.name} ${each.trader.name} ${each.asset}`, each] as const),
    );
    await Promise.all(
      [...needed.values()].map(({ chain, trader, asset }) =>
        senderOf(chain, trader.privateKey).write({
          address: tokenOf(chain, asset),
          abi: erc20Abi,
          functionName: "approve",
          args: [chain.vault, maxUint256],
          label: "approve",
        }),
      ),
    );
  }

  async function backlog(): Promise<{ executed: bigint; posted: bigint }> {
    const lanes = await Promise.all(
      lanesOf(deployment).map(async ({ src, dst }) => {
        const [[posted], [executed]] = await Promise.all([
          chainOf(src).client.readContract({
            address: src.gateway,
            abi: gatewayAbi,
            functionName: "outbox",
            args: [dst.eid],
          }),
          chainOf(dst).client.readContract({
            address: dst.gateway,
            abi: gatewayAbi,
            functionName: "inbox",
            args: [src.eid],
          }),
        ]);
        return { executed, posted };
      }),
    );
    return lanes.reduce((sum, { executed, posted }) => ({
      executed: sum.executed + executed,
      posted: sum.posted + posted,
    }));
  }

  return {
    async deposit(deposits) {
      await approve(deposits);
      await Promise.all(
        deposits.map(({ chain, trader, asset, amount, subaccount }) => {
          const owner = privateKeyToAccount(trader.privateKey).address;
          return senderOf(chain, trader.privateKey).write({
            address: chain.vault,
            abi: collateralVaultAbi,
            functionName: "deposit",
            args: [asset, amount * scaleOf(chain, asset), owner, subaccount, owner, false],
            label: "deposit",
          });
        }),
      );
    },

    async withdraw(withdrawals) {
      await Promise.all(
        withdrawals.map(({ chain, trader, asset, amount, subaccount }) => {
          const recipient = privateKeyToAccount(trader.privateKey).address;
          return senderOf(hub, trader.privateKey).write({
            address: hub.clearingHouse,
            abi: clearingHouseAbi,
            functionName: "withdraw",
            args: [subaccount, chain.eid, asset, amount, recipient],
            label: "withdraw",
          });
        }),
      );
    },

    async delivered({ timeoutMs, onProgress }) {
      const deadline = AbortSignal.timeout(timeoutMs);
      const { client } = chainOf(hub);
      for (;;) {
        const { executed, posted } = await backlog();
        onProgress(executed, posted);
        if (executed === posted) return;
        if (deadline.aborted) {
          throw new FatalError(
            "Not every entry was executed in time; look at the services' logs and at: npx weighlock status",
            {
              details: { executed, posted, seconds: timeoutMs / 1000 },
            },
          );
        }
        await nextBlock(client);
      }
    },

    holdings(withdrawals) {
      return Promise.all(
        withdrawals.map(({ chain, trader, asset }) =>
          chainOf(chain).client.readContract({
            address: tokenOf(chain, asset),
            abi: erc20Abi,
            functionName: "balanceOf",
            args: [privateKeyToAccount(trader.privateKey).address],
          }),
        ),
      );
    },

    async counted() {
      const [credits, payments] = await Promise.all([
        chainOf(hub).client.getContractEvents({
          address: hub.clearingHouse,
          abi: clearingHouseAbi,
          eventName: "Credited",
          fromBlock: BigInt(hub.deployBlock),
        }),
        Promise.all(
          deployment.chains.map(async (each) =>
            each.role === "hub"
              ? []
              : chainOf(each).client.getContractEvents({
                  address: each.vault,
                  abi: collateralVaultAbi,
                  eventName: "Released",
                  fromBlock: BigInt(each.deployBlock),
                }),
          ),
        ),
      ]);
      return { deposits: credits.length, withdrawals: payments.flat().length };
    },
  };
}

/** Resolves with the chain's next block. */
function nextBlock(client: Chain["client"]): Promise<void> {
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
