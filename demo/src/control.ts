/**
 * The control run: the same forgery without the defences. A gateway that believes one path, no monitor and no pauser:
 * the forged deposits are executed, and honest services pay the attacker out.
 */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import type { Common } from "@weighlock/core/common.ts";
import { unpackEntry } from "@weighlock/core/entry.ts";
import { devnetUp } from "@weighlock/devnet/devnet.ts";
import { type ActReport, type Attack, forge, reportAct } from "./act.ts";
import { attemptExecution } from "./attempt.ts";
import { isDelivered, untilDelivery } from "./delivery.ts";
import { DELIVERY_TIMEOUT_MS } from "./demo.ts";
import { approve, deposit } from "./deposits.ts";
import { buildOnePathGateway } from "./onePathGateway.ts";
import { countSettled } from "./outcome.ts";
import { planTraffic } from "./plan.ts";
import type { Progress } from "./progress.ts";
import { type ForgedReport, forgedReport } from "./report.ts";
import { createSite, type Site } from "./site.ts";
import { writeReport } from "./write.ts";

export const CONTROL_DEPOSITS = 40;
export const CONTROL_REPORT_FILE = "demo-control-report.json";

export type ControlReport = {
  /** Credited on the hub, the forged ones among them. */
  deposits: number;
  forged: ForgedReport;
  seconds: number;
};

export type ControlResult = {
  report: ControlReport;
  act: ActReport;
  /** Decimals of a canonical unit, by asset. */
  decimals: ReadonlyMap<number, number>;
  /** Why it shows nothing; empty when the attack succeeded. */
  faults: string[];
  reportFile: string;
};

const LAYER_ZERO = 1;

export async function runControl({
  common,
  dir,
  progress,
}: {
  common: Common;
  dir: string;
  progress: Progress;
}): Promise<ControlResult> {
  const startedAt = performance.now();
  progress.step("gateway that believes one path");
  progress.update("compiling test/contracts/harness/OnePathGateway.sol");
  const gateway = await buildOnePathGateway();
  progress.step("local network");
  const replaced = { hub: { Gateway: gateway } };
  const devnet = await devnetUp({ dir, monitor: false, replaced, onProgress: progress.update });
  common.shutdown.onStop("devnet", () => devnet.stop());
  const { deployment } = devnet;
  progress.update(`3 chains, ${devnet.services.length} services, no monitor, no pauser`);
  const site = await createSite({ common, deployment });
  const [src, target] = site.vaults as [Site["vaults"][number], Site["vaults"][number]];

  progress.step(`${CONTROL_DEPOSITS} deposits, carried to the hub`);
  const { deposits } = planTraffic({ deployment, deposits: CONTROL_DEPOSITS, withdrawals: 0 });
  await approve({ site, deposits });
  await deposit({ site, deposits });
  await untilDelivery({ site, isEnough: isDelivered, timeoutMs: DELIVERY_TIMEOUT_MS });

  progress.step(`all DVNs forge on ${src.name} → hub`);
  const attack = await forge({ site, src, target });
  progress.update(`attested in block ${attack.forgery.attestedBlock}`);
  progress.step("attacker executes by layerzero alone");
  const attempts = await attemptExecution({ site, ...attack, masks: [LAYER_ZERO] });
  progress.update(attempts.some(({ isExecuted }) => isExecuted) ? "executed" : "refused");
  if (attempts.some(({ isExecuted }) => isExecuted)) {
    progress.step(`attacker withdraws from ${target.name}`);
    await cashOut({ site, attack });
    progress.update("paid by the honest relayer, verifier and watchers");
  }

  progress.step("read balances");
  const act = await reportAct({ site, attack, watchersAlive: true, attempts, pausedBlock: undefined });
  const settled = await countSettled(site);
  const report: ControlReport = {
    deposits: settled.deposits,
    forged: forgedReport([act]),
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  };
  const reportFile = await writeReport({ dir, name: CONTROL_REPORT_FILE, report });
  progress.done();
  const decimals = new Map(site.hub.assets.map(({ id, canonicalDecimals }) => [id, canonicalDecimals]));
  return { report, act, decimals, faults: faultsOf(act), reportFile };
}

/**
 * From the other vault: the one on whose lane the deposits were forged sees the hub acknowledge entries that it never
 * sealed, and pays nothing more.
 */
async function cashOut({
  site,
  attack: { attacker, privateKey, target, forgery },
}: {
  site: Site;
  attack: Attack;
}): Promise<void> {
  const { hub } = site;
  await Promise.all(
    forgery.entries.map((words) => {
      const { asset, amount } = unpackEntry(words);
      return site.senderOf(hub, privateKey).write({
        address: hub.clearingHouse,
        abi: clearingHouseAbi,
        functionName: "withdraw",
        args: [0n, target.eid, asset, amount, attacker.address],
        label: "withdraw",
      });
    }),
  );
  const lanes = [{ src: hub, dst: target }];
  await untilDelivery({ site, lanes, isEnough: isDelivered, timeoutMs: DELIVERY_TIMEOUT_MS });
}

/** Without the defences the attack must succeed whole, or the demo's own success would prove nothing. */
function faultsOf({ attested, executed, forgedCredits, losses }: ActReport): string[] {
  const faults: string[] = [];
  if (!attested) faults.push("the forgery was not attested");
  if (!executed) faults.push("the forgery was not executed");
  for (const { asset, symbol, lost, gained } of losses) {
    const wanted = forgedCredits.find((each) => each.asset === asset)?.amount ?? "0";
    if (BigInt(wanted) === 0n) faults.push(`${symbol}: there was nothing to take`);
    if (lost !== wanted || gained !== wanted) {
      faults.push(`${symbol}: ${lost} of ${wanted} canonical units were lost, the attacker has ${gained}`);
    }
  }
  return faults;
}
