/**
 * D19: whether what was stopped may start again, decided from what was read and from nothing else. Every reason to refuse is
 * a sentence; none means that the monitor signs.
 *
 * A lane whose executed log is not the source's own is refused whatever else holds: nothing can be repaired there.
 */

import { HALT_CLOSED } from "@weighlock/core/halts.ts";
import type { ScopeName } from "@weighlock/core/reconciliation.ts";
import { type Hex, zeroHash } from "viem";
import { neededOf } from "./sources.ts";

export type Figure = { asset: number; amount: bigint };

/** One way of a lane: the heads at the count that its destination has executed, by each source of either end. */
export type WayObservation = {
  src: string;
  dst: string;
  count: bigint;
  executed: readonly (Hex | "silent")[];
  sealed: readonly (Hex | "silent")[];
  /** Attestations over it that are not decided yet. */
  openAttestations: number;
};

/** What one source of the chain says now of a lane to be resumed. */
export type LaneSaid = { executed: bigint; figures: readonly Figure[]; quarantined: bigint; halt: number };

export type LaneObservation = {
  peer: string;
  /** What would be signed: executed here of the peer's log, and the figures. */
  executed: bigint;
  figures: readonly Figure[];
  /** Of the entries that make these figures up; undefined where not all of them are known. */
  sums: readonly Figure[] | undefined;
  said: readonly (LaneSaid | "silent")[];
  ways: readonly WayObservation[];
  /** Paths, enabled still, that acknowledged what was never sealed here. */
  falseAcks: readonly number[];
};

export type Observation = {
  chain: string;
  scope: ScopeName;
  id: number;
  /** Why the monitor as a whole can't be relied on now. */
  notReady: readonly string[];
  /** Seconds since all chains were last read and reconciled; undefined before the first time. */
  readingAge: number | undefined;
  /** Seconds by which each chain's newest known block is behind the clock of this machine. */
  tipAges: readonly { chain: string; seconds: number }[];
  /** Unix seconds of the chain's newest block, and what would be signed as the time of this observation. */
  chainTime: bigint;
  observedAt: bigint;
  /** By each source of the chain: since when it is stopped, zero where it is not. */
  stoppedAt: readonly (bigint | "silent")[];
  lanes: readonly LaneObservation[];
  /** Identities that fail, each in a sentence. */
  residuals: readonly string[];
  /** Facts that stand over these lanes and were not dismissed, and alerts that leave a fact open. */
  findings: readonly { id: string; text: string }[];
};

export const MAX_AGE_SECONDS = 60;
export const MAX_PROPOSED_AGE_SECONDS = 600n;
const HALT_NONE = 0;

export function reasonsToRefuse(observation: Observation): string[] {
  return [
    ...reasonsOfTime(observation),
    ...reasonsOfStop(observation),
    ...observation.lanes.flatMap((lane) => reasonsOfLane(observation, lane)),
    ...observation.residuals.map((text) => `a residual stands: ${text}`),
    ...observation.findings.map(({ id, text }) => `not settled: ${text} (${id})`),
  ];
}

function reasonsOfTime({ notReady, readingAge, tipAges, chain, chainTime, observedAt }: Observation): string[] {
  const reasons = notReady.map((reason) => `the monitor is not ready: ${reason}`);
  if (readingAge === undefined) reasons.push("the monitor has not read all chains yet");
  else if (readingAge > MAX_AGE_SECONDS) reasons.push(`the last reading is ${Math.floor(readingAge)} s old`);
  for (const { chain: name, seconds } of tipAges) {
    if (seconds > MAX_AGE_SECONDS)
      reasons.push(`${name}: the newest block that is known is ${Math.floor(seconds)} s old`);
  }
  if (observedAt > chainTime) reasons.push(`the proposed time is ${observedAt - chainTime} s ahead of ${chain}`);
  if (observedAt + MAX_PROPOSED_AGE_SECONDS < chainTime) {
    reasons.push(
      `the proposed time is ${chainTime - observedAt} s behind ${chain}: over ${MAX_PROPOSED_AGE_SECONDS} s`,
    );
  }
  return reasons;
}

