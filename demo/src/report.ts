/** What the demo ends with: every figure read back from the chains. */

import { formatTable } from "@weighlock/cli/table.ts";
import type { Reading } from "@weighlock/monitor/reading.ts";
import { type AssetReconciliation, describeFailure, reconcile, reconcileLanes } from "@weighlock/monitor/reconcile.ts";

export type LaneReport = { src: string; dst: string; posted: number; executed: number; headsEqual: boolean };

/** Amounts are canonical units, as decimal strings. */
export type AssetReport = {
  asset: number;
  symbol: string;
  ledger: string;
  vaults: string;
  inFlight: string;
  suspense: string;
  parked: string;
  residual: string;
  failures: string[];
};

export type DemoReport = {
  lanes: LaneReport[];
  /** What is wrong with a lane itself. */
  laneFailures: string[];
  assets: AssetReport[];
  /** Credited on the hub. */
  deposits: number;
  /** Paid by a vault. */
  withdrawals: number;
  /** Withdrawals whose recipient did not get exactly their amount. */
  missingPayments: number;
  seconds: number;
};

export function reportOf({
  reading,
  counted,
  missingPayments,
  seconds,
}: {
  reading: Reading;
  counted: { deposits: number; withdrawals: number };
  missingPayments: number;
  seconds: number;
}): DemoReport {
  return {
    lanes: reading.lanes.map(({ src, dst, posted, executed, headsEqual }) => ({
      src,
      dst,
      posted: Number(posted),
      executed: Number(executed),
      headsEqual,
    })),
    laneFailures: reconcileLanes(reading).map(describeFailure),
    assets: reconcile(reading).map(assetReport),
    ...counted,
    missingPayments,
    seconds: Math.round(seconds * 10) / 10,
  };
}

/** Why a run is not a success; empty when it is one. */
export function faultsOf(report: DemoReport, expected: { deposits: number; withdrawals: number }): string[] {
  const faults: string[] = [...report.laneFailures];
  for (const { symbol, residual, failures } of report.assets) {
    if (residual !== "0") faults.push(`${symbol}: residual ${residual} canonical units (${failures.join("; ")})`);
  }
  for (const { src, dst, posted, executed } of report.lanes) {
    if (posted !== executed) faults.push(`${src} → ${dst}: ${executed} of ${posted} entries executed`);
  }
  if (report.deposits !== expected.deposits)
    faults.push(`${report.deposits} of ${expected.deposits} deposits credited`);
  if (report.withdrawals !== expected.withdrawals) {
    faults.push(`${report.withdrawals} of ${expected.withdrawals} withdrawals paid`);
  }
  if (report.missingPayments > 0) faults.push(`${report.missingPayments} recipients did not get exactly their amount`);
  return faults;
}

function assetReport({
  asset,
  symbol,
  ledger,
  vaults,
  inFlight,
  suspense,
  parked,
  residual,
  failures,
}: AssetReconciliation): AssetReport {
  return {
    asset,
    symbol,
    ledger: `${ledger}`,
    vaults: `${vaults}`,
    inFlight: `${inFlight}`,
    suspense: `${suspense}`,
    parked: `${parked}`,
    residual: `${residual}`,
    failures: failures.map(describeFailure),
  };
}

/** Three tables: lanes, vaults, assets, amounts in the asset's own unit. */
export function renderReport(report: DemoReport, reading: Reading): string {
  const assets = new Map(reading.assets.map((asset) => [asset.asset, asset]));
  const amount = (units: bigint, asset: number) => fixed(units, assets.get(asset)?.canonicalDecimals ?? 0);
  const lanes = report.lanes.map(({ src, dst, posted, executed, headsEqual }) => [
    `${src} → ${dst}`,
    `${posted}`,
    `${executed}`,
    headsEqual ? "equal" : "DIFFER",
  ]);
  const vaults = reading.vaults.map(({ chain, asset, deposited, released, credited, authorised }) => [
    chain,
    assets.get(asset)?.symbol ?? `${asset}`,
    ...[deposited, released, credited, authorised].map((units) => amount(units, asset)),
  ]);
  const sums = report.assets.map(({ asset, symbol, ledger, inFlight, suspense, parked, vaults: held, residual }) => [
    symbol,
    ...[ledger, inFlight, suspense, parked, held, residual].map((units) => amount(BigInt(units), asset)),
  ]);
  const figures = Array.from({ length: 6 }, () => "right" as const);
  return [
    ...formatTable([["lane", "posted", "executed", "heads"], ...lanes], ["left", "right", "right", "left"]),
    "",
    ...formatTable(
      [["vault", "asset", "deposited", "released", "credited on hub", "authorised on hub"], ...vaults],
      ["left", "left", ...figures],
    ),
    "",
    ...formatTable(
      [["asset", "ledger", "in flight", "suspense", "parked", "vaults", "residual"], ...sums],
      ["left", ...figures],
    ),
  ]
    .map((line) => (line === "" ? line : `  ${line}`))
    .join("\n");
}

/** With all decimals, so that points stand under points. */
function fixed(units: bigint, decimals: number): string {
  const digits = `${units < 0n ? -units : units}`.padStart(decimals + 1, "0");
  const whole = `${units < 0n ? "-" : ""}${digits.slice(0, digits.length - decimals)}`;
  return decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
}
