import { zeroHash } from "viem";
import { expect, test } from "vitest";
import { MOST_WINDOWS, nextBoundary } from "./boundary.ts";
import { createLaneRecord } from "./record.ts";

function recordOf(windows: number) {
  const record = createLaneRecord();
  for (let i = 1; i <= windows; i += 1) record.sealed({ count: BigInt(i), root: zeroHash, head: zeroHash, block: 1n });
  return record;
}
const dispatch = { head: zeroHash, ackCount: 0n, ackHead: zeroHash, paths: 1, block: 1n, blockHash: zeroHash };

test("while all windows fit, nothing but the newest count is sent", () => {
  expect(nextBoundary({ record: recordOf(0), executed: 0n })).toBeUndefined();
  expect(nextBoundary({ record: recordOf(MOST_WINDOWS), executed: 0n })).toBeUndefined();
});

test("of more windows than fit, a lower count is sent first, once", () => {
  const record = recordOf(3 * MOST_WINDOWS);
  expect(nextBoundary({ record, executed: 0n })).toBe(BigInt(MOST_WINDOWS));
  // The newest alone, whoever sent it, opens nothing.
  record.dispatched({ ...dispatch, count: BigInt(3 * MOST_WINDOWS) });
  expect(nextBoundary({ record, executed: 0n })).toBe(BigInt(MOST_WINDOWS));
  record.dispatched({ ...dispatch, count: BigInt(MOST_WINDOWS) });
  expect(nextBoundary({ record, executed: 0n })).toBeUndefined();
});

test("what was executed makes room for the next, final or not", () => {
  const record = recordOf(3 * MOST_WINDOWS);
  record.dispatched({ ...dispatch, count: BigInt(MOST_WINDOWS) });
  const executed = BigInt(MOST_WINDOWS);
  expect(nextBoundary({ record, executed })).toBe(BigInt(2 * MOST_WINDOWS));
  record.dispatched({ ...dispatch, count: BigInt(2 * MOST_WINDOWS) });
  expect(nextBoundary({ record, executed })).toBeUndefined();
  expect(nextBoundary({ record, executed: 2n * executed })).toBeUndefined();
});
