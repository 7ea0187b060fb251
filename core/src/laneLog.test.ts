import type { Address, Hex } from "viem";
import { describe, expect, test } from "vitest";
import {
  decodeSuffix,
  encodeSuffix,
  headOf,
  laneId,
  rootOf,
  SuffixCountError,
  SuffixLengthError,
  walkSuffix,
} from "./laneLog.ts";
import { readVectors } from "./testing/vectors.ts";

type LaneCase = Record<"dstChainId" | "dstEid" | "epoch" | "id" | "srcChainId" | "srcEid", Hex> &
  Record<"srcGateway" | "dstGateway", Address>;
type RootCase = { accounts: Hex[]; from: Hex; parties: Hex[]; root: Hex; words: Hex[] };
type HeadCase = { count: Hex; head: Hex; next: Hex; root: Hex };
type SuffixCase = { count: Hex; counts: Hex[]; encoded: Hex; head: Hex; heads: Hex[]; roots: Hex[] };

describe("lanes.json", () => {
  test.each(readVectors<LaneCase>("lanes"))("$id", ({ id, ...lane }) => {
    expect(
      laneId({
        epoch: BigInt(lane.epoch),
        srcChainId: BigInt(lane.srcChainId),
        srcEid: Number(lane.srcEid),
        srcGateway: lane.srcGateway,
        dstChainId: BigInt(lane.dstChainId),
        dstEid: Number(lane.dstEid),
        dstGateway: lane.dstGateway,
      }),
    ).toBe(id);
  });
});

describe("roots.json", () => {
  test.each(readVectors<RootCase>("roots"))("$root", ({ accounts, from, parties, root, words }) => {
    const entries = words.map((word, i) => ({
      word: BigInt(word),
      account: accounts[i] ?? "0x",
      party: parties[i] ?? "0x",
    }));
    expect(rootOf(entries, from)).toBe(root);
  });
});

describe("heads.json", () => {
  test.each(readVectors<HeadCase>("heads"))("$next", ({ count, head, next, root }) => {
    expect(headOf({ head, root, count: BigInt(count) })).toBe(next);
  });
});

describe("suffixes.json", () => {
  test.each(readVectors<SuffixCase>("suffixes"))("$head", ({ count, counts, encoded, head, heads, roots }) => {
    const nodes = roots.map((root, i) => ({ root, count: BigInt(counts[i] ?? 0) }));
    expect(encodeSuffix(nodes)).toBe(encoded);
    expect(decodeSuffix(encoded)).toEqual(nodes);
    const reached = walkSuffix({ count: BigInt(count), head }, encoded);
    expect(reached).toEqual(heads.map((each, i) => ({ head: each, count: BigInt(counts[i] ?? 0) })));
  });
});

const root: Hex = `0x${"11".repeat(32)}`;

test("a suffix refuses counts that do not rise by 1 to 128", () => {
  expect(() => encodeSuffix([5n, 5n].map((count) => ({ root, count })))).toThrow(SuffixCountError);
  expect(() => encodeSuffix([5n, 134n].map((count) => ({ root, count })))).toThrow(SuffixCountError);
  expect(() => walkSuffix({ count: 5n, head: root }, [{ root, count: 5n }])).toThrow(SuffixCountError);
  expect(() => walkSuffix({ count: 0n, head: root }, [{ root, count: 129n }])).toThrow(SuffixCountError);
});

test("decodeSuffix() refuses a length that is no multiple of 40", () => {
  expect(() => decodeSuffix(root)).toThrow(SuffixLengthError);
});
