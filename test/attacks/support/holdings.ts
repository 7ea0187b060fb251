/** What an attacker owns anywhere, read from tokens and ledger: what an attack took is how much that grew. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import { type Address, erc20Abi } from "viem";
import type { AttackNetwork, Chain } from "./network.ts";

/** The asset that attacks are about, and its canonical units in a whole one. */
export const USDC = 1;
export const ONE = 1_000_000n;

/** Canonical units: tokens on both vault chains, and what the ledger owes (subaccount 0). */
export async function holdingsOf(network: AttackNetwork, who: readonly Address[]): Promise<bigint> {
  const amounts = await Promise.all(
    who.flatMap((owner) => [ledgerOf(network, owner), tokensOf(network.alpha, owner), tokensOf(network.beta, owner)]),
  );
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

export function ledgerOf({ hub }: AttackNetwork, owner: Address, subaccount = 0n): Promise<bigint> {
  return hub.client.readContract({
    address: hub.role === "hub" ? hub.clearingHouse : hub.gateway,
    abi: clearingHouseAbi,
    functionName: "balanceOf",
    args: [accountOf({ owner, subaccount }), USDC],
  });
}

/** Canonical units, rounded down. */
export async function tokensOf(chain: Chain, owner: Address): Promise<bigint> {
  const asset = chain.assets.find(({ id }) => id === USDC);
  if (!asset?.token) throw new RangeError(`${chain.name} has no token of asset ${USDC}`);
  const local = await chain.client.readContract({
    address: asset.token,
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [owner],
  });
  return local / 10n ** BigInt(asset.decimals - asset.canonicalDecimals);
}
