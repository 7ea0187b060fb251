import { decodeSuffix, headOf, rootOf } from "@weighlock/core/laneLog.ts";
import type { Hex } from "viem";
import { describe, expect, test } from "vitest";
import { bestPair, LogIncompleteError, LogMismatchError, planBytes, planExecution } from "./executionPlan.ts";
import type { Attestation } from "./lane/attested.ts";
import { createLaneRecord, type LaneRecord } from "./lane/record.ts";

const word = (n: bigint): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const start = { count: 0n, head: word(77n) };
const entryOf = (index: bigint) => ({ word: index + 1n, account: word(1n), party: word(2n) });

/** Windows that end at `counts`, with honest hashes; `change` may spoil what was logged. */
function logged(counts: readonly bigint[], change: (record: LaneRecord) => LaneRecord = (record) => record) {
  const record = createLaneRecord();
  const heads = new Map<bigint, Hex>();
  let { count: previous, head } = start;
  for (const count of counts) {
    const entries = Array.from({ length: Number(count - previous) }, (_, i) => entryOf(previous + BigInt(i)));
    entries.forEach((entry, i) => {
      record.posted({ index: previous + BigInt(i), entry, block: 1n });
    });
    const root = rootOf(entries);
    head = headOf({ head, root, count });
    // The logged head is of no use to anybody, so it is a wrong one here.
    record.sealed({ count, root, head: word(0n), block: 1n });
    heads.set(count, head);
    previous = count;
  }
  const attested = (path: number, count: bigint): Attestation => ({ path, count, head: heads.get(count) ?? word(0n) });
  return { record: change(record), attested };
}

const limits = { maxWindows: 100, maxBytes: 1_000_000 };

test("all windows that both paths reach, and a suffix to the higher attestation", () => {
  const { record, attested } = logged([5n, 6n, 134n, 140n]);
  const plan = planExecution({ from: start, record, pair: [attested(0, 140n), attested(1, 6n)], ...limits });
  expect(plan?.counts).toEqual([5n, 6n]);
  expect(plan?.entries).toHaveLength(6);
  expect(decodeSuffix(plan?.suffix ?? "0x").map(({ count }) => count)).toEqual([134n, 140n]);
  expect(plan).toMatchObject({ paths: 0b11, remaining: 0 });
});

test("whole windows, as many as fit, and always one", () => {
  const { record, attested } = logged([128n, 256n, 384n]);
  const pair = [attested(0, 384n), attested(1, 384n)] as const;
  const plan = (maxBytes: number, maxWindows = 100) =>
    planExecution({ from: start, record, pair, maxBytes, maxWindows });
  const two = plan(256 * 96 + 40);
  expect(two).toMatchObject({ counts: [128n, 256n], remaining: 1 });
  expect(two && planBytes(two)).toBe(256 * 96 + 40);
  expect(plan(256 * 96 + 39)).toMatchObject({ counts: [128n], remaining: 2 });
  expect(plan(1)).toMatchObject({ counts: [128n] });
  expect(plan(1_000_000, 1)).toMatchObject({ counts: [128n] });
});

test("nothing when the lower attestation is executed already", () => {
  const { record, attested } = logged([5n, 9n]);
  const from = { count: 5n, head: attested(0, 5n).head };
  expect(planExecution({ from, record, pair: [attested(0, 9n), attested(1, 5n)], ...limits })).toBeUndefined();
});

