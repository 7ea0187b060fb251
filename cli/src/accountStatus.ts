/** What one account owns on the hub, and the settlements that are its own. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { hubOf, type LaneDeployment, lanesOf } from "@weighlock/core/deployment.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import type { Address, Hex } from "viem";
import { type AccountBalances, readBalances } from "./accounts.ts";
import { readEvents } from "./events.ts";
import { createLaneReader } from "./laneReader.ts";
import type { Network } from "./network.ts";
import { type Settlement, traceSettlement } from "./settlement.ts";

export type AccountStatus = {
  owner: Address;
  subaccount: bigint;
  account: Hex;
  balances: AccountBalances["balances"];
  /** The newest of each lane, newest first. */
  settlements: Settlement[];
  /** How many the account has on all lanes; more than are listed when `limit` cut them. */
  total: number;
};

export async function readAccount({
  network,
  owner,
  subaccount = 0n,
  limit = 10,
}: {
  network: Network;
  owner: Address;
  subaccount?: bigint;
  /** Settlements of each lane. */
  limit?: number;
}): Promise<AccountStatus> {
  const account = accountOf({ owner, subaccount });
  const [balances, found] = await Promise.all([
    readBalances({ network, account }),
    Promise.all(
      lanesOf(network.deployment).map(async (lane) => ({ lane, indices: await indicesOf({ network, lane, account }) })),
    ),
  ]);
  const traced = await Promise.all(
    found.flatMap(({ lane, indices }) =>
      indices.slice(-limit).map((index) => traceSettlement({ network, lane, index })),
    ),
  );
  return {
    owner,
    subaccount,
    account,
    balances,
    settlements: traced.sort((a, b) => b.posted.at.getTime() - a.posted.at.getTime() || Number(b.index - a.index)),
    total: found.reduce((sum, { indices }) => sum + indices.length, 0),
  };
}

/** In order: what is executed, from the hub's events by account; what is in flight, from the lane's own. */
async function indicesOf(of: { network: Network; lane: LaneDeployment; account: Hex }): Promise<bigint[]> {
  const { network, lane, account } = of;
  const hub = hubOf(network.deployment);
  const { client } = await network.connect(hub);
  const view = { client, address: hub.clearingHouse, abi: clearingHouseAbi, from: hub.deployBlock } as const;
  if (lane.src.role === "hub") {
    const withdrawn = await readEvents({ ...view, eventName: "Withdrawn", args: { dstEid: lane.dst.eid, account } });
    return withdrawn.map(({ args }) => args.index);
  }
  const reader = await createLaneReader({ network, lane });
  const { executed } = await reader.inbox();
  const srcEid = lane.src.eid;
  const [credited, held, inFlight] = await Promise.all([
    readEvents({ ...view, eventName: "Credited", args: { srcEid, account } }),
    readEvents({ ...view, eventName: "EntryHeld", args: { srcEid } }),
    reader.postedFrom(executed),
  ]);
  const own = [...held, ...inFlight].filter(({ args }) => args.entry.account === account);
  const indices = new Set([...credited, ...own].map(({ args }) => args.index));
  return [...indices].sort((a, b) => (a < b ? -1 : 1));
}
