/** The main job, once: collateral from two chains becomes margin on a third and is paid out where it did not come in. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Common } from "@weighlock/core/common.ts";
import type { Deployment } from "@weighlock/core/deployment.ts";
import { assetById } from "@weighlock/core/deployment.ts";
import { devnetUp } from "@weighlock/devnet/devnet.ts";
import { readDeploymentState } from "@weighlock/monitor/read.ts";
import type { Reading } from "@weighlock/monitor/reading.ts";
import { planTraffic } from "./plan.ts";
import type { Progress } from "./progress.ts";
import { type DemoReport, faultsOf, reportOf } from "./report.ts";
import { createTraffic } from "./traffic.ts";

export const DEPOSITS = 40;
export const WITHDRAWALS = 10;

export type DemoOptions = {
  common: Common;
  /** Folder of the devnet and of the report. */
  dir: string;
  /** Leave the devnet up. */
  keep: boolean;
  progress: Progress;
  /** Called with the settled network, just before it is read back. */
  beforeReport?: (deployment: Deployment) => Promise<void>;
};

export type DemoResult = {
  report: DemoReport;
  reading: Reading;
  faults: string[];
  deployment: Deployment;
  reportFile: string;
};

const DELIVERY_TIMEOUT_MS = 90_000;

export async function runDemo({
  common,
  dir,
  keep,
  progress,
  beforeReport = async () => undefined,
}: DemoOptions): Promise<DemoResult> {
  const startedAt = performance.now();
  progress.step("local network");
  const devnet = await devnetUp({ dir, detached: keep, onProgress: progress.update });
  common.shutdown.onStop("devnet", () => (keep ? undefined : devnet.stop()));
  const { deployment } = devnet;
  progress.update(`3 chains, ${devnet.services.length} services, ${devnet.checked} settings read back`);

  const traffic = await createTraffic({ common, deployment });
  const plan = planTraffic({ deployment, deposits: DEPOSITS, withdrawals: WITHDRAWALS });
  const onProgress = (executed: bigint, posted: bigint) => progress.update(`${executed} of ${posted} entries executed`);

  progress.step(`${DEPOSITS} deposits on two chains`);
  await traffic.deposit(plan.deposits);
  progress.step("carried to the hub");
  await traffic.delivered({ timeoutMs: DELIVERY_TIMEOUT_MS, onProgress });

  progress.step(`${WITHDRAWALS} withdrawals to the other chain`);
  const before = await traffic.holdings(plan.withdrawals);
  await traffic.withdraw(plan.withdrawals);
  progress.step("carried to the vaults and paid");
  await traffic.delivered({ timeoutMs: DELIVERY_TIMEOUT_MS, onProgress });

  progress.step("read back and reconcile");
  await beforeReport(deployment);
  const after = await traffic.holdings(plan.withdrawals);
  const [reading, counted] = await Promise.all([readDeploymentState({ deployment }), traffic.counted()]);
  const report = reportOf({
    reading,
    counted,
    missingPayments: missing(plan.withdrawals, before, after),
    seconds: (performance.now() - startedAt) / 1000,
  });
  const reportFile = join(dir, "demo-report.json");
  await mkdir(dir, { recursive: true });
  await writeFile(reportFile, `${JSON.stringify(report, null, 2)}\n`);
  progress.update(
    `at blocks ${Object.entries(reading.blocks)
      .map(([name, block]) => `${name} ${block}`)
      .join(", ")}`,
  );
  progress.done();
  const faults = faultsOf(report, { deposits: DEPOSITS, withdrawals: WITHDRAWALS });
  return { report, reading, faults, deployment, reportFile };
}

type Withdrawals = ReturnType<typeof planTraffic>["withdrawals"];

/** One recipient may be paid several times in one token: what it got is compared with the sum. */
function missing(withdrawals: Withdrawals, before: readonly bigint[], after: readonly bigint[]): number {
  const idOf = ({ chain, trader, asset }: Withdrawals[number]) => `${chain.name} ${trader.name} ${asset}`;
  const owed = new Map<string, bigint>();
  for (const each of withdrawals) {
    const { decimals, canonicalDecimals } = assetById(each.chain, each.asset);
    const local = each.amount * 10n ** BigInt(decimals - canonicalDecimals);
    owed.set(idOf(each), (owed.get(idOf(each)) ?? 0n) + local);
  }
  return withdrawals.filter((each, i) => (after[i] ?? 0n) - (before[i] ?? 0n) !== owed.get(idOf(each))).length;
}
