import { expect, test } from "vitest";
import { createLaneRecord } from "./record.ts";

const word = (n: bigint): `0x${string}` => `0x${n.toString(16).padStart(64, "0")}`;
const entry = (index: bigint, block: bigint) => ({
  index,
  block,
  entry: { word: index, account: word(1n), party: word(2n) },
});
const window = (count: bigint, block: bigint) => ({ count, block, root: word(count), head: word(count) });
const dispatch = (count: bigint, block: bigint) => ({
  count,
  block,
  head: word(count),
  ackCount: 0n,
  ackHead: word(9n),
  paths: 1,
  blockHash: word(block),
});

function filled() {
  const record = createLaneRecord();
  for (const index of [0n, 1n, 2n]) record.posted(entry(index, 10n + index));
  record.sealed(window(2n, 12n));
  record.sealed(window(3n, 13n));
  record.dispatched(dispatch(3n, 13n));
  record.attested({ count: 3n, path: 0, block: 20n });
  return record;
}

test("entries come in order, or not at all when one is unknown", () => {
  const record = filled();
  expect(record.entries(0n, 3n)?.map((each) => each.word)).toEqual([0n, 1n, 2n]);
  expect(record.entries(0n, 4n)).toBeUndefined();
});

test("rollback() forgets one side's blocks", () => {
  const record = filled();
  record.rollback("src", 11n);
  expect(record.entry(1n)).toBeDefined();
  expect(record.entry(2n)).toBeUndefined();
  expect(record.windowsAfter(0n)).toEqual([]);
  expect(record.dispatches()).toEqual([]);
  expect(record.attestations()).toHaveLength(1);
  record.rollback("dst", 19n);
  expect(record.attestations()).toHaveLength(0);
});

test("prune() forgets what is executed, and what is read again of it", () => {
  const record = filled();
  record.prune(2n);
  record.posted(entry(1n, 11n));
  record.sealed(window(2n, 12n));
  expect(record.entry(1n)).toBeUndefined();
  expect(record.windowsAfter(0n).map(({ count }) => count)).toEqual([3n]);
});

test("prune() to any number a node may give takes no longer than what is kept", () => {
  const record = filled();
  record.prune((1n << 64n) - 1n);
  expect(record.entry(2n)).toBeUndefined();
});

test("clear() takes back what prune() settled: what is read again is judged anew", () => {
  const record = filled();
  record.prune(100n);
  record.clear("src");
  record.posted(entry(1n, 11n));
  record.sealed(window(2n, 12n));
  expect(record.entry(1n)).toBeDefined();
  expect(record.windowsAfter(0n)).toHaveLength(1);
});

test("oldestBlock() is that of the oldest thing still to be done", () => {
  const record = filled();
  expect(record.oldestBlock("src")).toBe(10n);
  expect(record.oldestBlock("dst")).toBe(20n);
  record.prune(3n);
  expect(record.oldestBlock("src")).toBe(13n);
  for (const each of record.dispatches()) record.settled(each);
  expect(record.oldestBlock("src")).toBeUndefined();
  expect(record.oldestBlock("dst")).toBeUndefined();
});
