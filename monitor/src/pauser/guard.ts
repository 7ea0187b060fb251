/** Judges every fact that a monitor names by this process's own nodes, and has what holds put into quarantine. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Common } from "@weighlock/core/common.ts";
import { messageOf } from "@weighlock/core/errors.ts";
import { attestationId } from "../attestationFinding.ts";
import { type ChainSources, sourcesOf } from "../sources.ts";
import { type Attestation, type Judgement, judgeAttestation } from "../unknownCommitment.ts";
import type { LanePauser, Paused } from "./pauseLane.ts";

export type Guarded = {
  id: string;
  lane: string;
  attestation: Attestation;
  /** By our own nodes; undefined before the first look. */
  verdict?: Judgement["verdict"];
  since: Date;
  paused?: Paused;
  failure?: string;
};

export type Guard = {
  /** What a monitor names now. Naming more gets it no more looks at a time than another monitor. */
  offer(facts: readonly Attestation[], monitor: string): void;
  guarded(): readonly Guarded[];
  run(): Promise<void>;
};

const AT_ONCE = 16;
/** While a fact holds, and where our nodes know better. */
const HOLD_MS = 3_000;
const REFUTED_MS = 60_000;
/** More than any honest monitor names; the oldest refuted are dropped first. */
const MOST = 2_048;
/** Of one monitor, not judged yet: the rest is left for its next answer. */
const MOST_WAITING = 256;

type State = Guarded & { askAt: number; namedBy: Set<string> };

function isRefutation(verdict: Guarded["verdict"]): boolean {
  return verdict === "known" || verdict === "gone" || verdict === "void";
}

export function createGuard({
  common,
  sources,
  pauserOf,
  dismissed,
  pollMs,
  judge = judgeAttestation,
}: {
  common: Common;
  sources: readonly ChainSources[];
  pauserOf: (dstEid: number) => LanePauser;
  dismissed: readonly string[];
  pollMs: number;
  judge?: typeof judgeAttestation;
}): Guard {
  const { logger, metrics, shutdown } = common;
  const states = new Map<string, State>();
  const busy = new Set<Promise<void>>();
  /** Looks that are under way for each monitor. */
  const looks = new Map<string, number>();
  const factsCount = metrics.gauge({
    name: "pauser_facts_count",
    help: "Facts that monitors named, by this process's own verdict.",
    labels: ["verdict"],
  });
  const pauses = metrics.counter({
    name: "pauser_pauses_total",
    help: "Attempts to stop a lane.",
    labels: ["chain", "outcome"],
  });

  function offer(facts: readonly Attestation[], monitor: string): void {
    let waiting = [...states.values()].filter(
      ({ verdict, namedBy }) => verdict === undefined && namedBy.has(monitor),
    ).length;
    for (const attestation of facts) {
      const { srcEid, dstEid } = attestation;
      const id = `unknown-commitment:${attestationId(attestation)}`;
      const nameOf = (eid: number) => sources.find(({ deployment }) => deployment.eid === eid)?.deployment.name;
      const [src, dst] = [nameOf(srcEid), nameOf(dstEid)];
      if (src === undefined || dst === undefined || dismissed.includes(id)) continue;
      states.get(id)?.namedBy.add(monitor);
      if (states.has(id) || waiting >= MOST_WAITING) continue;
      if (states.size >= MOST && !dropRefuted()) continue;
      const namedBy = new Set([monitor]);
      states.set(id, { id, lane: `${src}→${dst}`, attestation, since: new Date(), askAt: 0, namedBy });
      waiting += 1;
    }
    pump();
  }

  function dropRefuted(): boolean {
    const refuted = [...states.values()].find(({ verdict }) => isRefutation(verdict));
    return refuted !== undefined && states.delete(refuted.id);
  }

  /** The namer for whom least is under way. */
  function turnOf({ namedBy }: State): { monitor: string; looks: number } {
    const namers = [...namedBy].map((monitor) => ({ monitor, looks: looks.get(monitor) ?? 0 }));
    return namers.reduce((least, each) => (each.looks < least.looks ? each : least));
  }

  /** By turns, so that a monitor's lies wait for one another and not another monitor's fact for them. */
  function nextDue(now: number): { state: State; monitor: string } | undefined {
    const due = [...states.values()].filter(({ askAt }) => askAt <= now).map((state) => ({ state, ...turnOf(state) }));
    return due.sort((a, b) => a.looks - b.looks || a.state.askAt - b.state.askAt)[0];
  }

  function pump(): void {
    while (busy.size < AT_ONCE && !shutdown.signal.aborted) {
      const next = nextDue(Date.now());
      if (next === undefined) return;
      const { state, monitor } = next;
      state.askAt = Number.POSITIVE_INFINITY;
      const count = (by: number) => looks.set(monitor, (looks.get(monitor) ?? 0) + by);
      count(1);
      const step = look(state)
        .catch((error: unknown) => {
          state.failure = messageOf(error);
          state.askAt = Date.now() + pollMs;
          logger.error({ err: error, id: state.id, lane: state.lane }, "could not judge or pause; trying again");
        })
        .finally(() => {
          busy.delete(step);
          count(-1);
          report();
          pump();
        });
      busy.add(step);
    }
  }

  async function look(state: State): Promise<void> {
    const { attestation, id, lane } = state;
    const [src, dst] = [sourcesOf(sources, attestation.srcEid), sourcesOf(sources, attestation.dstEid)];
    const { verdict, source, attestedAt } = await judge({ attestation, src, dst });
    if (verdict !== state.verdict) logger.info({ id, lane, verdict, attestedAt, source }, "judged a fact");
    state.verdict = verdict;
    delete state.failure;
    if (verdict === "unknown") {
      await hold(state, dst.deployment.name);
      state.askAt = Date.now() + HOLD_MS;
    } else {
      // An attestation that our nodes do not show may not have reached them yet.
      const isLate = verdict === "gone" && Date.now() - state.since.getTime() < REFUTED_MS;
      const isRefuted = isRefutation(verdict) && !isLate;
      state.askAt = Date.now() + (isRefuted ? REFUTED_MS : pollMs);
    }
  }

  async function hold(state: State, chain: string): Promise<void> {
    const { id, lane, attestation } = state;
    try {
      const { obstacle, ...paused } = await pauserOf(attestation.dstEid).hold(attestation);
      state.paused = { ...state.paused, ...paused };
      if (obstacle !== undefined) state.failure = obstacle;
      if (paused.tx === undefined) return;
      pauses.inc({ chain, outcome: paused.isQuarantined ? "quarantined" : "paused" });
      logger.warn({ id, lane, obstacle, ...paused }, "stopped the lane");
    } catch (error) {
      pauses.inc({ chain, outcome: "failed" });
      throw error;
    }
  }

  function report(): void {
    factsCount.reset();
    for (const { verdict } of states.values()) factsCount.inc({ verdict: verdict ?? "not judged" });
  }

  return {
    offer,
    guarded: () => [...states.values()].map(({ askAt: _, namedBy: __, ...guarded }) => guarded),
    async run() {
      while (!shutdown.signal.aborted) {
        pump();
        await sleep(pollMs, undefined, { signal: shutdown.signal }).catch(() => undefined);
      }
      await Promise.allSettled(busy);
    },
  };
}
