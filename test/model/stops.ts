/** What is stopped, as spans of time: a clock that stands still meanwhile is the time without them. */

type Span = { from: bigint; until: bigint };

export const DAY = 86_400n;
/** Until the council resumes it. */
export const NO_END = (1n << 40n) - 1n;

export type Stops = ReturnType<typeof createStops>;

export function createStops() {
  const spans = new Map<string, Span[]>();
  const spansOf = (key: string): Span[] => spans.get(key) ?? [];
  const current = (key: string, now: bigint) => spansOf(key).find(({ until }) => until > now);

  return {
    isStopped: (key: string, now: bigint): boolean => current(key, now) !== undefined,
    until: (key: string, now: bigint): bigint => current(key, now)?.until ?? 0n,
    /** When the current stop began, as who resumes it must say: its last beginning. */
    startedAt: (key: string, now: bigint): bigint => current(key, now)?.from ?? 0n,
    /** A hot key's: for a day, and nothing where it is stopped already. */
    pause(key: string, now: bigint): void {
      if (current(key, now) === undefined) spans.set(key, [...spansOf(key), { from: now, until: now + DAY }]);
    },
    /** A guardian's: until the council resumes it. */
    freeze(key: string, now: bigint): void {
      const running = current(key, now);
      if (running?.until === NO_END) return;
      // A new stop, which the council must look at anew.
      if (running !== undefined) running.until = now;
      spans.set(key, [...spansOf(key), { from: now, until: NO_END }]);
    },
    /** From now on until then, whatever was before. */
    set(key: string, now: bigint, until: bigint): void {
      const running = current(key, now);
      if (running !== undefined) running.until = now;
      if (until > now) spans.set(key, [...spansOf(key), { from: now, until }]);
    },
    resume(key: string, now: bigint): void {
      const running = current(key, now);
      if (running !== undefined) running.until = now;
    },
    /** Seconds so far. */
    stoppedFor: (key: string, now: bigint): bigint =>
      spansOf(key).reduce((sum, { from, until }) => sum + (until < now ? until : now) - from, 0n),
  };
}
