/**
 * Conservation, by entry (docs/invariants.md 1, 2, 3): what the vaults owe is what the ledger says, plus suspense, plus
 * what is parked or held, plus the entries in flight; and each lane's book on the hub is the vault's book less what is
 * in flight. A release that a vault gives back stays authorised on its whole way back, until the hub settles it; one that
 * the council struck stays authorised for good. Every identity is exact; a residual is the amount by which one fails.
 */

import { EntryKind } from "@weighlock/core/entry.ts";
import { isSuspended, Stage } from "@weighlock/core/waiting.ts";
import type { EntryReading, LaneReading, Reading, VaultAssetReading, Waiting } from "./reading.ts";

export type AssetReconciliation = {
  asset: number;
  symbol: string;
  canonicalDecimals: number;
  /** Canonical units, all of them. */
  ledger: bigint;
  suspense: bigint;
  /** Deposited − released, over all vaults. */
  vaults: bigint;
  /** What the vaults' tokens amount to, rounded down. */
  held: bigint;
  /** Deposits, releases and returns that were posted and not executed. */
  inFlight: bigint;
  /** Executed and waiting: releases in a vault, also those that were struck, and returns on the hub. */
  parked: bigint;
  /** The first identity that fails, by how much; 0 when all hold. */
  residual: bigint;
  /** Every identity that fails. */
  failures: readonly Failure[];
};

export type Failure = { identity: string; chain?: string; residual: bigint };

/** Over all vaults: it fails where that of any one of them does. */
export const VAULTS_IDENTITY = "vaults = ledger + suspense + parked + in flight";

/** Of one vault: it fails by less than 0 where the hub credited what was never deposited. */
export const DEPOSITS_IDENTITY = "deposited = credited + deposits in flight";

/** A failure in one line. */
export function describeFailure({ identity, chain, residual }: Failure): string {
  return `${chain === undefined ? "" : `${chain}: `}${identity} fails by ${residual}`;
}

/** What is wrong with a lane itself, whatever it carries. `residual` is in entries. */
export function reconcileLanes({ lanes }: Reading): Failure[] {
  return lanes.flatMap(({ src, dst, executed, executedBeyondPosted, headsEqual }) => {
    const chain = `${src} → ${dst}`;
    if (executedBeyondPosted !== 0n) return [{ identity: "executed ≤ posted", chain, residual: executedBeyondPosted }];
    return headsEqual ? [] : [{ identity: `heads equal at ${executed}`, chain, residual: executed }];
  });
}

/** One vault and asset, with what moves between it and the hub. Canonical units. */
export type VaultReconciliation = VaultAssetReading & {
  /** Posted and not executed, summed by entry. */
  depositsInFlight: bigint;
  releasesInFlight: bigint;
  returnsInFlight: bigint;
  /** Releases executed and not paid, summed by entry. */
  releasesParked: bigint;
  /** Of these, what the vault must be able to pay. */
  releasesQueued: bigint;
  /** Releases of the hub that were struck and are never paid, summed by entry. */
  releasesStruck: bigint;
  /** Deposits in suspense, summed by entry. */
  depositsHeld: bigint;
  /** Releases that came back to the hub and are not settled, summed by entry. */
  returnsHeld: bigint;
  /** What the vault's tokens amount to beyond its book, rounded down: less than 0 is a loss, more a gift. */
  surplus: bigint;
  failures: readonly Failure[];
};

export function reconcileVaults({ vaults, lanes }: Reading): VaultReconciliation[] {
  return vaults.map((vault) => {
    const flow = flowOf(lanes, vault);
    const { chain, deposited, released, queued, held, scale, credited, authorised, suspense } = vault;
    const surplus = floorDivide(held - (deposited - released) * scale, scale);
    const { depositsInFlight, releasesInFlight, releasesParked, releasesStruck, returnsInFlight, returnsHeld } = flow;
    const failures = [
      { identity: DEPOSITS_IDENTITY, residual: deposited - credited - depositsInFlight },
      {
        identity: "authorised = released + parked + struck + releases in flight + returns in flight + returns held",
        residual:
          authorised - released - releasesParked - releasesStruck - releasesInFlight - returnsInFlight - returnsHeld,
      },
      { identity: "suspense = deposits held", residual: suspense - flow.depositsHeld },
      { identity: "queued = parked and payable", residual: queued - flow.releasesQueued },
      { identity: "tokens held ≥ deposited − released", residual: surplus < 0n ? surplus : 0n },
    ];
    return { ...vault, ...flow, surplus, failures: failing(failures.map((each) => ({ ...each, chain }))) };
  });
}

