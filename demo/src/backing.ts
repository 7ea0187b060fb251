/** What is there and what is owed, read from token and ledger balances: what an attack takes shows here, or nowhere. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import { type Address, erc20Abi } from "viem";
import type { Site } from "./site.ts";

/** Canonical units. */
export type Backing = {
  asset: number;
  symbol: string;
  /** The vaults' token balances. */
  vaults: bigint;
  /** What the hub owes all accounts. */
  ledger: bigint;
  /** The attacker's tokens on every chain, and his account on the hub. */
  attacker: bigint;
};

/** Decimal strings of canonical units. */
export type Loss = {
  asset: number;
  symbol: string;
  /** By which the vaults' tokens fell behind what the hub owes. */
  lost: string;
  /** What the attacker has more. */
  gained: string;
};

export async function readBacking({ site, attacker }: { site: Site; attacker: Address }): Promise<Backing[]> {
  const { hub, vaults } = site;
  const house = { address: hub.clearingHouse, abi: clearingHouseAbi } as const;
  return Promise.all(
    hub.assets.map(async ({ id: asset, symbol }) => {
      const tokensOf = async (holder: (vault: (typeof vaults)[number]) => Address) => {
        const balances = await Promise.all(
          vaults.map((vault) => readTokens({ site, vault, asset, holder: holder(vault) })),
        );
        return balances.reduce((sum, balance) => sum + balance, 0n);
      };
      const [held, ledger, stolen, account] = await Promise.all([
        tokensOf(({ vault }) => vault),
        site.clientOf(hub).readContract({ ...house, functionName: "totalLedger", args: [asset] }),
        tokensOf(() => attacker),
        site.clientOf(hub).readContract({
          ...house,
          functionName: "balanceOf",
          args: [accountOf({ owner: attacker }), asset],
        }),
      ]);
      return { asset, symbol, vaults: held, ledger, attacker: stolen + account };
    }),
  );
}

/** Canonical units of an asset that somebody holds as tokens on a vault's chain. */
export async function readTokens({
  site,
  vault,
  asset,
  holder,
}: {
  site: Site;
  vault: Site["vaults"][number];
  asset: number;
  holder: Address;
}): Promise<bigint> {
  const balance = await site.clientOf(vault).readContract({
    address: site.tokenOf(vault, asset),
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [holder],
  });
  return balance / site.scaleOf(vault, asset);
}

/** Between two readings with no honest traffic in between. */
export function lossBetween(before: readonly Backing[], after: readonly Backing[]): Loss[] {
  return before.map(({ asset, symbol, vaults, ledger, attacker }) => {
    const now = after.find((each) => each.asset === asset);
    if (now === undefined) throw new RangeError(`no reading of asset ${asset} after`);
    const lost = vaults - ledger - (now.vaults - now.ledger);
    return { asset, symbol, lost: `${lost}`, gained: `${now.attacker - attacker}` };
  });
}

/** Over all assets, in canonical units of each. A gain of one asset never hides a loss of another. */
export function sumOfLosses(losses: readonly Loss[]): bigint {
  return losses.reduce((sum, { lost }) => sum + (BigInt(lost) > 0n ? BigInt(lost) : -BigInt(lost)), 0n);
}
