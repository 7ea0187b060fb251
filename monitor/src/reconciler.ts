/** Reconciles every lane and asset at each new block of any chain, from views that are kept up by logs. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Common } from "@weighlock/core/common.ts";
import { lanesOf, type PublicDeployment } from "@weighlock/core/deployment.ts";
import { messageOf } from "@weighlock/core/errors.ts";
import type { ChainView } from "./chainView.ts";
import { findingsOf } from "./conservation.ts";
import { compareSums, type EntrySums, sumEntries } from "./entrySums.ts";
import type { Findings } from "./findings.ts";
import type { Journal } from "./journal.ts";
import { createLiveHistory, type WordsCache } from "./liveHistory.ts";
import type { Pin } from "./pin.ts";
import { readState } from "./read.ts";
import type { Reading } from "./reading.ts";
import {
  type AssetReconciliation,
  type Failure,
  reconcile,
  reconcileVaults,
  type VaultReconciliation,
} from "./reconcile.ts";
import { within } from "./sources.ts";
import { readStopped, type Stopped } from "./stopped.ts";

export type Reconciled = {
  at: Date;
  reading: Reading;
  assets: readonly AssetReconciliation[];
  vaults: readonly VaultReconciliation[];
  /** Pauses that are in force and halts. */
  stopped: readonly Stopped[];
  /** What the figures must be by their entries; undefined where not every entry is known. */
  sums: readonly EntrySums[] | undefined;
  /** Figures that are something else. */
  unsummed: readonly (Failure & { asset: number })[];
  /** Of the sources that were read. */
  journalOf: (eid: number) => Journal;
};

export type Reconciler = {
  /** Something is new on a chain. */
  wake(): void;
  last(): Reconciled | undefined;
  /** Why there is no newer reading. */
  failure(): string | undefined;
  run(): Promise<void>;
};

const READ_WITHIN_MS = 8_000;
const RETRY_MS = 100;

export function createReconciler({
  common: { logger, metrics, shutdown },
  deployment,
  views,
  findings,
}: {
  common: Common;
  deployment: PublicDeployment;
  views: readonly ChainView[];
  findings: Findings;
}): Reconciler {
  const { signal } = shutdown;
  const news = new EventTarget();
  let isNew = true;
  let last: Reconciled | undefined;
  let failure: string | undefined = "nothing was read yet";
  const cache: WordsCache = new Map();
  const residual = metrics.gauge({
    name: "monitor_residual_units",
    help: "By how many canonical units an asset's first failing identity fails.",
    labels: ["asset"],
  });
  const readAt = metrics.gauge({
    name: "monitor_reading_timestamp_seconds",
    help: "When all chains were last read and reconciled.",
  });
  const readings = metrics.counter({ name: "monitor_readings_total", help: "Whole readings.", labels: ["outcome"] });

  /** The first source of each chain that can be relied on; undefined where one has none. */
  function chooseViews(): ChainView[] | undefined {
    const chosen = deployment.chains.map(({ name }) =>
      views.find((view) => view.deployment.name === name && view.isCaughtUp() && view.failure() === undefined),
    );
    return chosen.every((view) => view !== undefined) ? chosen : undefined;
  }

  async function read(chosen: readonly ChainView[]): Promise<Reconciled> {
    const pins = chosen.map(({ deployment: chain, client, tip }): Pin => {
      const { number: blockNumber, hash: blockHash } = tip() as NonNullable<ReturnType<typeof tip>>;
      return { deployment: chain, client, blockNumber, blockHash };
    });
    const journalOf = (eid: number) => (chosen.find((view) => view.deployment.eid === eid) as ChainView).journal;
    const [reading, stopped] = await Promise.all([
      readState({ deployment, pins, history: createLiveHistory({ journalOf, cache }) }),
      Promise.all(pins.map((pin) => readStopped(pin, journalOf(pin.deployment.eid).stops()))),
    ]);
    const [assets, vaults] = [reconcile(reading), reconcileVaults(reading)];
    const sums = sumEntries({ deployment, reading, journalOf });
    const unsummed = sums === undefined ? [] : compareSums(sums, reading);
    return { at: new Date(), reading, assets, vaults, stopped: stopped.flat(), sums, unsummed, journalOf };
  }

  async function look(): Promise<void> {
    const chosen = chooseViews();
    if (chosen === undefined) {
      failure = "a chain has no source that can be relied on";
      return;
    }
    last = await within(READ_WITHIN_MS, read(chosen));
    forgetExecuted();
    forgetSettled(chosen, last.reading);
    failure = undefined;
    readings.inc({ outcome: "read" });
    readAt.set(last.at.getTime() / 1000);
    for (const { symbol, residual: units } of last.assets) residual.set({ asset: symbol }, Number(units));
    findings.report("conservation", findingsOf(last));
  }

  /** What every source of a lane's destination calls executed and final is asked for no more. */
  function forgetExecuted(): void {
    for (const { src, dst } of lanesOf(deployment)) {
      const ends = views.filter((view) => view.deployment.name === dst.name);
      const executed = ends.map(({ journal, finalized }) => journal.executed(src.eid, finalized()?.number ?? -1n));
      const least = executed.reduce((a, b) => (a < b ? a : b), executed[0] ?? 0n);
      for (const view of views) if (view.deployment.name === src.name) view.journal.forget(dst.eid, least);
    }
  }

  /** What is parked no more need not be asked for at each block. */
  function forgetSettled(chosen: readonly ChainView[], { lanes, blocks }: Reading): void {
    for (const { src, dst, parked } of lanes) {
      const [srcView, dstView] = [src, dst].map((name) => chosen.find(({ deployment: { name: own } }) => own === name));
      if (srcView === undefined || dstView === undefined) continue;
      dstView.journal.standing(srcView.deployment.eid, {
        standing: new Set(parked.map(({ index }) => index)),
        block: blocks[dst] ?? 0n,
        final: dstView.finalized()?.number ?? 0n,
      });
    }
  }

  return {
    wake() {
      isNew = true;
      news.dispatchEvent(new Event("news"));
    },
    last: () => last,
    failure: () => failure,
    async run() {
      while (!signal.aborted) {
        if (!isNew) await next(news, signal);
        isNew = false;
        try {
          await look();
        } catch (error) {
          failure = messageOf(error);
          readings.inc({ outcome: "failed" });
          logger.debug({ reason: failure }, "could not read all chains; reading again");
          isNew = true;
          await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
        }
      }
    },
  };
}

async function next(news: EventTarget, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  news.addEventListener("news", done, { once: true });
  signal.addEventListener("abort", done, { once: true });
  await promise;
  news.removeEventListener("news", done);
  signal.removeEventListener("abort", done);
}
