/** Counts and their heads, rising: 40 bytes each, so that a year of seals stays small. */

import { FatalError } from "@weighlock/core/errors.ts";
import { bytesToHex, type Hex, hexToBytes } from "viem";

export type Boundary = { count: bigint; head: Hex };

export type Boundaries = {
  readonly size: number;
  /** Throws unless its count is above all before. */
  push(boundary: Boundary): void;
  at(position: number): Boundary | undefined;
  /** The position of a count, or -1. */
  find(count: bigint): number;
  /** Zero when empty. */
  lastCount(): bigint;
};

const HEAD_BYTES = 32;

export function createBoundaries(): Boundaries {
  let counts = new BigUint64Array(64);
  let heads = new Uint8Array(64 * HEAD_BYTES);
  let size = 0;

  function grow(): void {
    const widerCounts = new BigUint64Array(counts.length * 2);
    widerCounts.set(counts);
    counts = widerCounts;
    const widerHeads = new Uint8Array(heads.length * 2);
    widerHeads.set(heads);
    heads = widerHeads;
  }

  const lastCount = () => (size === 0 ? 0n : (counts[size - 1] ?? 0n));

  return {
    get size() {
      return size;
    },
    push({ count, head }) {
      if (count <= lastCount()) {
        throw new FatalError("Boundaries must rise.", { details: { last: lastCount(), count } });
      }
      if (size === counts.length) grow();
      counts[size] = count;
      heads.set(hexToBytes(head), size * HEAD_BYTES);
      size += 1;
    },
    at(position) {
      const count = position < size ? counts[position] : undefined;
      if (count === undefined) return undefined;
      return { count, head: bytesToHex(heads.subarray(position * HEAD_BYTES, (position + 1) * HEAD_BYTES)) };
    },
    find(count) {
      let low = 0;
      let high = size - 1;
      while (low <= high) {
        const middle = (low + high) >> 1;
        const there = counts[middle] ?? 0n;
        if (there === count) return middle;
        if (there < count) low = middle + 1;
        else high = middle - 1;
      }
      return -1;
    },
    lastCount,
  };
}
