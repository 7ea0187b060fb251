import { layout } from "@weighlock/core/abi/layout.ts";
import type { ChainClient } from "@weighlock/core/chains.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { type Hex, numberToHex } from "viem";
import { afterAll, expect, test, vi } from "vitest";
import { createPaperLane } from "../testing/deployment.ts";
import type { LaneChains } from "./chains.ts";
import { createLaneLook } from "./look.ts";
import { createLaneRecord } from "./record.ts";

const common = createTestCommon();
afterAll(() => common.shutdown.stop("test"));
const lane = createPaperLane();
const { Counters } = layout.Gateway.structs;
const word = (n: bigint): Hex => numberToHex(n, { size: 32 });
const counters = (values: Partial<Record<keyof typeof Counters, bigint>>): Hex =>
  word(
    Object.entries(values).reduce(
      (sum, [name, value]) => sum | (value << BigInt(8 * Counters[name as keyof typeof Counters].offset)),
      0n,
    ),
  );

/** Five entries are sealed, of which the record may know the first; both paths attested them. */
function setUp({ isCaughtUp, knowsEntry }: { isCaughtUp: boolean; knowsEntry: boolean }) {
  const record = createLaneRecord();
  const entry = { word: 1n, account: word(1n), party: word(2n) };
  if (knowsEntry) record.posted({ index: 0n, entry, block: 1n });
  for (const path of [0, 1]) record.attested({ count: 5n, path, block: 1n });
  const pathsOf = [[lane.layerZero.dst.address, lane.watchers.address], 0b11, 0b01];
  const clientOf = (slot: Hex) =>
    ({
      getStorageAt: async () => slot,
      readContract: async ({ functionName }: { functionName: string }) => {
        if (functionName === "pathsOf") return pathsOf;
        throw new RangeError("the state is gone");
      },
    }) as unknown as ChainClient;
  let tip = 10n;
  const rescan = vi.fn(() => true);
  const feed = {
    tip: () => ({ number: tip, hash: word(1n), parentHash: word(0n), timestamp: 0n }),
    finalized: () => undefined,
    isCaughtUp: () => isCaughtUp,
    rescan,
  };
  const end = (slot: Hex) => ({ chain: { client: clientOf(slot) }, feed }) as unknown as LaneChains["src"];
  const chains = {
    src: end(counters({ posted: 5n, sealed_: 5n })),
    dst: end(counters({ enabled: 0b11n, networks: 0b01n })),
  };
  const execute = vi.fn(async () => undefined);
  const nothing = async () => undefined;
  const look = createLaneLook({
    common,
    lane,
    record,
    chains,
    readSituation: async () => ({
      posted: 5n,
      sealed: 5n,
      networks: 1,
      executed: 0n,
      sentCount: 5n,
      sentAckCount: 0n,
      now: 0n,
      oldestPostedAt: undefined,
      unacknowledgedSince: undefined,
      boundary: undefined,
    }),
    queues: { dispatch: nothing, commit: nothing, execute },
    policy: { maxAgeSeconds: 1_000, maxCount: 1_000, ackAgeSeconds: 1_000 },
  });
  const lookAt = async (block: bigint) => {
    tip = block;
    look.poke();
    await look.idle();
  };
  return { lookAt, execute, rescan };
}

test("a check for packets that fails leaves the jobs that are due", async () => {
  const { lookAt, execute } = setUp({ isCaughtUp: true, knowsEntry: true });
  await lookAt(10n);
  expect(execute).toHaveBeenCalledWith(expect.objectContaining({ count: 5n }));
});

test("an entry that is due and not known has the source read again, once reading has caught up", async () => {
  const { lookAt, rescan } = setUp({ isCaughtUp: true, knowsEntry: false });
  await lookAt(10n);
  await lookAt(11n);
  expect(rescan).not.toHaveBeenCalled();
  await lookAt(12n);
  expect(rescan).toHaveBeenCalledTimes(1);
});

test("what reading has not come to yet is no gap", async () => {
  const { lookAt, rescan } = setUp({ isCaughtUp: false, knowsEntry: false });
  for (const block of [10n, 30n, 50n]) await lookAt(block);
  expect(rescan).not.toHaveBeenCalled();
});
