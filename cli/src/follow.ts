/** Follows one settlement until it is done, telling each step once. */

import { setTimeout as sleep } from "node:timers/promises";
import type { LaneDeployment } from "@weighlock/core/deployment.ts";
import { OperationError, ToldError } from "./errors.ts";
import type { Network } from "./network.ts";
import { stepsOf } from "./renderSettlement.ts";
import { type Settlement, traceSettlement } from "./settlement.ts";

const POLL_MS = 500;

/** Resolves when it has an outcome, whichever. Throws OperationError with what it waits for after `timeoutMs`. */
export async function followSettlement({
  network,
  lane,
  index,
  timeoutMs,
  onStep,
}: {
  network: Network;
  lane: LaneDeployment;
  index: bigint;
  timeoutMs: number;
  onStep: (line: string) => void;
}): Promise<Settlement> {
  const deadline = Date.now() + timeoutMs;
  let told: readonly string[] = [];
  let settlement: Settlement | undefined;
  for (;;) {
    settlement = await traceSettlement({ network, lane, index, known: settlement });
    const steps = stepsOf(settlement);
    for (const step of steps) if (!told.includes(step)) onStep(step);
    told = steps;
    if (settlement.outcome) return settlement;
    if (Date.now() > deadline) {
      throw new OperationError(
        `${settlement.id} is ${settlement.stage} after ${Math.round(timeoutMs / 1000)} s; follow it with: weighlock status ${settlement.id}`,
        { details: { waitsFor: settlement.waitsFor } },
      );
    }
    await sleep(POLL_MS);
  }
}

/** Throws ToldError where it ended otherwise than was asked. */
export function checkOutcome({ outcome }: Settlement): void {
  if (outcome && ["held", "parked", "refused", "struck"].includes(outcome.type)) throw new ToldError();
}
