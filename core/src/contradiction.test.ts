import type { Hex } from "viem";
import { expect, test } from "vitest";
import { findContradiction } from "./contradiction.ts";
import { decodeSuffix, walkSuffix } from "./laneLog.ts";

const word = (n: bigint): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const startHead = word(77n);
const windows = [5n, 9n, 20n].map((count) => ({ count, root: word(count), head: word(0n), block: 1n }));
const heads = new Map(walkSuffix({ count: 0n, head: startHead }, windows).map(({ count, head }) => [count, head]));
const honest = (path: number, count: bigint) => ({ path, count, head: heads.get(count) ?? word(0n) });
const lie = (path: number, count: bigint) => ({ path, count, head: word(0xeen) });
const find = (borneOut: ReturnType<typeof honest>[], contradicting: ReturnType<typeof lie>[]) =>
  findContradiction({ startHead, windows, borneOut, contradicting });

test("another head at a window's end, shown by the nearest honest word at or above it", () => {
  const found = find([honest(0, 20n), honest(2, 9n), honest(2, 5n)], [lie(1, 9n)]);
  expect(found).toMatchObject({ startHead, path: 2, count: 9n, otherPath: 1 });
  expect(decodeSuffix(found?.nodes ?? "0x").map(({ count }) => count)).toEqual([5n, 9n]);
});

test("a count that the log jumps over", () => {
  expect(find([honest(0, 20n)], [lie(1, 12n)])).toMatchObject({ path: 0, count: 12n, otherPath: 1 });
});

test("none before the first window's end, where nothing shows what it follows; but where the log begins", () => {
  expect(find([honest(0, 20n)], [lie(1, 3n)])).toBeUndefined();
  const of = { startHead, windows, borneOut: [honest(0, 20n)], contradicting: [lie(1, 3n)] };
  expect(findContradiction({ ...of, isBeginning: true })).toMatchObject({ path: 0, count: 3n, otherPath: 1 });
});

test("none while no other path's honest word reaches it", () => {
  expect(find([honest(0, 5n)], [lie(1, 9n)])).toBeUndefined();
  expect(find([honest(1, 20n)], [lie(1, 9n)])).toBeUndefined();
});
