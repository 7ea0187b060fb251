/** What the demo ends with: every figure read back from the chains. */

import type { Reading } from "@weighlock/monitor/reading.ts";
import { type AssetReconciliation, describeFailure, reconcile, reconcileLanes } from "@weighlock/monitor/reconcile.ts";
import type { ActReport } from "./act.ts";
import { sumOfLosses } from "./backing.ts";
import type { RelayerKilled } from "./crash.ts";
import type { GasFigures } from "./gas.ts";
import type { Size } from "./plan.ts";

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

export type ForgedReport = {
  /** Every act's forged head was attested. */
  attested: boolean;
  /** Any act's was executed. */
  executed: boolean;
  /** The slowest; null when a pause is missing. */
  pausedAfterBlocks: number | null;
  /** Over all acts and assets, in canonical units, as a decimal string. */
  loss: string;
  acts: ActReport[];
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
  /** Accounts of traders and operator that do not hold exactly what is theirs. */
  wrongAccounts: number;
  relayerKilled: RelayerKilled;
  forged: ForgedReport;
  gas: GasFigures;
  seconds: number;
};

export function reportOf({
  reading,
  acts,
  seconds,
  ...facts
}: {
  reading: Reading;
  acts: ActReport[];
} & Omit<DemoReport, "lanes" | "laneFailures" | "assets" | "forged">): DemoReport {
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
    ...facts,
    forged: forgedReport(acts),
    seconds: Math.round(seconds * 10) / 10,
  };
}

export function forgedReport(acts: ActReport[]): ForgedReport {
  const pauses = acts.map(({ pausedAfterBlocks }) => pausedAfterBlocks);
  return {
    attested: acts.every(({ attested }) => attested),
    executed: acts.some(({ executed, attempts }) => executed || attempts.some(({ isExecuted }) => isExecuted)),
    pausedAfterBlocks: pauses.includes(null) ? null : Math.max(...pauses.map(Number)),
    loss: `${acts.reduce((sum, { losses }) => sum + sumOfLosses(losses), 0n)}`,
    acts,
  };
}

/** Why a run is not a success; empty when it is one. */
export function faultsOf(report: DemoReport, expected: Size): string[] {
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
  if (report.wrongAccounts > 0) faults.push(`${report.wrongAccounts} accounts do not hold exactly what is theirs`);
  const { atExecuted, ofPosted } = report.relayerKilled;
  if (atExecuted === 0 || atExecuted === ofPosted) {
    faults.push(`the relayer was not killed in the middle, but at ${atExecuted} of ${ofPosted} entries`);
  }
  return [...faults, ...report.forged.acts.flatMap(faultsOfAct)];
}

function faultsOfAct({ src, dst, attested, executed, pausedAfterBlocks, attempts, refusalAtEnd, losses }: ActReport) {
  const on = `on ${src} → ${dst}`;
  const faults: string[] = [];
  if (!attested) faults.push(`the forgery ${on} was not attested, so nothing was shown`);
  if (executed || attempts.some(({ isExecuted }) => isExecuted)) faults.push(`the forgery ${on} was EXECUTED`);
  for (const { paths, isExecuted, refusal } of attempts) {
    if (refusal === null && !isExecuted)
      faults.push(`nothing but the pause stood against the forgery ${on} by ${paths.join(" + ")}`);
  }
  if (pausedAfterBlocks === null) faults.push(`the lane ${src} → ${dst} was not paused`);
  if (refusalAtEnd === null) faults.push(`nothing stands against the forgery ${on} at the end`);
  for (const { symbol, lost, gained } of losses) {
    if (lost !== "0" || gained !== "0") {
      faults.push(`${symbol}: the forgery ${on} took ${lost} canonical units, the attacker has ${gained} more`);
    }
  }
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
