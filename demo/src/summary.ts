/** What is printed at the end of a run: what was attempted, what happened, how fast it was paused, what was lost. */

import type { Deployment } from "@weighlock/core/deployment.ts";
import { PRODUCT } from "@weighlock/core/product.ts";
import type { ControlResult } from "./control.ts";
import type { DemoResult } from "./demo.ts";
import { blocksAfter, decimalsOf, renderAct, renderGas, renderTables } from "./render.ts";

export function renderDemo({ report, reading, reportFile }: DemoResult): string {
  const { relayerKilled, forged } = report;
  const [delivered, posted] = [report.lanes.map((lane) => lane.executed), report.lanes.map((lane) => lane.posted)].map(
    (counts) => counts.reduce((sum, count) => sum + count, 0),
  );
  const decimals = decimalsOf(reading);
  const titles = [
    "Act 1: every verifier of the path lies",
    "Act 2: every verifier of the path lies, and the watchers are dead",
  ];
  const { atExecuted, ofPosted, depositedMeanwhile, restartedAfterMs } = relayerKilled;
  const paused =
    forged.pausedAfterBlocks === null
      ? "NOT paused"
      : `paused at most ${blocksAfter(forged.pausedAfterBlocks)} the attestation`;
  return [
    renderTables(report, reading),
    "",
    ...forged.acts.flatMap((act, i) => [renderAct(act, titles[i] ?? "", decimals), ""]),
    renderGas(report.gas),
    "",
    `  ${delivered} of ${posted} settlements delivered: ${report.deposits} deposits credited, ${report.withdrawals} withdrawals paid`,
    `  relayer shot at ${atExecuted} of ${ofPosted} executed, back after ${(restartedAfterMs / 1000).toFixed(1)} s; ${depositedMeanwhile} deposits made meanwhile, none lost`,
    `  ${forged.acts.length} forgeries attested, ${forged.executed ? "EXECUTED" : "none executed"}; ${paused}; loss ${forged.loss}`,
    `  ${report.seconds} s; report: ${reportFile}`,
  ].join("\n");
}

export function renderControl({ report, act, decimals, reportFile }: ControlResult): string {
  return [
    renderAct(act, "Control: one path is enough, and nobody watches", decimals),
    "",
    `  ${report.seconds} s; report: ${reportFile}`,
  ].join("\n");
}

/** Where the network is that `--keep` left up. */
export function renderKept({ deployment, dir }: { deployment: Deployment; dir: string | undefined }): string {
  const urls = [...deployment.chains.map(({ name, rpcUrl }) => [name, rpcUrl]), ...Object.entries(deployment.apis)];
  return [
    `  left up, without watchers and with both lanes to the hub paused; stop it with: npx ${PRODUCT.slug} devnet down${dir === undefined ? "" : ` --dir ${dir}`}`,
    ...urls.map(([name, url]) => `    ${name?.padEnd(14)} ${url}`),
  ].join("\n");
}