describe("further paths are named", () => {
  const { record, attested } = logged([5n, 9n, 134n, 140n]);
  const plan = (others: readonly Attestation[], maxBytes = 1_000_000) =>
    planExecution({ from: start, record, pair: [attested(0, 9n), attested(1, 5n)], others, maxWindows: 100, maxBytes });

  test("where their word reaches what is executed, by the nearest of it", () => {
    const found = plan([attested(2, 4n), attested(2, 140n), attested(2, 134n), attested(0, 140n)]);
    expect(found).toMatchObject({ counts: [5n], paths: 0b111 });
    expect(decodeSuffix(found?.suffix ?? "0x").map(({ count }) => count)).toEqual([9n, 134n]);
  });
  test("with nothing shown for one that attested between the two", () => {
    const found = plan([attested(3, 5n)]);
    expect(found).toMatchObject({ paths: 0b1011 });
    expect(decodeSuffix(found?.suffix ?? "0x").map(({ count }) => count)).toEqual([9n]);
  });
  test("not where its suffix does not fit, or its word is below", () => {
    const bytes = 5 * 96 + 40;
    expect(plan([attested(2, 134n)], bytes + 39)).toMatchObject({ paths: 0b011 });
    expect(plan([attested(2, 134n)], bytes + 40)).toMatchObject({ paths: 0b111 });
    expect(plan([attested(2, 4n)])).toMatchObject({ paths: 0b011 });
  });
});

describe("bestPair()", () => {
  const counts = Array.from({ length: 300 }, (_, i) => BigInt(i + 1));
  const { record, attested } = logged(counts);
  const best = (list: readonly Attestation[], networks: number, maxBytes: number) =>
    bestPair({ from: start, record, attested: list, networks, maxWindows: 1_000, maxBytes })?.map(
      ({ path, count }) => `${path}:${count}`,
    );

  test("the highest, where its suffix fits", () => {
    const list = [attested(0, 50n), attested(1, 50n), attested(0, 300n), attested(1, 200n)];
    expect(best(list, 0b01, 1_000_000)).toEqual(["0:300", "1:200"]);
  });
  test("lower ones of the same paths, where it does not", () => {
    const list = [attested(0, 50n), attested(1, 50n), attested(0, 300n), attested(1, 300n)];
    expect(best(list, 0b01, 11_000)).toEqual(["1:50", "0:50"]);
  });
  test("what is shortest, where nothing fits", () => {
    const list = [attested(0, 50n), attested(1, 60n), attested(0, 300n)];
    expect(best(list, 0b01, 100)).toEqual(["1:60", "0:50"]);
  });
  test("none without two paths, one of them a network", () => {
    expect(best([attested(0, 50n), attested(0, 60n)], 0b01, 1_000_000)).toBeUndefined();
    expect(best([attested(1, 50n), attested(2, 60n)], 0b01, 1_000_000)).toBeUndefined();
  });
});

describe("nothing is planned when the logs do not give what is attested", () => {
  const plan = (change: (record: LaneRecord) => LaneRecord, counts = [5n, 9n]) => {
    const { record, attested } = logged(counts, change);
    return () => planExecution({ from: start, record, pair: [attested(0, 9n), attested(1, 9n)], ...limits });
  };
  test("an altered entry", () => {
    const altered = (record: LaneRecord): LaneRecord => ({
      ...record,
      entries: (from, to) => record.entries(from, to)?.map((each) => ({ ...each, party: word(3n) })),
    });
    expect(plan(altered)).toThrow(LogMismatchError);
  });
  test("entries and root altered together", () => {
    const entries = [0n, 1n, 2n, 3n, 4n].map((index) => ({ ...entryOf(index), party: word(3n) }));
    const altered = (record: LaneRecord): LaneRecord => ({
      ...record,
      entries: (from, to) => (from === 0n ? entries : record.entries(from, to)),
      windowsAfter: (count) =>
        record.windowsAfter(count).map((each) => (each.count === 5n ? { ...each, root: rootOf(entries) } : each)),
    });
    expect(plan(altered)).toThrow(LogMismatchError);
  });
  test("an entry that is not known yet", () => {
    expect(plan((record) => ({ ...record, entries: () => undefined }))).toThrow(LogIncompleteError);
  });
  test("a window that is not known yet", () => {
    const missing = (record: LaneRecord): LaneRecord => ({
      ...record,
      windowsAfter: (count) => record.windowsAfter(count).filter((each) => each.count !== 9n),
    });
    expect(plan(missing)).toThrow(LogIncompleteError);
  });
});
