/** The relayer is shot while it carries, and started again; deposits go on meanwhile. */

import { lanesOf } from "@weighlock/core/deployment.ts";
import type { Devnet } from "@weighlock/devnet/devnet.ts";
import { nextBlock } from "@weighlock/devnet/transactor.ts";
import { type Delivery, readDelivery, untilDelivery } from "./delivery.ts";
import { deposit } from "./deposits.ts";
import type { PlannedDeposit } from "./plan.ts";
import type { Site } from "./site.ts";

export type RelayerKilled = {
  /** Entries that the hub had executed when the relayer was dead. */
  atExecuted: number;
  /** Of so many that were posted. */
  ofPosted: number;
  /** Deposits that were made while it was dead. */
  depositedMeanwhile: number;
  /** From the kill until the new process was ready. */
  restartedAfterMs: number;
};

const STEP_TIMEOUT_MS = 60_000;

/**
 * Deposits come in waves, so that windows are carried one behind another. When the hub has executed something, one more
 * wave is deposited, and with that mined the relayer gets SIGKILL: some of the log is executed then, and some can't be
 * yet. What the relayer had sent is mined; what it had in memory is lost.
 */
export async function depositThroughCrash({
  site,
  devnet,
  deposits,
  onProgress,
}: {
  site: Site;
  devnet: Devnet;
  deposits: readonly PlannedDeposit[];
  onProgress: (detail: string) => void;
}): Promise<RelayerKilled> {
  const { hub } = site;
  const lanes = lanesOf(site.deployment).filter(({ dst }) => dst.eid === hub.eid);
  const until = (isEnough: (delivery: Delivery) => boolean) =>
    untilDelivery({ site, lanes, isEnough, timeoutMs: STEP_TIMEOUT_MS });
  const fifth = Math.round(deposits.length / 5);
  const wave = (from: number, to?: number) => deposits.slice(from * fifth, to && to * fifth);

  await deposit({ site, deposits: wave(0, 2) });
  onProgress("the first are made");
  await until(({ sealed, posted }) => sealed === posted);
  await deposit({ site, deposits: wave(2, 3) });
  onProgress("more are made, waiting for the first window");
  await until(({ executed }) => executed > 0n);
  await deposit({ site, deposits: wave(3, 4) });
  const killedAt = performance.now();
  await devnet.kill("relayer");
  // Its last transactions may still be in the node's pool.
  await nextBlock(site.clientOf(hub));
  const { executed, posted } = await readDelivery({ site, lanes });
  const meanwhile = wave(4);
  await deposit({ site, deposits: meanwhile });
  onProgress(`SIGKILL at ${executed} of ${posted}; ${meanwhile.length} more while it is dead`);
  await devnet.restart("relayer");
  return {
    atExecuted: Number(executed),
    ofPosted: Number(posted),
    depositedMeanwhile: meanwhile.length,
    restartedAfterMs: Math.round(performance.now() - killedAt),
  };
}
