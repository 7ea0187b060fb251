/** What a story ends with: every book closed over what was carried, nobody else's money touched, and how long it took. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import { type Address, erc20Abi } from "viem";
import { expect } from "vitest";
import { carry } from "./carry.ts";
import { depositAs } from "./fixture.ts";
import { ONE, USDC } from "./holdings.ts";
import { type AttackNetwork, type Chain, send } from "./network.ts";
import { withdrawCall } from "./releases.ts";

/**
 * By each asset, in canonical units: what the vaults took less what they paid, against what the ledger, suspense and books say;
 * zero once everything is carried. Read from four contracts, each by its own figures.
 */
export async function residualOf({ hub, alpha, beta }: AttackNetwork, asset = USDC): Promise<bigint> {
  const house = { address: hub.clearingHouse, abi: clearingHouseAbi } as const;
  const ledger = await hub.client.readContract({ ...house, functionName: "totalLedger", args: [asset] });
  let residual = -ledger;
  for (const vault of [alpha, beta]) {
    const args = [vault.eid, asset] as const;
    const [[deposited, released], struck, suspense] = await Promise.all([
      vault.client.readContract({
        address: vault.vault,
        abi: collateralVaultAbi,
        functionName: "book",
        args: [asset],
      }),
      vault.client.readContract({
        address: vault.vault,
        abi: collateralVaultAbi,
        functionName: "struck",
        args: [asset],
      }),
      hub.client.readContract({ ...house, functionName: "suspense", args }),
    ]);
    residual += deposited - released - struck - suspense;
  }
  return residual;
}

/** Everybody's money anywhere, by owner and place: ledger, and tokens on each vault's chain. */
export async function balancesOf(network: AttackNetwork, owners: readonly Address[]): Promise<Record<string, string>> {
  const { hub, alpha, beta } = network;
  const rows = await Promise.all(
    owners.flatMap((owner) => [
      hub.client
        .readContract({
          address: hub.clearingHouse,
          abi: clearingHouseAbi,
          functionName: "balanceOf",
          args: [accountOf({ owner }), USDC],
        })
        .then((amount) => [`${owner} on the ledger`, `${amount}`]),
      ...[alpha, beta].map((vault) =>
        vault.client
          .readContract({ address: tokenOn(vault), abi: erc20Abi, functionName: "balanceOf", args: [owner] })
          .then((amount) => [`${owner} on ${vault.name}`, `${amount}`]),
      ),
    ]),
  );
  return Object.fromEntries(rows);
}

function tokenOn(chain: Chain): Address {
  const token = chain.assets.find(({ id }) => id === USDC)?.token;
  if (!token) throw new RangeError(`${chain.name} has no token of asset ${USDC}`);
  return token;
}

/** Traders who take no part in a story. */
export function bystanders({ keys }: AttackNetwork): Address[] {
  return keys.traders.slice(2).map(({ address }) => address);
}

/** Money for those who take no part, so that there is something to lose. */
export async function fundBystanders(network: AttackNetwork): Promise<void> {
  for (const trader of network.keys.traders.slice(2)) {
    for (const vault of [network.alpha, network.beta]) await depositAs({ trader, vault, amount: 50n * ONE });
  }
  for (const vault of [network.alpha, network.beta]) await carry(network, { src: vault, dst: network.hub });
}

/** A deposit from alpha and a withdrawal to it arrive: both directions are alive. */
export async function expectAlive(
  network: AttackNetwork,
  bring: (ends: { src: Chain; dst: Chain }) => Promise<void> = (ends) => carry(network, ends),
): Promise<void> {
  const { alpha, hub, keys } = network;
  const trader = keys.traders[1];
  if (trader === undefined) throw new RangeError("the network has too few traders");
  const [before] = Object.values(await balancesOf(network, [trader.address]));
  await depositAs({ trader, vault: alpha, amount: 10n * ONE });
  await bring({ src: alpha, dst: hub });
  await send(withdrawCall(network, trader, alpha, { recipient: trader.address, amount: 4n * ONE }));
  await bring({ src: hub, dst: alpha });
  const [after] = Object.values(await balancesOf(network, [trader.address]));
  expect(BigInt(after ?? 0) - BigInt(before ?? 0), "a deposit of 10 and a withdrawal of 4 were carried").toBe(6n * ONE);
}
