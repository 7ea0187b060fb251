/**
 * Judges every attestation that any source of a destination shows, the newest first, and asks again until it is decided.
 * None is dropped: an attestation ends by being known to the lane's source, by being gone from the destination, or when its
 * path is disabled.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { Common } from "@weighlock/core/common.ts";
import { messageOf } from "@weighlock/core/errors.ts";
import { attestationId, foundOf } from "./attestationFinding.ts";
import type { Findings, Found } from "./findings.ts";
import { type ChainSources, sourcesOf } from "./sources.ts";
import { type Attestation, judgeAttestation } from "./unknownCommitment.ts";

export type AttestationWatch = {
  offer(attestations: readonly Attestation[]): void;
  /** A new block of this chain: what waited for it is asked again at once. */
  wake(srcEid: number): void;
  /** Attestations that are not decided, of one lane where it is named. */
  open(lane?: { srcEid: number; dstEid: number }): number;
  /** Of each path, the highest count of the lane at which what it attested is known to the source. */
  known(srcEid: number, dstEid: number): Attestation[];
  run(): Promise<void>;
};

type State = {
  id: string;
  attestation: Attestation;
  offeredAt: number;
  askAt: number;
  /** Since when no source shows it any more, or its path is disabled. */
  goneSince: number;
  isVoid: boolean;
};

const AT_ONCE = 32;
/** A fact, or a disagreement, may end. */
const ASK_AGAIN_MS = 2_000;
/**
 * For so long no source may show an attestation, or its path enabled, before that is taken for settled: nodes behind one URL
 * differ, and a reorg brings back what it took.
 */
const GONE_MS = 30_000;

export function createAttestationWatch({
  common,
  sources,
  findings,
  pollMs,
  undecidedAlertMs,
  judge = judgeAttestation,
}: {
  common: Common;
  sources: readonly ChainSources[];
  findings: Findings;
  pollMs: number;
  /** An attestation that can't be decided for so long is an alert. */
  undecidedAlertMs: number;
  judge?: typeof judgeAttestation;
}): AttestationWatch {
  const { logger, metrics, shutdown } = common;
  const states = new Map<string, State>();
  /** Never asked, the newest last. A long history of these must not hold up what is asked again, nor the reverse. */
  const fresh: State[] = [];
  const asked = new Set<State>();
  const found = new Map<string, Found>();
  const known = new Map<string, Attestation>();
  const busy = new Set<Promise<void>>();
  let isFreshsTurn = true;
  const openCount = metrics.gauge({
    name: "monitor_attestations_open_count",
    help: "Attestations that are not decided yet.",
  });
  const decided = metrics.counter({
    name: "monitor_attestations_total",
    help: "Verdicts over attestations; unknown is a forgery.",
    labels: ["verdict"],
  });
  const laneOf = ({ srcEid, dstEid }: Attestation) => {
    const [src, dst] = [sourcesOf(sources, srcEid), sourcesOf(sources, dstEid)];
    return { src, dst, lane: `${src.deployment.name}→${dst.deployment.name}` };
  };

  function take(now: number): State | undefined {
    isFreshsTurn = !isFreshsTurn;
    const again = () => longestDue([...asked], now);
    const state = isFreshsTurn ? (fresh.pop() ?? again()) : (again() ?? fresh.pop());
    if (state === undefined) return undefined;
    state.askAt = Number.POSITIVE_INFINITY;
    asked.add(state);
    return state;
  }

  function pump(): void {
    while (busy.size < AT_ONCE && !shutdown.signal.aborted) {
      const state = take(Date.now());
      if (state === undefined) return;
      const step = decide(state)
        .catch((error: unknown) => {
          logger.warn({ err: error, id: state.id, reason: messageOf(error) }, "could not judge an attestation yet");
          state.askAt = Date.now() + ASK_AGAIN_MS;
        })
        .finally(() => {
          busy.delete(step);
          pump();
        });
      busy.add(step);
    }
  }

  async function decide(state: State): Promise<void> {
    const { id, attestation } = state;
    const { src, dst, lane } = laneOf(attestation);
    const judgement = await judge({ attestation, src, dst });
    const { verdict } = judgement;
    const isOver = verdict === "gone" || verdict === "void";
    state.goneSince = isOver ? Math.min(state.goneSince, Date.now()) : Number.POSITIVE_INFINITY;
    if (verdict === "known") noteKnown(attestation);
    state.isVoid = verdict === "void";
    if (state.isVoid) found.delete(id);
    if (verdict === "known" || Date.now() - state.goneSince >= GONE_MS) {
      states.delete(id);
      asked.delete(state);
      found.delete(id);
      decided.inc({ verdict });
    } else if (isOver) {
      state.askAt = Date.now() + pollMs;
    } else {
      state.askAt = Date.now() + (verdict === "open" ? pollMs : ASK_AGAIN_MS);
      // A source that hangs for a moment does not end what was found.
      const isNews = verdict !== "open" || (!found.has(id) && Date.now() - state.offeredAt >= undecidedAlertMs);
      if (isNews) {
        const finding = foundOf({ verdict, id, lane, attestation, judgement });
        if (found.get(id)?.id !== finding.id) decided.inc({ verdict });
        found.set(id, finding);
      }
    }
    openCount.set(open());
    findings.report("attestations", [...found.values()]);
  }

  function noteKnown(attestation: Attestation): void {
    const { srcEid, dstEid, path, count } = attestation;
    const key = `${srcEid}:${dstEid}:${path}`;
    if (count > (known.get(key)?.count ?? -1n)) known.set(key, attestation);
  }

  const open: AttestationWatch["open"] = (lane) =>
    [...states.values()].filter(
      ({ id, isVoid, attestation: { srcEid, dstEid } }) =>
        !isVoid &&
        found.get(id)?.level !== "fact" &&
        (lane === undefined || (lane.srcEid === srcEid && lane.dstEid === dstEid)),
    ).length;

  return {
    offer(attestations) {
      for (const attestation of attestations) {
        const id = attestationId(attestation);
        if (!sources.some(({ deployment }) => deployment.eid === attestation.srcEid)) {
          logger.error({ ...attestation }, "an attestation of a lane that the deployment does not have");
        } else if (!states.has(id)) {
          const never = Number.POSITIVE_INFINITY;
          const state = { id, attestation, offeredAt: Date.now(), askAt: 0, goneSince: never, isVoid: false };
          states.set(id, state);
          fresh.push(state);
        }
      }
      pump();
    },
    wake(srcEid) {
      for (const state of asked) {
        const isWaiting = !found.has(state.id) && Number.isFinite(state.askAt);
        if (isWaiting && state.attestation.srcEid === srcEid) state.askAt = 0;
      }
      pump();
    },
    open,
    known: (srcEid, dstEid) =>
      [...known.values()].filter((attestation) => attestation.srcEid === srcEid && attestation.dstEid === dstEid),
    async run() {
      while (!shutdown.signal.aborted) {
        pump();
        await sleep(pollMs, undefined, { signal: shutdown.signal }).catch(() => undefined);
      }
      await Promise.allSettled(busy);
    },
  };
}

/** Of what is due, what has waited longest. */
function longestDue(states: readonly State[], now: number): State | undefined {
  return states.filter(({ askAt }) => askAt <= now).sort((a, b) => a.askAt - b.askAt)[0];
}
