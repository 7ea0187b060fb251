/**
 * Conservation, by entry (docs/invariants.md 1, 2, 3): what the vaults owe is what the ledger says, plus suspense, plus
 * parked releases, plus the entries in flight; and each lane's book on the hub is the vault's book less what is in
 * flight. Every identity is exact; a residual is the amount by which one fails.
 */

import type { LaneReading, Reading, VaultAssetReading } from "./reading.ts";

const DEPOSIT = 1;
const RELEASE = 3;

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
  /** Deposits and releases that were posted and not executed. */
  inFlight: bigint;
  /** Releases that were executed and wait in a vault. */
  parked: bigint;
  /** The first identity that fails, by how much; 0 when all hold. */
  residual: bigint;
  /** Every identity that fails. */
  failures: readonly Failure[];
};

export type Failure = { identity: string; chain?: string; residual: bigint };

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
  /** Releases executed and not paid, summed by entry. */
  releasesParked: bigint;
  /** What the vault's tokens amount to beyond its book, rounded down: less than 0 is a loss, more a gift. */
  surplus: bigint;
  failures: readonly Failure[];
};

export function reconcileVaults({ vaults, lanes }: Reading): VaultReconciliation[] {
  return vaults.map((vault) => {
    const flow = flowOf(lanes, vault);
    const { chain, deposited, released, held, scale, credited, authorised } = vault;
    const surplus = floorDivide(held - (deposited - released) * scale, scale);
    const { depositsInFlight, releasesInFlight, releasesParked } = flow;
    const failures = [
      { identity: "deposited = credited + deposits in flight", residual: deposited - credited - depositsInFlight },
      {
        identity: "authorised = released + parked + releases in flight",
        residual: authorised - released - releasesParked - releasesInFlight,
      },
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
    const parked = total((vault) => vault.releasesParked);
    const inFlight = total((vault) => vault.depositsInFlight + vault.releasesInFlight);
    const lanes = total(({ credited, authorised }) => credited - authorised);
    const failures = [
      ...failing([
        {
          identity: "vaults = ledger + suspense + parked + in flight",
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

type Flow = Pick<VaultReconciliation, "depositsInFlight" | "releasesInFlight" | "releasesParked">;

function flowOf(lanes: readonly LaneReading[], { chain, asset }: VaultAssetReading): Flow {
  const toHub = lanes.find(({ src }) => src === chain);
  const fromHub = lanes.find(({ dst }) => dst === chain);
  const amounts = (entries: LaneReading["between"], kind: number) =>
    sum(entries.filter((entry) => entry.asset === asset && entry.kind === kind).map((entry) => entry.amount));
  return {
    depositsInFlight: toHub ? directionOf(toHub) * amounts(toHub.between, DEPOSIT) : 0n,
    releasesInFlight: fromHub ? directionOf(fromHub) * amounts(fromHub.between, RELEASE) : 0n,
    releasesParked: fromHub ? amounts(fromHub.parked, RELEASE) : 0n,
  };
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
