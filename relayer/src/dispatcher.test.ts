import type { ChainClient } from "@weighlock/core/chains.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import { TransactionRevertedError } from "@weighlock/core/senderErrors.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { afterAll, expect, test, vi } from "vitest";
import { createDispatcher } from "./dispatcher.ts";
import type { LaneChains } from "./lane/chains.ts";
import { createPaperLane } from "./testing/deployment.ts";

const paper = createPaperLane();
const tipJar = "0x7171717171717171717171717171717171717171";
const lane = { ...paper, src: { ...paper.src, tipJar } } as typeof paper;
const common = createTestCommon();
afterAll(() => common.shutdown.stop("test"));

const job = { srcEid: lane.src.eid, dstEid: lane.dst.eid, count: 5n, ackCount: 0n };
const policy = { maxAgeSeconds: 30, maxCount: 3, ackAgeSeconds: 600 };
const due = {
  posted: 5n,
  sealed: 0n,
  networks: 1,
  executed: 0n,
  sentCount: 0n,
  sentAckCount: 0n,
  now: 1_000n,
  oldestPostedAt: 990n,
  unacknowledgedSince: undefined,
  boundary: undefined,
};
const PAYING = { held: 700n, paidCount: 4n, paidAt: 970n };

/** The networks take 600 wei, and a jar pays every 30 seconds; `jar` is what the source's chain says of ours. */
function setUp({
  jar = PAYING,
  fee = 600n,
  useTipJars = true,
  situations = [due],
  refusal,
}: {
  jar?: typeof PAYING;
  fee?: bigint;
  useTipJars?: boolean;
  /** One after the other, the last for ever. */
  situations?: (typeof due)[];
  /** What a dispatch through the jar fails with. */
  refusal?: Error;
}) {
  const answers: Record<string, unknown> = {
    quoteDispatch: fee,
    jarOf: [jar.held, jar.paidCount, jar.paidAt],
    interval: 30n,
  };
  const readContract = async ({ functionName }: { functionName: string }) => answers[functionName];
  const write = vi.fn(async ({ address }: { address: string; args: readonly unknown[]; value?: bigint }) => {
    if (address === tipJar && refusal !== undefined) throw refusal;
    return { transactionHash: "0x00", gasUsed: 1n, logs: [] };
  });
  const src = { chain: { client: { readContract } as unknown as ChainClient }, sender: { address: "0xf00d", write } };
  const readSituation = vi.fn(async () => situations.shift() ?? due);
  const dispatch = createDispatcher({
    common,
    lane,
    chains: { src } as unknown as LaneChains,
    readSituation,
    policy,
    useTipJars,
  });
  return { dispatch, sentTo: () => write.mock.calls.map(([{ address }]) => address), write };
}
const reverted = (name: string) =>
  new TransactionRevertedError({ revert: { name, args: {}, sentence: name }, label: "dispatch" });

test("a jar that covers the networks' fees pays, and no value is sent", async () => {
  const { dispatch, write } = setUp({});
  await dispatch(job);
  expect(write).toHaveBeenCalledOnce();
  expect(write.mock.calls[0]?.[0]).toMatchObject({ address: tipJar, args: [lane.dst.eid, 1] });
  expect(write.mock.calls[0]?.[0].value).toBeUndefined();
});

test.each<[string, Parameters<typeof setUp>[0]]>([
  ["holds less than the fees", { jar: { ...PAYING, held: 599n } }],
  ["paid too short a time ago", { jar: { ...PAYING, paidAt: 971n } }],
  ["has paid for that count", { jar: { ...PAYING, paidCount: 5n } }],
  ["has no fee to pay", { fee: 0n }],
  ["is not to be used", { useTipJars: false }],
])("a jar that %s is left alone", async (_, options) => {
  const { dispatch, write } = setUp(options);
  await dispatch(job);
  expect(write).toHaveBeenCalledOnce();
  expect(write.mock.calls[0]?.[0]).toMatchObject({ address: lane.src.gateway, value: options.fee ?? 600n });
});

test("what the jar refuses is dispatched without it, while it is still due", async () => {
  const { dispatch, sentTo } = setUp({ refusal: reverted("TooSoon") });
  await dispatch(job);
  expect(sentTo()).toEqual([tipJar, lane.src.gateway]);
});

test("somebody who was first at the jar leaves nothing to dispatch", async () => {
  const { dispatch, sentTo } = setUp({
    refusal: reverted("AlreadyDispatched"),
    situations: [due, { ...due, sentCount: 5n }],
  });
  await dispatch(job);
  expect(sentTo()).toEqual([tipJar]);
});

test("an error that is no revert is not taken for the jar's refusal", async () => {
  const { dispatch, sentTo } = setUp({ refusal: new FatalError("the node is gone") });
  await expect(dispatch(job)).rejects.toThrow("the node is gone");
  expect(sentTo()).toEqual([tipJar]);
});

test("nothing is sent when nothing is due", async () => {
  const { dispatch, write } = setUp({ situations: [{ ...due, sentCount: 5n }] });
  await dispatch(job);
  expect(write).not.toHaveBeenCalled();
});

test("a lower count that must go first is sent directly, past the jar", async () => {
  const { dispatch, write } = setUp({ situations: [{ ...due, boundary: 3n } as unknown as typeof due] });
  await dispatch(job);
  expect(write).toHaveBeenCalledOnce();
  expect(write.mock.calls[0]?.[0]).toMatchObject({
    address: lane.src.gateway,
    args: [lane.dst.eid, 3n, 1, "0xf00d", false],
  });
});
