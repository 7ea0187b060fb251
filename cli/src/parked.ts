/** Every release that is parked and every entry that is held, with what can be done about it. */

import { lanesOf } from "@weighlock/core/deployment.ts";
import { kindName, parseAccount, unpackEntry } from "@weighlock/core/entry.ts";
import type { Lock } from "@weighlock/core/lock.ts";
import type { Address } from "viem";
import { laneName } from "./input.ts";
import { dateOf, lockWords, opening, readLockOf } from "./lockWords.ts";
import type { Network } from "./network.ts";
import { heldReason, parkedReason } from "./reasons.ts";
import { type Remedy, remediesOf } from "./remedies.ts";
import { assetOf, quantityOf } from "./settlement.ts";
import { readWaiting, type Waiting } from "./waiting.ts";

export type ParkedEntry = {
  /** `hub-beta:3`. */
  id: string;
  type: "parked" | "held";
  kind: string;
  asset: string;
  /** Canonical units. */
  amount: bigint;
  quantity: string;
  owner: Address;
  subaccount: bigint;
  /** Whom a parked release would pay. */
  payee?: Address;
  reason: string;
  since: Date;
  /** Until when it waits, and what ends that; empty when it can be tried at once. */
  waits: string;
  /** When it may be tried, if nothing stops meanwhile; absent when it can be at once, or only a decision opens it. */
  opensAt?: Date;
  /** Empty: nothing can be done, and it holds no money. */
  remedies: Remedy[];
};

/** Oldest first. */
export async function listParked({
  network,
  owner,
}: {
  network: Network;
  /** Only what is its own. */
  owner?: Address | undefined;
}): Promise<ParkedEntry[]> {
  const lanes = lanesOf(network.deployment);
  const waiting = (await Promise.all(lanes.map((lane) => readWaiting({ network, lane })))).flat();
  const found = await Promise.all(
    waiting.map(async (each) => describe(each, await readLockOf({ network, waiting: each }))),
  );
  return found
    .filter((each) => owner === undefined || each.owner === owner)
    .sort((a, b) => a.since.getTime() - b.since.getTime());
}

function describe(waiting: Waiting, lock: Lock): ParkedEntry {
  const { lane, index, reason, terms, type } = waiting;
  const at = lock.isOpen ? undefined : opening(lock);
  const entry = unpackEntry(waiting.entry);
  const asset = assetOf(lane, entry);
  return {
    id: `${laneName(lane)}:${index}`,
    type,
    kind: kindName(entry.kind) ?? `kind ${entry.kind}`,
    asset: asset?.symbol ?? `asset ${entry.asset}`,
    amount: entry.amount,
    quantity: quantityOf(entry, asset),
    ...parseAccount(entry.account),
    ...(waiting.type === "parked" && { payee: waiting.payee }),
    reason: type === "parked" ? parkedReason(reason) : heldReason(reason),
    since: dateOf(terms.parkedAt),
    waits: lockWords(lock),
    ...(at !== undefined && { opensAt: at }),
    remedies: remediesOf(waiting, lock),
  };
}
