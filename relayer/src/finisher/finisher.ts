/**
 * Finishes what waits on one chain: pays parked releases whose time has come or whose reason is gone, and gives back those
 * that stay refused; credits deposits likewise; settles what vaults gave back. All of it is open to anyone. While something
 * is locked nothing is tried; what can't be done although it is not costs a simulation and no gas, and is looked at again
 * ever more rarely.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { Chain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { opensAt, readLock } from "@weighlock/core/lock.ts";
import type { Sender } from "@weighlock/core/sender.ts";
import { TransactionRevertedError } from "@weighlock/core/senderErrors.ts";
import { heldHash, LARGE_QUORUM, parkHash } from "@weighlock/core/waiting.ts";
import { zeroHash } from "viem";
import { type Attempt, finishHeld, finishParked } from "./attempt.ts";
import { appOf, createWaitingList, type Waiting } from "./waiting.ts";

export type Finisher = {
  /** Ends on shutdown; rejects with a FatalError. */
  run(): Promise<void>;
};

/** Shows a third path's word for a large entry, where there is one. False where none can come: the lane has but two. */
export type Voucher = (waiting: Pick<Waiting, "srcEid" | "index" | "block">) => Promise<boolean>;

type Rest = { until: number; ms: number; why: "locked" | "refused"; changes: number };

const MAX_REST_MS = 6 * 3_600_000;

export function createFinisher({
  common,
  chain,
  sender,
  deployment,
  everyMs,
  pollMs,
  maxRange,
  vouch,
}: {
  common: Common;
  chain: Chain;
  sender: Sender;
  deployment: ChainDeployment;
  /** Between two looks; also the first rest of what can't be finished, doubled for each further one. */
  everyMs: number;
  pollMs: number;
  maxRange: number;
  vouch: Voucher;
}): Finisher {
  const { metrics, shutdown } = common;
  const { signal } = shutdown;
  const logger = common.logger.child({ chain: chain.name });
  const list = createWaitingList({ chain, deployment, pollMs, maxRange, signal, logger });
  const rests = new WeakMap<Waiting, Rest>();
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

  /** `moved`: on chain it has other terms than were followed so far. */
  async function standingOf(waiting: Waiting): Promise<"gone" | "moved" | "standing"> {
    const { kind, srcEid, index } = waiting;
    const args = [srcEid, index] as const;
    const address = appOf(deployment);
    const word = await (kind === "parked"
      ? chain.client.readContract({ address, abi: collateralVaultAbi, functionName: "parkOf", args })
      : chain.client.readContract({ address, abi: clearingHouseAbi, functionName: "heldOf", args }));
    if (word === zeroHash) return "gone";
    return word === (kind === "parked" ? parkHash(waiting) : heldHash(waiting)) ? "standing" : "moved";
  }

  function attempt(waiting: Waiting): Promise<Attempt | undefined> {
    if (waiting.kind === "parked" && deployment.role === "vault") {
      return finishParked({ chain, sender, deployment }, waiting);
    }
    if (waiting.kind === "held" && deployment.role === "hub") return finishHeld({ chain, sender, deployment }, waiting);
    return Promise.resolve(undefined);
  }

  const isResting = (waiting: Waiting): boolean => {
    const before = rests.get(waiting);
    return before !== undefined && before.until > Date.now() && before.changes === list.changes();
  };

  /** Ever longer while the reason stays the same; at most `most`, which is when it may be over. */
  function rest(waiting: Waiting, why: Rest["why"], most = MAX_REST_MS): void {
    const before = rests.get(waiting);
    const ms = Math.min(before?.why === why ? 2 * before.ms : everyMs, MAX_REST_MS);
    const until = Date.now() + Math.min(ms, Math.max(most, 0));
    rests.set(waiting, { until, ms, why, changes: list.changes() });
  }

  async function finish(waiting: Waiting): Promise<void> {
    const standing = await standingOf(waiting);
    if (standing === "gone") return list.forget(waiting);
    // Its new terms are on the way here.
    if (standing === "moved") return rest(waiting, "locked", everyMs);
    const lock = await readLock({ client: chain.client, deployment, waiting });
    if (!lock.isOpen) {
      const needsPath = lock.quorum !== undefined && lock.quorum < LARGE_QUORUM && lock.halt === 0;
      const isAwaited = needsPath && (await vouch(waiting));
      // A block takes a second at least; where it takes more, it is looked at again.
      const seconds = Math.max(Number(opensAt(lock) - lock.timestamp), Number(lock.blocksLeft));
      return rest(waiting, "locked", isAwaited ? Math.min(1_000 * seconds, everyMs) : 1_000 * seconds);
    }
    const done = await attempt(waiting);
    if (done === undefined) return rest(waiting, "refused");
    // Mined, and perhaps reorganised away: it is forgotten when its word is gone.
    finishedTotal.inc({ chain: chain.name, action: done.action });
    const { kind, srcEid, index } = waiting;
    const { transactionHash: hash } = done.receipt;
    logger.info({ kind, srcEid, index, action: done.action, hash }, "finished, or moved on to its next wait");
  }

  async function look(waiting: Waiting): Promise<void> {
    if (isResting(waiting)) return;
    const { kind, srcEid, index } = waiting;
    try {
      await finish(waiting);
    } catch (error) {
      rest(waiting, "refused");
      const fields = { kind, srcEid, index, err: error };
      if (error instanceof TransactionRevertedError) logger.debug(fields, "can't be finished yet");
      else logger.warn(fields, "could not look at what waits");
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
