import { layout } from "@weighlock/core/abi/layout.ts";
import { decodeSuffix, headOf } from "@weighlock/core/laneLog.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { type Hex, numberToHex, zeroHash } from "viem";
import { afterAll, expect, test, vi } from "vitest";
import { createPaperLane } from "../testing/deployment.ts";
import type { LaneChains } from "./chains.ts";
import { createLaneRecord } from "./record.ts";
import { createLaneVoucher } from "./voucher.ts";

const common = createTestCommon();
afterAll(() => common.shutdown.stop("test"));
const lane = createPaperLane();
const word = (n: bigint): Hex => numberToHex(n, { size: 32 });
const { Counters, Lane } = layout.Gateway.structs;

/** Executed up to 5; the log goes on to 9. `attested` is what the gateway holds of each path. */
function setUp({
  enabled,
  vouched,
  attested,
}: {
  enabled: bigint;
  vouched: readonly bigint[];
  attested: readonly { path: number; count: bigint; isHonest: boolean }[];
}) {
  const heads = new Map<bigint, Hex>([[5n, word(55n)]]);
  heads.set(9n, headOf({ head: word(55n), root: word(9n), count: 9n }));
  const record = createLaneRecord();
  record.sealed({ count: 9n, root: word(9n), head: zeroHash, block: 1n });
  const slots: Hex[] = [];
  const client = {
    getBlockNumber: async () => 100n,
    getStorageAt: async ({ slot }: { slot: Hex }) => {
      if (!slots.includes(slot)) slots.push(slot);
      const base = BigInt(slots.toSorted()[0] ?? 0n);
      const at = Number(BigInt(slot) - base);
      if (at === Lane.counters.slot) return word(enabled << BigInt(8 * Counters.enabled.offset));
      if (at !== Lane.vouched.slot) return zeroHash;
      return word(vouched.reduce((sum, count, path) => sum | (count << BigInt(64 * path)), 0n));
    },
    getLogs: async () => attested.map(({ path, count }) => ({ args: { path, count } })),
    readContract: async ({ functionName, args }: { functionName: string; args: readonly [number, ...bigint[]] }) => {
      if (functionName === "inbox") return [5n, word(55n)];
      if (functionName === "executedHead") return heads.get(args[1] as bigint) ?? zeroHash;
      const found = attested.find(({ path, count }) => path === Number(args[1]) && count === args[2]);
      if (found === undefined) return [zeroHash, 0n];
      return [found.isHonest ? heads.get(found.count) : word(0xeen), 1n];
    },
  };
  const write = vi.fn(async (_: { args: readonly unknown[] }) => ({ transactionHash: zeroHash, gasUsed: 1n }));
  const dst = { chain: { client }, sender: { write } } as unknown as LaneChains["dst"];
  const vouch = createLaneVoucher({ common, lane, record, chains: { dst } });
  return { vouch: () => vouch({ index: 3n, block: 50n }), calls: () => write.mock.calls.map(([{ args }]) => args) };
}

test("a lane of two paths has no third one to wait for", async () => {
  const { vouch, calls } = setUp({ enabled: 0b11n, vouched: [5n, 5n], attested: [] });
  expect(await vouch()).toBe(false);
  expect(calls()).toEqual([]);
});

test("a third path's word at what is executed is shown as it is", async () => {
  const { vouch, calls } = setUp({
    ...{ enabled: 0b111n, vouched: [5n, 5n, 2n] },
    attested: [
      { path: 2, count: 9n, isHonest: true },
      { path: 2, count: 5n, isHonest: true },
    ],
  });
  expect(await vouch()).toBe(true);
  expect(calls()).toEqual([[lane.src.eid, 2, 5n, "0x"]]);
});

test("one further on is shown with the windows between", async () => {
  const attested = [{ path: 2, count: 9n, isHonest: true }];
  const { vouch, calls } = setUp({ enabled: 0b111n, vouched: [5n, 5n, 0n], attested });
  await vouch();
  const [[, path, count, suffix] = []] = calls();
  expect([path, count]).toEqual([2, 5n]);
  expect(decodeSuffix(suffix as Hex).map((node) => node.count)).toEqual([9n]);
});

test("nothing is sent for a lie, a disabled path, or one that has not come so far", async () => {
  const lied = setUp({
    ...{ enabled: 0b111n, vouched: [5n, 5n, 0n] },
    attested: [{ path: 2, count: 9n, isHonest: false }],
  });
  expect(await lied.vouch()).toBe(true);
  const disabled = setUp({
    ...{ enabled: 0b1011n, vouched: [5n, 5n, 0n, 0n] },
    attested: [
      { path: 2, count: 5n, isHonest: true },
      { path: 3, count: 3n, isHonest: true },
    ],
  });
  expect(await disabled.vouch()).toBe(true);
  expect([...lied.calls(), ...disabled.calls()]).toEqual([]);
});
