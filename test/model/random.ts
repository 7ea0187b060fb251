/** Chance from a seed: the same seed, the same history. */

export type Random = {
  /** 0 to n − 1. */
  below(n: number): number;
  bigBelow(n: bigint): bigint;
  /** True once in n. */
  oneIn(n: number): boolean;
  pick<T>(from: readonly T[]): T;
};

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    below,
    bigBelow: (n) => BigInt(below(Number(n))),
    oneIn: (n) => below(n) === 0,
    pick: (from) => {
      const found = from[below(from.length)];
      if (found === undefined) throw new RangeError("nothing to pick from");
      return found;
    },
  };
}
