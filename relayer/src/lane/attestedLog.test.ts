import type { ChainClient } from "@weighlock/core/chains.ts";
import { headOf } from "@weighlock/core/laneLog.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { type Hex, zeroHash } from "viem";
import { afterAll, expect, test } from "vitest";
import { LogIncompleteError, LogMismatchError } from "../executionPlan.ts";
import { createPaperLane } from "../testing/deployment.ts";
import { createAttestedLogReader, executableOf } from "./attestedLog.ts";
import type { LaneChains } from "./chains.ts";
import { createLaneRecord } from "./record.ts";

const common = createTestCommon();
afterAll(() => common.shutdown.stop("test"));
const lane = createPaperLane();
const word = (n: bigint): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const from = { count: 0n, head: word(77n) };
const counters = { posted: 0n, sealed: 0n, executed: 0n, enabled: 0b111, networks: 0b101, windowLimit: 1, halt: 0 };

/** Windows end at 5 and 9; `attested` is what the gateway holds, 0 the wrong head. */
function setUp(attested: readonly { path: number; count: bigint; isHonest: boolean }[]) {
  const record = createLaneRecord();
  const heads = new Map<bigint, Hex>();
  let { head } = from;
  for (const count of [5n, 9n]) {
    head = headOf({ head, root: word(count), count });
    heads.set(count, head);
    record.sealed({ count, root: word(count), head: word(0n), block: 1n });
  }
  for (const { path, count } of attested) record.attested({ path, count, block: 1n });
  const client = {
    readContract: async ({ args: [, path, count] }: { args: [number, number, bigint] }) => {
      const found = attested.find((each) => each.path === path && each.count === count);
      if (found === undefined) return [zeroHash];
      return [found.isHonest ? heads.get(count) : word(0xeen)];
    },
    // Nothing is sealed there.
    getStorageAt: async () => zeroHash,
  } as unknown as ChainClient;
  const end = { chain: { client } } as unknown as LaneChains["src"];
  const read = createAttestedLogReader({ common, lane, record, chains: { src: end, dst: end } });
  return async () =>
    executableOf(await read(counters, from), counters)
      .map(({ path, count }) => `${path}:${count}`)
      .sort();
}

test("one path that attests far beyond what is sealed is left out", async () => {
  const read = setUp([
    { path: 0, count: 9n, isHonest: true },
    { path: 2, count: 5n, isHonest: true },
    { path: 1, count: 900_000n, isHonest: false },
  ]);
  expect(await read()).toEqual(["0:9", "2:5"]);
});

test("a path that attests another head is left out, also with what lies on the log", async () => {
  const read = setUp([
    { path: 0, count: 9n, isHonest: true },
    { path: 2, count: 9n, isHonest: true },
    { path: 1, count: 5n, isHonest: true },
    { path: 1, count: 9n, isHonest: false },
  ]);
  expect(await read()).toEqual(["0:9", "2:9"]);
});

test("its honest ones are kept where there is no pair without", async () => {
  const read = setUp([
    { path: 0, count: 9n, isHonest: true },
    { path: 1, count: 5n, isHonest: true },
    { path: 1, count: 9n, isHonest: false },
  ]);
  expect(await read()).toEqual(["0:9", "1:5"]);
});

test("an error when there is no pair but of what the log does not bear out", async () => {
  const lied = setUp([
    { path: 0, count: 9n, isHonest: true },
    { path: 1, count: 9n, isHonest: false },
  ]);
  await expect(lied()).rejects.toThrow(LogMismatchError);
  const jumped = setUp([
    { path: 0, count: 9n, isHonest: true },
    { path: 1, count: 7n, isHonest: false },
  ]);
  await expect(jumped()).rejects.toThrow(LogMismatchError);
  const missing = setUp([
    { path: 0, count: 9n, isHonest: true },
    { path: 1, count: 12n, isHonest: false },
  ]);
  await expect(missing()).rejects.toThrow(LogIncompleteError);
});

test("none while one path alone has attested", async () => {
  expect(await setUp([{ path: 0, count: 9n, isHonest: true }])()).toEqual([]);
});