function reasonsOfStop({ chain, scope, id, stoppedAt, lanes }: Observation): string[] {
  const what = `${scope} ${id} on ${chain}`;
  const reasons = reasonsOfAnswers(stoppedAt, `${what}: since when it is stopped`, chain);
  if (stoppedAt.includes(0n)) reasons.push(`${what} is not stopped`);
  if (lanes.length === 0) reasons.push(`${what}: no lane is known that it stops`);
  return reasons;
}

function reasonsOfLane(
  { chain, scope }: Observation,
  { peer, executed, figures, sums, said, ways, falseAcks }: LaneObservation,
): string[] {
  const lane = `${peer}→${chain}`;
  const answers = said.filter((each) => each !== "silent");
  const reasons = reasonsOfAnswers(said.map(describeSaid), `${lane}: quarantine, halt and figures`, chain);
  // What is stopped stands still; what another scope stops may have gone on since.
  const isStill = scope === "in" || scope === "halt";
  if (isStill && answers.some((each) => each.executed !== executed)) {
    reasons.push(`${lane}: it has executed beyond ${executed} since it was read`);
  }
  const quarantined = answers.reduce((most, each) => (each.quarantined > most ? each.quarantined : most), 0n);
  if (quarantined > 0n) {
    reasons.push(
      `${lane}: ${quarantined} attestations are in quarantine; the council lifts each or its path is disabled`,
    );
  }
  // An asset goes on over the other lanes.
  if (scope !== "asset" && answers.some(({ halt }) => halt === HALT_CLOSED)) {
    reasons.push(`${lane}: the lane is closed for good`);
  }
  if (scope === "halt" && answers.some(({ halt }) => halt === HALT_NONE)) reasons.push(`${lane} is not halted`);
  for (const path of falseAcks) {
    reasons.push(`${lane}: path ${path} acknowledged what was never sealed on ${chain}, and is enabled still`);
  }
  if (answers.some((each) => !isSameFigures(each.figures, figures))) {
    reasons.push(`${lane}: the figures have changed since they were read`);
  }
  if (sums === undefined) reasons.push(`${lane}: not every entry is known, so the figures can't be added up`);
  else if (!isSameFigures(sums, figures)) {
    reasons.push(
      `${lane}: the figures are ${describeFigures(figures)}, their entries add up to ${describeFigures(sums)}`,
    );
  }
  return [...reasons, ...ways.flatMap(reasonsOfWay)];
}

function reasonsOfWay({ src, dst, count, executed, sealed, openAttestations }: WayObservation): string[] {
  const lane = `${src}→${dst}`;
  const reasons = [
    ...reasonsOfAnswers(executed, `${lane}: the head executed at ${count}`, dst),
    ...reasonsOfAnswers(sealed, `${lane}: the head sealed at ${count}`, src),
  ];
  const heads = new Set([...executed, ...sealed].filter((head) => head !== "silent"));
  // Where one end's sources differ among themselves, that is the reason.
  if (reasons.length === 0 && (heads.size > 1 || heads.has(zeroHash))) {
    reasons.push(
      `${lane} is forked: what ${dst} executed up to ${count} is not what ${src} sealed; it is never resumed`,
    );
  }
  if (openAttestations > 0) reasons.push(`${lane}: ${openAttestations} attestations are not decided yet`);
  return reasons;
}

/** Too few answers, or answers that differ. */
function reasonsOfAnswers(said: readonly unknown[], what: string, chain: string): string[] {
  const answers = said.filter((each) => each !== "silent");
  const needed = neededOf(said.length);
  if (answers.length < needed || answers.length === 0) {
    return [`${what}: ${answers.length} of ${chain}'s sources answer, ${needed} must`];
  }
  return new Set(answers).size > 1 ? [`${what}: ${chain}'s sources disagree`] : [];
}

function describeSaid(said: LaneSaid | "silent"): string {
  return said === "silent" ? said : `${said.quarantined} ${said.halt} ${describeFigures(said.figures)}`;
}

function describeFigures(figures: readonly Figure[]): string {
  return figures.length === 0 ? "none" : figures.map(({ asset, amount }) => `${amount} of asset ${asset}`).join(", ");
}

function isSameFigures(a: readonly Figure[], b: readonly Figure[]): boolean {
  return describeFigures(a) === describeFigures(b);
}
