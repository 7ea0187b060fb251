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
  expect(nextBoundary({ record: recordOf(0), executed: 0n, networks: 1 })).toBeUndefined();
  expect(nextBoundary({ record: recordOf(MOST_WINDOWS), executed: 0n, networks: 1 })).toBeUndefined();
});

test("of more windows than fit, a lower count is sent first, once", () => {
  const record = recordOf(3 * MOST_WINDOWS);
  expect(nextBoundary({ record, executed: 0n, networks: 1 })).toBe(BigInt(MOST_WINDOWS));
  // The newest alone, whoever sent it, opens nothing.
  record.dispatched({ ...dispatch, count: BigInt(3 * MOST_WINDOWS) });
  expect(nextBoundary({ record, executed: 0n, networks: 1 })).toBe(BigInt(MOST_WINDOWS));
  // Anybody sends over the watchers' path for nothing.
  record.dispatched({ ...dispatch, count: 1n, paths: 2 });
  expect(nextBoundary({ record, executed: 0n, networks: 1 })).toBe(BigInt(MOST_WINDOWS));
  record.dispatched({ ...dispatch, count: BigInt(MOST_WINDOWS) });
  expect(nextBoundary({ record, executed: 0n, networks: 1 })).toBeUndefined();
});

test("what was executed makes room for the next, final or not", () => {
  const record = recordOf(3 * MOST_WINDOWS);
  record.dispatched({ ...dispatch, count: BigInt(MOST_WINDOWS) });
  const executed = BigInt(MOST_WINDOWS);
  expect(nextBoundary({ record, executed, networks: 1 })).toBe(BigInt(2 * MOST_WINDOWS));
  record.dispatched({ ...dispatch, count: BigInt(2 * MOST_WINDOWS) });
  expect(nextBoundary({ record, executed, networks: 1 })).toBeUndefined();
  expect(nextBoundary({ record, executed: 2n * executed, networks: 1 })).toBeUndefined();
});
