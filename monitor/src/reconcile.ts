/**
 * Conservation, by entry (docs/invariants.md 1, 2, 3): what the vaults owe is what the ledger says, plus suspense, plus
 * parked releases, plus the entries in flight; and each lane's book on the hub is the vault's book less what is in
 * flight. Every identity is exact; a residual is the amount by which one fails.
 */

import type { LaneReading, Reading, VaultAssetReading } from "./reading.ts";

export const DEPOSIT = 1;
export const RELEASE = 3;

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

export function reconcile(reading: Reading): AssetReconciliation[] {
  return reading.assets.map(({ asset, symbol, canonicalDecimals, totalLedger }) => {
    const vaults = reading.vaults.filter((vault) => vault.asset === asset);
    const flows = vaults.map((vault) => flowOf(reading.lanes, vault));
    const book = sum(vaults.map(({ deposited, released }) => deposited - released));
    const suspense = sum(vaults.map((vault) => vault.suspense));
    const parked = sum(flows.map((flow) => flow.releasesParked));
    const inFlight = sum(flows.map((flow) => flow.deposits + flow.releases));
    const lanes = sum(vaults.map(({ credited, authorised }) => credited - authorised));

    const failures: Failure[] = [
      {
        identity: "vaults = ledger + suspense + parked + in flight",
        residual: book - totalLedger - suspense - parked - inFlight,
      },
      { identity: "lanes (credited − authorised) = ledger + suspense", residual: lanes - totalLedger - suspense },
      ...vaults.flatMap((vault, i) => laneFailures(vault, flows[i] as Flow)),
    ].filter(({ residual }) => residual !== 0n);
    return {
      asset,
      symbol,
      canonicalDecimals,
      ledger: totalLedger,
      suspense,
      vaults: book,
      held: sum(vaults.map(({ held, scale }) => held / scale)),
      inFlight,
      parked,
      residual: failures[0]?.residual ?? 0n,
      failures,
    };
  });
}

/** What moves between one vault and the hub, summed by entry. */
type Flow = { deposits: bigint; releases: bigint; releasesParked: bigint };

function flowOf(lanes: readonly LaneReading[], { chain, asset }: VaultAssetReading): Flow {
  const toHub = lanes.find(({ src }) => src === chain);
  const fromHub = lanes.find(({ dst }) => dst === chain);
  const amounts = (entries: LaneReading["between"], kind: number) =>
    sum(entries.filter((entry) => entry.asset === asset && entry.kind === kind).map((entry) => entry.amount));
  return {
    deposits: toHub ? directionOf(toHub) * amounts(toHub.between, DEPOSIT) : 0n,
    releases: fromHub ? directionOf(fromHub) * amounts(fromHub.between, RELEASE) : 0n,
    releasesParked: fromHub ? amounts(fromHub.parked, RELEASE) : 0n,
  };
}

/** The two ends are read at different moments, so the destination may be the one that is ahead. */
function directionOf({ posted, executed }: LaneReading): bigint {
  return posted >= executed ? 1n : -1n;
}

function laneFailures(vault: VaultAssetReading, flow: Flow): Failure[] {
  const { chain, deposited, released, held, scale, credited, authorised } = vault;
  const owed = (deposited - released) * scale;
  return [
    { identity: "deposited = credited + deposits in flight", chain, residual: deposited - credited - flow.deposits },
    {
      identity: "authorised = released + parked + releases in flight",
      chain,
      residual: authorised - released - flow.releasesParked - flow.releases,
    },
    // More than the book is a gift; less is a loss. Rounded away from zero: a missing fraction of a unit is missing.
    {
      identity: "tokens held ≥ deposited − released",
      chain,
      residual: held < owed ? -((owed - held + scale - 1n) / scale) : 0n,
    },
  ];
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
