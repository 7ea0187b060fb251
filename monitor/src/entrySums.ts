/**
 * What the cumulative figures of the books must be, made of nothing but entries: every one since the lane's start, each
 * counted where it ended. An identity between two figures can hold while both are wrong; these can't.
 */

import { hubOf, type PublicDeployment, vaultsOf } from "@weighlock/core/deployment.ts";
import { EntryKind } from "@weighlock/core/entry.ts";
import { RetryableError } from "@weighlock/core/errors.ts";
import { isSuspended } from "@weighlock/core/waiting.ts";
import type { Journal } from "./journal.ts";
import type { EntryReading, LaneReading, Reading } from "./reading.ts";
import type { Failure } from "./reconcile.ts";

export const FIGURES = ["credited", "authorised", "deposited", "released"] as const;
export type FigureName = (typeof FIGURES)[number];
/** Of one vault, its lanes and one asset; canonical units. */
export type EntrySums = { chain: string; asset: number } & Record<FigureName, bigint>;

/** At the blocks of `reading`. Undefined where a journal does not know all entries up to there. */
export function sumEntries({
  deployment,
  reading: { lanes, blocks },
  journalOf,
}: {
  deployment: PublicDeployment;
  reading: Reading;
  journalOf: (eid: number) => Journal;
}): EntrySums[] | undefined {
  const hub = hubOf(deployment);
  const onHub = journalOf(hub.eid);
  try {
    return vaultsOf(deployment).flatMap(({ name, eid, assets }) => {
      const inVault = journalOf(eid);
      const toHub = laneOf(lanes, name, hub.name);
      const fromHub = laneOf(lanes, hub.name, name);
      return assets.map(({ id: asset }): EntrySums => {
        const fromVault = (kind: number, before: bigint) => inVault.sumPosted(hub.eid, { kind, asset, before });
        const releases = (before: bigint) => onHub.sumPosted(eid, { kind: EntryKind.Release, asset, before });
        const sum = (entries: readonly EntryReading[], kind: number) =>
          entries.reduce((all, entry) => (entry.kind === kind && entry.asset === asset ? all + entry.amount : all), 0n);
        const unbooked = toHub.parked.filter(({ reason }) => !isSuspended(reason));
        return {
          chain: name,
          asset,
          credited: fromVault(EntryKind.Deposit, causedOf(toHub)) - sum(unbooked, EntryKind.Deposit),
          authorised: releases(fromHub.posted) - onHub.sumSettled(eid, asset, blocks[hub.name] ?? 0n),
          deposited: fromVault(EntryKind.Deposit, toHub.posted),
          released:
            releases(causedOf(fromHub)) -
            sum(fromHub.parked, EntryKind.Release) -
            sum(fromHub.struck, EntryKind.Release) -
            fromVault(EntryKind.Returned, toHub.posted),
        };
      });
    });
  } catch (error) {
    if (error instanceof RetryableError) return undefined;
    throw error;
  }
}

/** Figures that are not what their entries add up to, by how much. */
export function compareSums(
  sums: readonly EntrySums[],
  { vaults }: Pick<Reading, "vaults">,
): (Failure & { asset: number })[] {
  return sums.flatMap(({ chain, asset, ...figures }) => {
    const book = vaults.find((vault) => vault.chain === chain && vault.asset === asset);
    if (book === undefined) return [];
    return FIGURES.map((name) => ({
      identity: `${name} = the entries that make it up`,
      chain,
      asset,
      residual: book[name] - figures[name],
    })).filter(({ residual }) => residual !== 0n);
  });
}

/** What was executed without a cause is in no log. */
function causedOf({ executed, executedBeyondPosted }: LaneReading): bigint {
  return executed - executedBeyondPosted;
}

function laneOf(lanes: readonly LaneReading[], src: string, dst: string): LaneReading {
  const lane = lanes.find((each) => each.src === src && each.dst === dst);
  if (lane === undefined) throw new RangeError(`no reading of ${src}→${dst}`);
  return lane;
}
