/** The contracts' token bucket (libraries/Gcra.sol), to the unit: one number, the time at which it will be full again. */

export type Bucket = {
  /** 64.64 fixed point seconds of its clock. */
  fullAt: bigint;
  capacity: bigint;
  /** Units a second. */
  refill: bigint;
};

const ONE_SECOND = 1n << 64n;
/** Where the bucket saturates. */
const LAST = 1n << 127n;

const divideUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/** `unlockAt`: `clock` for what fits now; otherwise the first second at which it does. */
export function draw(
  { fullAt, capacity, refill }: Bucket,
  { clock, amount }: { clock: bigint; amount: bigint },
): { fullAt: bigint; unlockAt: bigint } {
  const now = clock * ONE_SECOND;
  const start = fullAt > now ? fullAt : now;
  const drawn = start + divideUp(amount * ONE_SECOND, refill);
  const next = drawn > LAST ? LAST : drawn;
  const within = now + (capacity * ONE_SECOND) / refill;
  return { fullAt: next, unlockAt: next <= within ? clock : clock + divideUp(next - within, ONE_SECOND) };
}

/** The most that a single draw may take now without a wait. */
export function roomOf({ fullAt, capacity, refill }: Bucket, clock: bigint): bigint {
  const now = clock * ONE_SECOND;
  const start = fullAt > now ? fullAt : now;
  const left = now + (capacity * ONE_SECOND) / refill - start;
  return left <= 0n ? 0n : (left * refill) / ONE_SECOND;
}

type Shared = { capacity: bigint; refill: bigint; share: number };

/** Of a vault's bucket, for one account: a bucket of its own, counted in hundredths of a unit, so that nothing is rounded. */
const shareOf = ({ capacity, refill, share }: Shared, fullAt: bigint): Bucket => ({
  fullAt,
  capacity: capacity * BigInt(share),
  refill: refill * BigInt(share),
});

export function drawShare(
  limit: Shared,
  { fullAt, clock, amount }: { fullAt: bigint; clock: bigint; amount: bigint },
): { fullAt: bigint; unlockAt: bigint } {
  return draw(shareOf(limit, fullAt), { clock, amount: amount * 100n });
}

export function shareRoomOf(limit: Shared, { fullAt, clock }: { fullAt: bigint; clock: bigint }): bigint {
  return roomOf(shareOf(limit, fullAt), clock) / 100n;
}

/** What was drawn stays drawn: at a slower refill it takes longer to come back. */
export function slowDown({ fullAt, refill }: Bucket, { clock, slower }: { clock: bigint; slower: bigint }): bigint {
  const now = clock * ONE_SECOND;
  if (fullAt <= now) return fullAt;
  const next = now + divideUp((fullAt - now) * refill, slower);
  return next > LAST ? LAST : next;
}

/** What of a lane's bucket deposits may use that lower no risk, as `Levels.drawOrdinary` has it. */
export function ordinaryOf({ capacity, refill, share }: Shared) {
  return { capacity: (capacity * BigInt(share)) / 100n, refill };
}

/** The hub's limits while a lane is new: a tenth at first, and the rest in a straight line over 30 days. */
export function ramped(value: bigint, elapsed: bigint): bigint {
  if (elapsed >= RAMP_SECONDS) return value;
  return (value * (RAMP_SECONDS + 9n * elapsed)) / (10n * RAMP_SECONDS);
}

const RAMP_SECONDS = 30n * 24n * 3_600n;