export function reconcile(reading: Reading): AssetReconciliation[] {
  const all = reconcileVaults(reading);
  return reading.assets.map(({ asset, symbol, canonicalDecimals, totalLedger }) => {
    const vaults = all.filter((vault) => vault.asset === asset);
    const total = (pick: (vault: VaultReconciliation) => bigint) => sum(vaults.map(pick));
    const book = total(({ deposited, released }) => deposited - released);
    const suspense = total((vault) => vault.suspense);
    const parked = total((vault) => vault.releasesParked + vault.releasesStruck + vault.returnsHeld);
    const inFlight = total((vault) => vault.depositsInFlight + vault.releasesInFlight + vault.returnsInFlight);
    const lanes = total(({ credited, authorised }) => credited - authorised);
    const failures = [
      ...failing([
        {
          identity: VAULTS_IDENTITY,
          residual: book - totalLedger - suspense - parked - inFlight,
        },
        { identity: "lanes (credited − authorised) = ledger + suspense", residual: lanes - totalLedger - suspense },
      ]),
      ...vaults.flatMap((vault) => vault.failures),
    ];
    return {
      asset,
      symbol,
      canonicalDecimals,
      ledger: totalLedger,
      suspense,
      vaults: book,
      held: total(({ held, scale }) => held / scale),
      inFlight,
      parked,
      residual: failures[0]?.residual ?? 0n,
      failures,
    };
  });
}

type Flow = Pick<
  VaultReconciliation,
  | "depositsInFlight"
  | "releasesInFlight"
  | "returnsInFlight"
  | "releasesParked"
  | "releasesQueued"
  | "releasesStruck"
  | "depositsHeld"
  | "returnsHeld"
>;

function flowOf(lanes: readonly LaneReading[], { chain, asset }: VaultAssetReading): Flow {
  const toHub = lanes.find(({ src }) => src === chain);
  const fromHub = lanes.find(({ dst }) => dst === chain);
  const amounts = (entries: readonly EntryReading[], kind: number) =>
    sum(entries.filter((entry) => entry.asset === asset && entry.kind === kind).map((entry) => entry.amount));
  const inFlight = (lane: LaneReading | undefined, kind: number) =>
    lane ? directionOf(lane) * amounts(lane.between, kind) : 0n;
  return {
    depositsInFlight: inFlight(toHub, EntryKind.Deposit),
    releasesInFlight: inFlight(fromHub, EntryKind.Release),
    returnsInFlight: inFlight(toHub, EntryKind.Returned),
    releasesParked: amounts(fromHub?.parked ?? [], EntryKind.Release),
    releasesQueued: amounts(fromHub?.parked.filter(isQueued) ?? [], EntryKind.Release),
    releasesStruck: amounts(fromHub?.struck ?? [], EntryKind.Release),
    depositsHeld: amounts(toHub?.parked.filter(({ reason }) => isSuspended(reason)) ?? [], EntryKind.Deposit),
    returnsHeld: amounts(toHub?.parked ?? [], EntryKind.Returned),
  };
}

/** Nothing is set aside for a park that could not be paid whatever its limits. */
function isQueued({ terms }: Waiting): boolean {
  return terms.stage !== Stage.Unbacked;
}

/** The two ends are read at different moments, so the destination may be the one that is ahead. */
function directionOf({ posted, executed }: LaneReading): bigint {
  return posted >= executed ? 1n : -1n;
}

function failing(identities: readonly Failure[]): Failure[] {
  return identities.filter(({ residual }) => residual !== 0n);
}

/** A missing fraction of a unit is a missing unit. */
function floorDivide(value: bigint, by: bigint): bigint {
  return value >= 0n ? value / by : -((-value + by - 1n) / by);
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
