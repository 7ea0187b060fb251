import { type Hex, numberToHex } from "viem";
import { expect, test } from "vitest";
import { createBoundaries } from "./boundaries.ts";

const head = (count: number): Hex => numberToHex(count * 7, { size: 32 });

test("finds every count that was pushed, and no other", () => {
  const boundaries = createBoundaries();
  expect(boundaries.find(1n)).toBe(-1);
  expect(boundaries.lastCount()).toBe(0n);
  for (let i = 1; i <= 1_000; i += 1) boundaries.push({ count: BigInt(i * 3), head: head(i) });
  for (let i = 1; i <= 1_000; i += 1) {
    const position = boundaries.find(BigInt(i * 3));
    expect(boundaries.at(position)).toEqual({ count: BigInt(i * 3), head: head(i) });
    expect(boundaries.find(BigInt(i * 3 + 1))).toBe(-1);
  }
  expect(boundaries.size).toBe(1_000);
  expect(boundaries.lastCount()).toBe(3_000n);
  expect(boundaries.at(1_000)).toBeUndefined();
});

test("counts must rise", () => {
  const boundaries = createBoundaries();
  boundaries.push({ count: 5n, head: head(5) });
  expect(() => boundaries.push({ count: 5n, head: head(5) })).toThrow("must rise");
});
