/**
 * What can be lost at most while two of a lane's paths are owned (L*, the design's section 6). Docs, tests and commands use
 * this one function. Amounts are canonical units, times seconds.
 */

/** What passes of one asset, one way, on two paths' word: `types/Limit.sol`. */
export type BoundedFlow = {
  capacity: bigint;
  /** Units a second. */
  refill: bigint;
  /** What waits already, with the seconds until it unlocks: a forgery may be among it. */
  queue?: readonly { amount: bigint; unlocksIn: bigint }[];
};

export type Horizon = {
  /** From the first evidence on chain to somebody who knows. */
  detection: bigint;
  /** From there to the stop. */
  pause: bigint;
};

/** Published twice, since monitors may be lost: then a human has to look. */
export const HORIZONS = {
  /** Three blocks of twelve seconds to see it, two more to stop it. */
  monitorsHonest: { detection: 36n, pause: 24n },
  /** The dead man's horizon: by then a silent monitor has called somebody, who has looked and frozen. */
  monitorsLost: { detection: 3_600n, pause: 1_800n },
} as const satisfies Record<string, Horizon>;

/** Out of a vault: what its bucket lets out until the stop, and what in the queue matures by then. */
export function lossBound({
  pathsOwned,
  flow: { capacity, refill, queue = [] },
  horizon,
}: {
  pathsOwned: number;
  flow: BoundedFlow;
  horizon: Horizon;
}): bigint {
  // One path moves nothing.
  if (pathsOwned < 2) return 0n;
  const seconds = horizon.detection + horizon.pause;
  const maturing = queue.filter(({ unlocksIn }) => unlocksIn <= seconds);
  return capacity + refill * seconds + maturing.reduce((sum, { amount }) => sum + amount, 0n);
}

/** Into the hub, from a vault's chain that posts what it likes: what others can lose to it. The cap holds without a stop. */
export function contagionBound({
  flow: { capacity, refill },
  cap,
  horizon,
}: {
  flow: Omit<BoundedFlow, "queue">;
  /** What the lane may still come to owe: its cap less what it owes already. */
  cap: bigint;
  horizon: Horizon;
}): bigint {
  const byBucket = capacity + refill * (horizon.detection + horizon.pause);
  return byBucket < cap ? byBucket : cap;
}
