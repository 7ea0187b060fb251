/**
 * The most that liars can take out of one lane and asset: what docs, tests and the status page all publish. Pure, in
 * canonical units.
 *
 * One path owned takes nothing, whatever it says. Two paths owned move the log as they like, so what bounds them is what a
 * full bucket holds, what refills until the lane is stopped, and what waits already and matures until then:
 * `L* = C + r · (TTD + TTP) + Σ queued items maturing within it`. A large entry is no way around: it has its wait, and then
 * draws from the same bucket.
 */

/** Seconds. */
export type Horizons = {
  /** TTD: from the first evidence on a chain until it is found. */
  detect: bigint;
  /** TTP: from then until the lane is paused. */
  pause: bigint;
  /** With all watchers, monitors and pausers lost: until somebody notices their silence, and stops the lane by hand. */
  deadMan: bigint;
};

/** Found within two blocks of 12 s in every run of the demo; paused within two more. Silence is noticed within a day. */
export const HORIZONS: Horizons = { detect: 24n, pause: 24n, deadMan: 86_400n };

export type LossRules = {
  limit: { capacity: bigint; refill: bigint };
  /** More can't be taken, however it is asked: what the vault holds, or what the lane may still owe. */
  most?: bigint;
};

/** `matures`: seconds until it unlocks. */
export type QueuedItem = { amount: bigint; matures: bigint };

export type LossBounds = {
  /** One path owned. */
  onePath: bigint;
  /** Two owned, monitors honest. */
  monitorsHonest: bigint;
  /** Two owned, and everybody who watches lost. */
  watchersLost: bigint;
};

/** `seconds`: how long the liars go on. */
export function lossBound({
  rules: { limit, most },
  pathsOwned,
  seconds,
  queued = [],
}: {
  rules: LossRules;
  pathsOwned: number;
  seconds: bigint;
  queued?: readonly QueuedItem[];
}): bigint {
  if (pathsOwned < 2) return 0n;
  const maturing = queued.reduce((sum, { amount, matures }) => (matures <= seconds ? sum + amount : sum), 0n);
  const bound = limit.capacity + limit.refill * seconds + maturing;
  return most !== undefined && most < bound ? most : bound;
}

export function lossBounds({
  rules,
  horizons = HORIZONS,
  queued = [],
}: {
  rules: LossRules;
  horizons?: Horizons;
  queued?: readonly QueuedItem[];
}): LossBounds {
  const { detect, pause, deadMan } = horizons;
  const of = (pathsOwned: number, seconds: bigint) => lossBound({ rules, pathsOwned, seconds, queued });
  return { onePath: of(1, deadMan), monitorsHonest: of(2, detect + pause), watchersLost: of(2, deadMan) };
}
