/** Reconciles every lane and asset at each new block of any chain, from views that are kept up by logs. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Common } from "@weighlock/core/common.ts";
import {
  type HubDeployment,
  lanesOf,
  type PublicDeployment,
  type VaultDeployment,
} from "@weighlock/core/deployment.ts";
import { messageOf } from "@weighlock/core/errors.ts";
import { type ActionTimes, timeActions } from "./actionTimes.ts";
import { type BucketReading, readBuckets } from "./buckets.ts";
import type { ChainView } from "./chainView.ts";
import { findingsOf } from "./conservation.ts";
import type { ShownContradiction } from "./detectors/contradiction.ts";
import type { TimedAction } from "./detectors/privilegedAction.ts";
import { compareSums, type EntrySums, sumEntries } from "./entrySums.ts";
import { readContradictions } from "./evidence.ts";
import type { Findings, Found } from "./findings.ts";
import type { Journal } from "./journal.ts";
import { createLiveHistory, type WordsCache } from "./liveHistory.ts";
import type { Pin } from "./pin.ts";
import { readQuarantines, type StandingQuarantine } from "./quarantines.ts";
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
  buckets: readonly BucketReading[];
  quarantines: readonly StandingQuarantine[];
  /** Of lanes that are halted. */
  contradictions: readonly ShownContradiction[];
  actions: readonly TimedAction[];
  pins: readonly Pin[];
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
const BUCKETS_MS = 5_000;

export function createReconciler({
  common: { logger, metrics, shutdown },
  deployment,
  views,
  findings,
  actionAlertSeconds,
  detect = async () => [],
}: {
  common: Common;
  deployment: PublicDeployment;
  views: readonly ChainView[];
  findings: Findings;
  /** What people with keys did is forgotten after so long. */
  actionAlertSeconds: number;
  /** What else is found in a reading. */
  detect?: (reconciled: Reconciled) => Promise<Found[]>;
}): Reconciler {
  const { signal } = shutdown;
  const news = new EventTarget();
  let isNew = true;
  let last: Reconciled | undefined;
  let failure: string | undefined = "nothing was read yet";
  const cache: WordsCache = new Map();
  const times: ActionTimes = new Map();
  let bucketsAt = 0;
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
    const heard = <Value>(ask: (journal: Journal, pin: Pin) => Promise<Value[]>) =>
      Promise.all(pins.map((pin) => ask(journalOf(pin.deployment.eid), pin))).then((all) => all.flat());
    const [reading, stopped, buckets, quarantines, actions] = await Promise.all([
      readState({ deployment, pins, history: createLiveHistory({ journalOf, cache }) }),
      heard((journal, pin) => readStopped(pin, journal.stops())),
      freshBuckets(pins),
      heard((journal, pin) => readQuarantines(pin, journal.quarantines(pin.blockNumber))),
      heard((journal, pin) => timeActions({ pin, actions: journal.actions(pin.blockNumber), times })),
    ]);
    const contradictions = await readContradictions({ pins, stopped, journalOf });
    const [assets, vaults] = [reconcile(reading), reconcileVaults(reading)];
    const sums = sumEntries({ deployment, reading, journalOf });
    const unsummed = sums === undefined ? [] : compareSums(sums, reading);
    const found = { buckets, quarantines, contradictions, actions, pins, journalOf };
    return { at: new Date(), reading, assets, vaults, stopped, sums, unsummed, ...found };
  }

  /** Nothing is stopped on them, so they need not be of the very block. */
  async function freshBuckets(pins: readonly Pin[]): Promise<readonly BucketReading[]> {
    if (last !== undefined && Date.now() - bucketsAt < BUCKETS_MS) return last.buckets;
    bucketsAt = Date.now();
    return readBuckets({ vaults: pins.filter(isOfVault), hub: pins.find(isOfHub) as Pin<HubDeployment> });
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
    forgetActions(last.actions);
    failure = undefined;
    readings.inc({ outcome: "read" });
    readAt.set(last.at.getTime() / 1000);
    for (const { symbol, residual: units } of last.assets) residual.set({ asset: symbol }, Number(units));
    findings.report("conservation", findingsOf(last));
    findings.report("detectors", await within(READ_WITHIN_MS, detect(last)));
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

  /** By their chain's clock. What a reading does not tell of any more need not be timed. */
  function forgetActions(actions: readonly TimedAction[]): void {
    const isOver = ({ at, now }: TimedAction) => now - at > BigInt(actionAlertSeconds);
    const over = new Set(actions.filter(isOver).map(({ action: { id } }) => id));
    for (const { journal, finalized } of views) {
      journal.forgetActions({ final: finalized()?.number ?? -1n, isOver: ({ id }) => over.has(id) });
    }
    const told = new Set(actions.map(({ action: { id } }) => id));
    for (const id of times.keys()) if (!told.has(id)) times.delete(id);
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

function isOfVault(pin: Pin): pin is Pin<VaultDeployment> {
  return pin.deployment.role === "vault";
}

function isOfHub(pin: Pin): pin is Pin<HubDeployment> {
  return pin.deployment.role === "hub";
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
