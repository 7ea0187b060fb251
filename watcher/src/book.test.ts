import { createTestCommon } from "@weighlock/core/testing/common.ts";
import type { Hex } from "viem";
import { expect, test } from "vitest";
import { createBook } from "./book.ts";
import { type CommitmentQuery, CommitmentRefusedError, CommitmentUnknownError, decideCommitment } from "./decision.ts";
import type { RawLog } from "./decode.ts";
import type { WatchedChain } from "./deployment.ts";
import { Evidence } from "./evidence.ts";
import {
  ALPHA,
  entryOf,
  executedLog,
  HUB,
  honestLog,
  openedLog,
  postedLog,
  sealedLog,
  TO_ALPHA,
  TO_HUB,
} from "./testing/logs.ts";

function setUp({ sources = 1 }: { sources?: number } = {}) {
  const common = createTestCommon();
  const book = createBook({ common, chains: [HUB, ALPHA], sourcesOf: () => sources });
  const hear = (chain: WatchedChain, logs: readonly RawLog[], from?: number) => {
    for (let source = 0; source < sources; source += 1) {
      if (from === undefined || from === source) book.hear(chain, source, logs);
    }
  };
  const ask = (change: Partial<CommitmentQuery> = {}) =>
    decideCommitment({
      lanes: book.lanes,
      query: { srcEid: ALPHA.eid, dstEid: HUB.eid, count: 0n, ackCount: 0n, ...change },
    }).commitment;
  const refusal = (change: Partial<CommitmentQuery> = {}) => {
    try {
      ask(change);
    } catch (error) {
      if (error instanceof CommitmentRefusedError) return error.evidence.reason;
      if (error instanceof CommitmentUnknownError) return error.reason;
      throw error;
    }
    return undefined;
  };
  const open = () => {
    hear(ALPHA, [openedLog(ALPHA, HUB)]);
    hear(HUB, [openedLog(HUB, ALPHA)]);
  };
  return { common, book, hear, ask, refusal, open };
}

const zero: Hex = `0x${"00".repeat(32)}`;
const away = { srcEid: HUB.eid, dstEid: ALPHA.eid };

test("an empty lane is signed at count 0 once both ends have opened it", () => {
  const { hear, ask, refusal } = setUp();
  expect(refusal()).toBe("count-not-final");
  hear(ALPHA, [openedLog(ALPHA, HUB)]);
  const { heads } = honestLog(TO_HUB, []);
  const opposite = honestLog(TO_ALPHA, []);
  // The ack is what the sender's gateway executed, so the sender's own opening suffices.
  expect(ask()).toMatchObject({ lane: heads.get(0), head: heads.get(0), ackHead: opposite.heads.get(0) });
});

test("heads are made again at every seal, and only there", () => {
  const { hear, ask, refusal, open } = setUp();
  open();
  const { logs, heads } = honestLog(TO_HUB, [3, 1, 128]);
  hear(ALPHA, logs);
  for (const count of [0, 3, 4, 132]) expect(ask({ count: BigInt(count) }).head).toBe(heads.get(count));
  for (const count of [1, 2, 5, 133]) expect(refusal({ count: BigInt(count) })).toBe("count-not-final");
});

test("an ack is signed when it equals the head made from the opposite log", () => {
  const { hear, ask, refusal, open } = setUp();
  open();
  const { logs, heads } = honestLog(TO_ALPHA, [2, 2]);
  hear(HUB, logs.slice(0, 3));
  hear(ALPHA, [executedLog(TO_ALPHA, 2, heads.get(2) ?? zero)]);
  expect(ask({ ackCount: 2n })).toMatchObject({ ackCount: 2n, ackHead: heads.get(2) });
  expect(refusal({ ackCount: 1n })).toBe("ack-not-final");
  expect(refusal({ ackCount: 4n })).toBe("ack-not-final");

  // Executed on a chain that is read faster than the one that sealed it: unknown until the other is read as far.
  hear(ALPHA, [executedLog(TO_ALPHA, 4, heads.get(4) ?? zero)]);
  expect(refusal({ ackCount: 4n })).toBe("ack-not-final");
  hear(HUB, logs.slice(3));
  expect(ask({ ackCount: 4n }).ackHead).toBe(heads.get(4));
});

