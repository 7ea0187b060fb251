/**
 * Finishes what waits on one chain: pays parked releases whose reason is gone and gives back those that stay refused,
 * credits deposits whose asset was listed meanwhile, settles what vaults gave back. All of it is open to anyone. What
 * can't be done yet costs a simulation and no gas, and is looked at again ever more rarely.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { Chain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import type { Sender } from "@weighlock/core/sender.ts";
import { TransactionRevertedError } from "@weighlock/core/senderErrors.ts";
import { zeroHash } from "viem";
import { type Attempt, finishHeld, finishParked } from "./attempt.ts";
import { appOf, createWaitingList, type Waiting } from "./waiting.ts";

export type Finisher = {
  /** Ends on shutdown; rejects with a FatalError. */
  run(): Promise<void>;
};

const MAX_REST_MS = 6 * 3_600_000;

export function createFinisher({
  common,
  chain,
  sender,
  deployment,
  everyMs,
  pollMs,
  maxRange,
}: {
  common: Common;
  chain: Chain;
  sender: Sender;
  deployment: ChainDeployment;
  /** Between two looks; also the first rest of what can't be finished, doubled for each further one. */
  everyMs: number;
  pollMs: number;
  maxRange: number;
}): Finisher {
  const { metrics, shutdown } = common;
  const { signal } = shutdown;
  const logger = common.logger.child({ chain: chain.name });
  const list = createWaitingList({ chain, deployment, pollMs, maxRange, signal, logger });
  const rests = new WeakMap<Waiting, { until: number; ms: number }>();
  const waitingEntries = metrics.gauge({
    name: "waiting_entries",
    help: "Entries that were executed and are neither paid, credited nor given back.",
    labels: ["chain", "kind"],
  });
  const finishedTotal = metrics.counter({
    name: "finished_entries_total",
    help: "Waiting entries that this relayer ended, by how.",
    labels: ["chain", "action"],
  });

  async function isStanding({ kind, srcEid, index }: Waiting): Promise<boolean> {
    const args = [srcEid, index] as const;
    const address = appOf(deployment);
    const word =
      kind === "parked"
        ? chain.client.readContract({ address, abi: collateralVaultAbi, functionName: "parkOf", args })
        : chain.client.readContract({ address, abi: clearingHouseAbi, functionName: "heldOf", args });
    return (await word) !== zeroHash;
  }

  function attempt(waiting: Waiting): Promise<Attempt | undefined> {
    if (waiting.kind === "parked" && deployment.role === "vault") {
      return finishParked({ chain, sender, deployment }, waiting);
    }
    if (waiting.kind === "held" && deployment.role === "hub") return finishHeld({ chain, sender, deployment }, waiting);
    return Promise.resolve(undefined);
  }

  function rest(waiting: Waiting): void {
    const ms = Math.min(2 * (rests.get(waiting)?.ms ?? everyMs / 2), MAX_REST_MS);
    rests.set(waiting, { until: Date.now() + ms, ms });
  }

  async function look(waiting: Waiting): Promise<void> {
    if ((rests.get(waiting)?.until ?? 0) > Date.now()) return;
    const fields = { kind: waiting.kind, srcEid: waiting.srcEid, index: waiting.index };
    try {
      if (!(await isStanding(waiting))) {
        list.forget(waiting);
        return;
      }
      const done = await attempt(waiting);
      if (done === undefined) return rest(waiting);
      // Mined, and perhaps reorganised away: it is forgotten when its word is gone.
      finishedTotal.inc({ chain: chain.name, action: done.action });
      logger.info({ ...fields, action: done.action, hash: done.receipt.transactionHash }, "finished");
    } catch (error) {
      rest(waiting);
      if (error instanceof TransactionRevertedError) logger.debug({ ...fields, err: error }, "can't be finished yet");
      else logger.warn({ ...fields, err: error }, "could not look at what waits");
    }
  }

  async function sweep(): Promise<void> {
    while (!signal.aborted) {
      const all = list.all();
      for (const kind of ["parked", "held"] as const) {
        waitingEntries.set({ chain: chain.name, kind }, all.filter((each) => each.kind === kind).length);
      }
      for (const waiting of all) if (!signal.aborted) await look(waiting);
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    async run() {
      await Promise.all([list.follow(), sweep()]);
    },
  };
}
