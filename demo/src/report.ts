/** What the demo ends with: every figure read back from the chains. */

import type { Reading } from "@weighlock/monitor/reading.ts";
import { type AssetReconciliation, reconcile } from "@weighlock/monitor/reconcile.ts";
import { formatUnits } from "viem";

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
    assets: reconcile(reading).map(assetReport),
    ...counted,
    missingPayments,
    seconds: Math.round(seconds * 10) / 10,
  };
}

/** Why a run is not a success; empty when it is one. */
export function faultsOf(report: DemoReport, expected: { deposits: number; withdrawals: number }): string[] {
  const faults: string[] = [];
  for (const { symbol, residual, failures } of report.assets) {
    if (residual !== "0") faults.push(`${symbol}: residual ${residual} canonical units (${failures.join("; ")})`);
  }
  for (const { src, dst, posted, executed, headsEqual } of report.lanes) {
    if (posted !== executed) faults.push(`${src} → ${dst}: ${executed} of ${posted} entries executed`);
    if (!headsEqual) faults.push(`${src} → ${dst}: the heads differ at ${executed}`);
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
    failures: failures.map(
      ({ identity, chain, residual }) => `${chain ? `${chain}: ` : ""}${identity} fails by ${residual}`,
    ),
  };
}

/** Two tables: lanes, then assets in their own units. */
export function renderReport(report: DemoReport, reading: Reading): string {
  const decimals = new Map(reading.assets.map(({ asset, canonicalDecimals }) => [asset, canonicalDecimals]));
  const amount = (value: string, asset: number) => formatUnits(BigInt(value), decimals.get(asset) ?? 0);
  const perVault = reading.vaults.map(({ chain, asset, deposited, released, credited, authorised }) => {
    const symbol = reading.assets.find((each) => each.asset === asset)?.symbol ?? `${asset}`;
    return [chain, symbol, ...[deposited, released, credited, authorised].map((value) => amount(`${value}`, asset))];
  });
  return [
    table(
      ["lane", "posted", "executed", "heads"],
      report.lanes.map(({ src, dst, posted, executed, headsEqual }) => [
        `${src} → ${dst}`,
        `${posted}`,
        `${executed}`,
        headsEqual ? "equal" : "DIFFER",
      ]),
    ),
    table(["vault", "asset", "deposited", "released", "credited on hub", "authorised on hub"], perVault),
    table(
      ["asset", "ledger", "in flight", "suspense", "parked", "vaults", "residual"],
      report.assets.map(({ asset, symbol, ledger, inFlight, suspense, parked, vaults, residual }) => [
        symbol,
        ...[ledger, inFlight, suspense, parked, vaults, residual].map((value) => amount(value, asset)),
      ]),
    ),
  ].join("\n\n");
}

/** Text columns to the left, figures to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const isFigure = head.map((_, i) => rows.every((row) => /^-?[\d.]+$/.test(row[i] ?? "")));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, i) => (isFigure[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join("   ")}`.trimEnd();
  return [line(head), `  ${widths.map((width) => "─".repeat(width)).join("───")}`, ...rows.map(line)].join("\n");
}
