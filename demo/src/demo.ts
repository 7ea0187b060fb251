/**
 * The main job, once: collateral from two chains becomes margin on a third and is paid out where it did not come in,
 * through a crash of the relayer; then twice a deposit that never happened, signed by every verifier of the path.
 */

import type { Common } from "@weighlock/core/common.ts";
import type { Deployment } from "@weighlock/core/deployment.ts";
import { type Devnet, devnetUp } from "@weighlock/devnet/devnet.ts";
import { readDeploymentState } from "@weighlock/monitor/read.ts";
import type { Reading } from "@weighlock/monitor/reading.ts";
import { type ActReport, playAct } from "./act.ts";
import { depositThroughCrash, type RelayerKilled } from "./crash.ts";
import { isDelivered, untilDelivery } from "./delivery.ts";
import { approve } from "./deposits.ts";
import { measureGas } from "./gas.ts";
import { countMissing, countSettled, countWrongAccounts, readRecipients } from "./outcome.ts";
import { type Plan, planTraffic, type Size } from "./plan.ts";
import type { Progress } from "./progress.ts";
import { type DemoReport, faultsOf, reportOf } from "./report.ts";
import { createSite, type Site } from "./site.ts";
import { withdraw } from "./withdrawals.ts";
import { writeReport } from "./write.ts";

export const SIZE: Size = { deposits: 500, withdrawals: 200 };
export const REPORT_FILE = "demo-report.json";

export type DemoOptions = {
  common: Common;
  /** Folder of the devnet and of the report. */
  dir: string;
  /** Leave the devnet up. */
  keep: boolean;
  progress: Progress;
  size?: Size | undefined;
  /** Called with the settled network, just before it is read back. */
  beforeReport?: ((deployment: Deployment) => Promise<void>) | undefined;
};

export type DemoResult = {
  report: DemoReport;
  reading: Reading;
  faults: string[];
  deployment: Deployment;
  reportFile: string;
};

export const DELIVERY_TIMEOUT_MS = 90_000;

export async function runDemo({
  common,
  dir,
  keep,
  progress,
  size = SIZE,
  beforeReport = async () => undefined,
}: DemoOptions): Promise<DemoResult> {
  const startedAt = performance.now();
  progress.step("local network");
  const devnet = await devnetUp({ dir, detached: keep, onProgress: progress.update });
  common.shutdown.onStop("devnet", () => (keep ? undefined : devnet.stop()));
  const { deployment } = devnet;
  progress.update(`3 chains, ${devnet.services.length} services, ${devnet.checked} settings read back`);
  const site = await createSite({ common, deployment });
  const plan = planTraffic({ deployment, ...size });

  // On chains of its own; nobody waits for it until the end.
  const [{ relayerKilled, paidBefore, acts }, gas] = await Promise.all([
    play({ site, devnet, plan, progress }),
    measureGas({ shutdown: common.shutdown }),
  ]);

  progress.step("read back and reconcile");
  await beforeReport(deployment);
  const [paidAfter, wrongAccounts, settled, reading] = await Promise.all([
    readRecipients({ site, withdrawals: plan.withdrawals }),
    countWrongAccounts({ site, plan }),
    countSettled(site),
    readDeploymentState({ deployment }),
  ]);
  const report = reportOf({
    reading,
    acts,
    ...settled,
    missingPayments: countMissing({ site, withdrawals: plan.withdrawals, before: paidBefore, after: paidAfter }),
    wrongAccounts,
    relayerKilled,
    gas,
    seconds: (performance.now() - startedAt) / 1000,
  });
  const reportFile = await writeReport({ dir, name: REPORT_FILE, report });
  const blocks = Object.entries(reading.blocks).map(([name, block]) => `${name} ${block}`);
  progress.update(`at blocks ${blocks.join(", ")}`);
  progress.done();
  return { report, reading, faults: faultsOf(report, size), deployment, reportFile };
}

async function play({
  site,
  devnet,
  plan: { deposits, withdrawals },
  progress,
}: {
  site: Site;
  devnet: Devnet;
  plan: Plan;
  progress: Progress;
}): Promise<{ relayerKilled: RelayerKilled; paidBefore: Map<string, bigint>; acts: ActReport[] }> {
  const delivered = () =>
    untilDelivery({
      site,
      isEnough: isDelivered,
      timeoutMs: DELIVERY_TIMEOUT_MS,
      onProgress: ({ executed, posted }) => progress.update(`${executed} of ${posted} entries executed`),
    });

  progress.step(`${deposits.length} deposits, relayer shot on the way`);
  await approve({ site, deposits });
  const relayerKilled = await depositThroughCrash({ site, devnet, deposits, onProgress: progress.update });
  progress.step("relayer restarted, carried to the hub");
  await delivered();

  progress.step(`${withdrawals.length} withdrawals to the other chain`);
  const paidBefore = await readRecipients({ site, withdrawals });
  const { batches } = await withdraw({ site, withdrawals });
  progress.update(`signed by their owners, brought in ${batches} batches`);
  progress.step("carried to the vaults and paid");
  await delivered();

  const [first, second] = site.vaults as [Site["vaults"][number], Site["vaults"][number]];
  progress.step(`act 1: all DVNs forge on ${first.name} → hub`);
  const watched = await playAct({ site, src: first, target: second, watchersAlive: true });
  progress.update(describeAct(watched));
  progress.step(`act 2: watchers shot, forged on ${second.name} → hub`);
  const watchers = devnet.services.filter(({ name }) => name.startsWith("watcher-"));
  await Promise.all(watchers.map(({ name }) => devnet.kill(name)));
  const unwatched = await playAct({ site, src: second, target: first, watchersAlive: false });
  progress.update(describeAct(unwatched));
  return { relayerKilled, paidBefore, acts: [watched, unwatched] };
}

function describeAct({ attempts, executed, pausedAfterBlocks }: ActReport): string {
  const pause = pausedAfterBlocks === null ? "NOT paused" : `paused after ${pausedAfterBlocks} blocks`;
  return `${attempts.length} tries, ${executed ? "EXECUTED" : "none executed"}; ${pause}`;
}
