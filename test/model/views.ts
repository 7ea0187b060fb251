/** Every number that the model knows, beside the view of the contracts that says it. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { accountOf, packEntry } from "@weighlock/core/entry.ts";
import { Held, heldHash, parkHash } from "@weighlock/core/waiting.ts";
import { type Abi, type Hex, zeroAddress, zeroHash } from "viem";
import type { Ledger } from "./ledger.ts";
import { ASSETS, PUSH_GAS } from "./site.ts";
import { HUB, TRADERS, VAULTS, type World } from "./world.ts";

type View = {
  label: string;
  eid: number;
  of: "app" | "gateway";
  functionName: string;
  args: readonly unknown[];
  expected: unknown;
  /** A bucket that is full is full, whenever it became so: what is below this counts as this. */
  least?: bigint;
};

export const NONCES = 12;
export const SUBACCOUNTS = [0n, 1n] as const;
/** Of the traders and of nobody, whose deposits wait. */
export const ACCOUNTS: readonly Hex[] = [...TRADERS.map(({ address }) => address), zeroAddress].flatMap((owner) =>
  SUBACCOUNTS.map((subaccount) => accountOf({ owner, subaccount })),
);

function viewsOf(ledger: Ledger): View[] {
  const views: View[] = [];
  const add = (
    eid: number,
    functionName: string,
    args: readonly unknown[],
    expected: unknown,
    of: View["of"] = "app",
  ) => views.push({ label: `${functionName}(${args.join(", ")}) of ${eid}`, eid, of, functionName, args, expected });

  for (const asset of ASSETS) {
    add(HUB, "totalLedger", [asset], ledger.totals.get(asset));
    for (const account of ACCOUNTS) add(HUB, "balanceOf", [account, asset], ledger.balances.get(account, asset));
    for (const vault of VAULTS) {
      const [credited, authorised] = [ledger.credited.get(vault, asset), ledger.authorised.get(vault, asset)];
      add(HUB, "laneBook", [vault, asset], [credited, authorised]);
      add(HUB, "suspense", [vault, asset], ledger.suspense.get(vault, asset));
      add(HUB, "available", [vault, asset], ledger.available(vault, asset));
      const rules = ledger.laneRules.get(`${vault}:${asset}`);
      if (rules !== undefined) {
        add(HUB, "rulesOf", [vault, asset], rules);
        const least = ledger.clock(HUB, vault, asset) << 64n;
        const expected = atLeast(ledger.inflow.get(vault, asset), least);
        add(HUB, "bucketOf", [vault, asset], expected);
        Object.assign(views.at(-1) as View, { least });
      }
      const { minDeposit, limit } = ledger.vaultRules.get(`${vault}:${asset}`) ?? ledger.spec.vaultRules;
      add(vault, "rulesOf", [asset], { minDeposit, pushGas: PUSH_GAS, limit });
      add(vault, "bucketOf", [asset], [ledger.outflow.get(vault, asset), ledger.queued(vault, asset)]);
      add(vault, "struck", [asset], ledger.struck.get(vault, asset));
      add(vault, "book", [asset], [ledger.deposited.get(vault, asset), ledger.released.get(vault, asset)]);
      for (const account of ACCOUNTS) {
        add(vault, "releasedTo", [account, asset], ledger.releasedTo.get(vault, account, asset));
        add(vault, "shareOf", [account, asset], ledger.shares.get(vault, account, asset));
      }
    }
  }
  for (const { address } of TRADERS) {
    for (let nonce = 0n; nonce < NONCES; nonce++) {
      add(HUB, "isNonceUsed", [address, nonce], ledger.nonces.has(`${address}:${nonce}`));
      for (const vault of VAULTS) {
        add(vault, "isRequestNonceUsed", [address, nonce], ledger.requestNonces.has(`${vault}:${address}:${nonce}`));
      }
    }
  }
  for (const [from, to] of VAULTS.flatMap((vault) => [[HUB, vault] as const, [vault, HUB] as const])) {
    const { entries, executed } = ledger.lane(from, to);
    add(from, "posted", [to], BigInt(entries.length), "gateway");
    add(to, "executed", [from], BigInt(executed), "gateway");
  }
  for (const park of ledger.parks) {
    add(
      park.vault,
      "parkOf",
      [HUB, BigInt(park.index)],
      park.isOver ? zeroHash : parkHash({ ...park, entry: packEntry(park.entry) }),
    );
    const isReturned = ledger.returned.has(`${park.vault}:${park.index}`);
    add(HUB, "isReturned", [park.vault, BigInt(park.index)], isReturned);
  }
  // A refund that came back is held a second time under the entry that brought it: the newest word is the one.
  const newest = new Map(ledger.held.map((held) => [`${held.vault}:${held.index}`, held]));
  for (const held of newest.values()) {
    add(
      HUB,
      "heldOf",
      [held.vault, BigInt(held.index)],
      held.isOver ? zeroHash : heldHash({ ...held, entry: packEntry(held.entry), reason: Held[held.reason] }),
    );
  }
  return views;
}

const GATEWAY_VIEWS = { posted: "outbox", executed: "inbox" } as const;

const atLeast = (value: bigint, least: bigint): bigint => (value > least ? value : least);

/** Values alone, in order; the contracts' structs come with names. */
function plain(value: unknown): string {
  if (typeof value === "object" && value !== null) return `[${Object.values(value).map(plain).join(", ")}]`;
  return `${value}`;
}

/** @return Where chain and model differ, one line each. */
export async function differences(world: World, ledger: Ledger): Promise<string[]> {
  const views = viewsOf(ledger);
  const found = await Promise.all(
    [HUB, ...VAULTS].map(async (eid) => {
      const site = world.site(eid);
      const own = views.filter((view) => view.eid === eid);
      const contracts = own.map(({ of, functionName, args }) =>
        of === "gateway"
          ? {
              address: site.gateway,
              abi: gatewayAbi as Abi,
              functionName: GATEWAY_VIEWS[functionName as "posted"],
              args,
            }
          : {
              address: site.app,
              abi: (eid === HUB ? clearingHouseAbi : collateralVaultAbi) as Abi,
              functionName,
              args,
            },
      );
      const actual = await site.node.client.multicall({
        contracts,
        allowFailure: false,
        deployless: true,
        batchSize: 0,
      });
      return own.flatMap(({ label, of, expected, least }, index) => {
        const found = of === "gateway" ? (actual[index] as unknown[])[0] : actual[index];
        const value = least === undefined ? found : atLeast(found as bigint, least);
        const [said, known] = [plain(value), plain(expected)];
        return said === known ? [] : [`${label}: the chain says ${said}, the model ${known}`];
      });
    }),
  );
  return found.flat();
}