test("a false ack refuses the lane that would carry it, and not the lane that exposes it", async () => {
  const { common, hear, ask, refusal, open } = setUp();
  open();
  const { logs, heads } = honestLog(TO_ALPHA, [2]);
  hear(HUB, logs);
  hear(ALPHA, [executedLog(TO_ALPHA, 2, honestLog(TO_ALPHA, [2], 900).heads.get(2) ?? zero)]);
  expect(refusal({ ackCount: 2n })).toBe("false-ack");
  expect(refusal({ ackCount: 0n })).toBe("false-ack");
  expect(ask({ ...away, count: 2n }).head).toBe(heads.get(2));
  const metrics = await common.metrics.registry.metrics();
  expect(metrics).toContain('weighlock_watcher_refused_total{lane="alpha→hub",reason="false-ack",service="test"} 1');
  expect(metrics).toContain('weighlock_watcher_lane_refused{lane="alpha→hub",service="test"} 1');
  expect(metrics).toContain('weighlock_watcher_lane_refused{lane="hub→alpha",service="test"} 0');
});

test("a false ack at a count that was jumped over is one too", () => {
  const { hear, refusal, open } = setUp();
  open();
  const { logs, heads } = honestLog(TO_ALPHA, [2]);
  hear(ALPHA, [executedLog(TO_ALPHA, 1, heads.get(2) ?? zero)]);
  expect(refusal()).toBeUndefined();
  hear(HUB, logs);
  expect(refusal()).toBe("false-ack");
});

const honest = honestLog(TO_HUB, [2]);
const [first, second, seal] = honest.logs as [RawLog, RawLog, RawLog];
const [rootWord, headWord] = [`0x${seal.data.slice(2, 66)}`, `0x${seal.data.slice(66)}`] as [Hex, Hex];
test.each([
  ["an altered entry", [postedLog(TO_HUB, 0, entryOf(99)), second, seal]],
  ["a missing entry", [first, seal]],
  ["a missing first entry", [second, seal]],
  ["a repeated entry", [first, first, second, seal]],
  ["reordered entries", [second, first, seal]],
  ["an altered root", [first, second, sealedLog(TO_HUB, 2, zero, headWord)]],
  ["an altered head", [first, second, sealedLog(TO_HUB, 2, rootWord, zero)]],
  ["a seal of nothing", [first, second, seal, seal]],
  ["a window of 129", honestLog(TO_HUB, [129]).logs],
])("%s refuses the lane and everything that acknowledges it", (_, logs) => {
  const { hear, refusal, open } = setUp();
  open();
  hear(ALPHA, logs);
  expect(refusal({ count: 2n })).toBe("log-mismatch");
  expect(refusal()).toBe("log-mismatch");
  expect(refusal(away)).toBe("log-mismatch");
});

test.each([
  ["another lane id", [openedLog(ALPHA, HUB, { outLane: zero })]],
  ["another epoch", [openedLog(ALPHA, HUB, { epoch: 1n })]],
  ["two openings", [openedLog(ALPHA, HUB), openedLog(ALPHA, HUB)]],
  ["entries before it was opened", honest.logs],
])("%s refuses the lane", (_, logs) => {
  const { hear, refusal } = setUp();
  hear(ALPHA, logs);
  expect(refusal()).toBe("log-mismatch");
});

test("a seal counts when all sources have told it", () => {
  const { hear, ask, refusal, open } = setUp({ sources: 2 });
  open();
  hear(ALPHA, honest.logs, 0);
  expect(refusal({ count: 2n })).toBe("count-not-final");
  hear(ALPHA, honest.logs, 1);
  expect(ask({ count: 2n }).head).toBe(honest.heads.get(2));
});

test("sources that disagree get no signature, whichever of them is right", () => {
  const { hear, refusal, open } = setUp({ sources: 2 });
  open();
  hear(ALPHA, honest.logs, 0);
  hear(ALPHA, honestLog(TO_HUB, [2], 900).logs, 1);
  expect(refusal({ count: 2n })).toBe("sources-disagree");
  expect(refusal()).toBe("sources-disagree");
});

test("a source that leaves the newest logs out delays and does not mislead", () => {
  const { book, hear, refusal, open } = setUp({ sources: 2 });
  open();
  hear(ALPHA, honestLog(TO_HUB, Array(5_000).fill(1)).logs, 0);
  expect(refusal({ count: 1n })).toBe("count-not-final");
  expect(book.isAhead(ALPHA, 0)).toBe(true);
  expect(book.isAhead(ALPHA, 1)).toBe(false);
  expect(book.isAhead(HUB, 0)).toBe(false);
});

test("logs of another contract are evidence against the source", () => {
  const { hear, open } = setUp();
  open();
  expect(() => hear(ALPHA, [{ ...first, address: HUB.gateway }])).toThrow(Evidence);
});

test("lanes that the deployment does not have are not heard", () => {
  const { hear, ask, refusal, open } = setUp();
  open();
  const stranger = { ...TO_HUB, dst: { ...HUB, eid: 999 } };
  hear(ALPHA, [postedLog(stranger, 7, entryOf(1)), ...honest.logs]);
  expect(ask({ count: 2n }).head).toBe(honest.heads.get(2));
  expect(refusal({ dstEid: 999 })).toBe("lane-unknown");
});
