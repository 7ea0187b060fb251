/** Who has what on the hub: every account that ever received something, from the hub's events. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { hubOf } from "@weighlock/core/deployment.ts";
import { parseAccount } from "@weighlock/core/entry.ts";
import { type Address, type Hex, isAddressEqual } from "viem";
import { type Availability, availabilityOf } from "./availability.ts";
import { readEvents } from "./events.ts";
import type { Network } from "./network.ts";
import { listParked, type ParkedEntry } from "./parked.ts";

export type AccountBalances = {
  owner: Address;
  subaccount: bigint;
  /** Canonical units, of every asset. */
  balances: { asset: string; canonicalDecimals: number; balance: bigint }[];
};

export type Accounts = {
  accounts: AccountBalances[];
  /** Of these owners: on its way to an account or out of one, and not there yet. Oldest first. */
  waiting: Pick<
    ParkedEntry,
    "id" | "type" | "kind" | "asset" | "quantity" | "owner" | "subaccount" | "reason" | "waits"
  >[];
  /** What may be withdrawn from which vault. */
  available: { asset: string; vaults: Availability[] }[];
};

/** By owner and subaccount. */
export async function readAccounts({
  network,
  owner,
}: {
  network: Network;
  /** Its subaccounts alone. */
  owner?: Address | undefined;
}): Promise<Accounts> {
  const { assets } = hubOf(network.deployment);
  const all = (await everReceived(network)).map((account) => ({ account, ...parseAccount(account) }));
  const wanted = all
    .filter((each) => owner === undefined || isAddressEqual(each.owner, owner))
    .sort((a, b) => (a.account < b.account ? -1 : 1));
  const [accounts, available, parked] = await Promise.all([
    Promise.all(
      wanted.map(async ({ account, ...each }) => ({ ...each, balances: await readBalances({ network, account }) })),
    ),
    Promise.all(
      assets.map(async (asset) => ({ asset: asset.symbol, vaults: await availabilityOf({ network, asset }) })),
    ),
    listParked({ network, owner }),
  ]);
  const waiting = parked.map(({ id, type, kind, asset, quantity, owner: of, subaccount, reason, waits }) => {
    return { id, type, kind, asset, quantity, owner: of, subaccount, reason, waits };
  });
  return { accounts, waiting, available };
}

export async function readBalances({
  network,
  account,
}: {
  network: Network;
  account: Hex;
}): Promise<AccountBalances["balances"]> {
  const hub = hubOf(network.deployment);
  const { client } = await network.connect(hub);
  const view = { address: hub.clearingHouse, abi: clearingHouseAbi, functionName: "balanceOf" } as const;
  return Promise.all(
    hub.assets.map(async ({ id, symbol, canonicalDecimals }) => ({
      asset: symbol,
      canonicalDecimals,
      balance: await client.readContract({ ...view, args: [account, id] }),
    })),
  );
}

/** By a deposit, a transfer, a fee, or a release that came back. */
async function everReceived(network: Network): Promise<Hex[]> {
  const hub = hubOf(network.deployment);
  const { client } = await network.connect(hub);
  const view = { client, address: hub.clearingHouse, abi: clearingHouseAbi, from: hub.deployBlock } as const;
  const [credits, transfers, settled] = await Promise.all([
    readEvents({ ...view, eventName: "Credited" }),
    readEvents({ ...view, eventName: "Transferred" }),
    readEvents({ ...view, eventName: "ReturnSettled" }),
  ]);
  return [
    ...new Set([
      ...credits.map(({ args }) => args.account),
      ...transfers.map(({ args }) => args.to),
      ...settled.map(({ args }) => args.account),
    ]),
  ].filter((account) => BigInt(account) >> 96n !== 0n);
}
