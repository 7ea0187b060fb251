import { createTestClient, createWalletClient, type Hex, http } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Chain, createChain } from "./chains.ts";
import type { Cursor } from "./cursor.ts";
import { BrokenFinalityError, type FollowerEvent, type FollowerOptions, followChain } from "./follower.ts";
import { startAnvil, type TestProcess } from "./testing/processes.ts";

/** LOG1 with the call's first word as topic, whoever calls. */
const EMITTER = "0x00000000000000000000000000000000000e0e0e" as const;
const EMITTER_CODE: Hex = "0x60003560006000a100";
const topic = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;

let anvil: TestProcess;
let chain: Chain;
const account = privateKeyToAccount(generatePrivateKey());
const closing: TestProcess[] = [];
const aborts: AbortController[] = [];

beforeEach(async () => {
  anvil = await startAnvil({ args: ["--no-mining", "--slots-in-an-epoch", "2"] });
  closing.push(anvil);
  chain = await createChain({ name: "test", chainId: 31_337, rpcUrl: anvil.url });
  await node().setCode({ address: EMITTER, bytecode: EMITTER_CODE });
  await node().setBalance({ address: account.address, value: 10n ** 20n });
});
afterEach(async () => {
  for (const abort of aborts.splice(0)) abort.abort();
  await Promise.all(closing.splice(0).map((process) => process.close()));
});
afterAll(() => Promise.all(closing.map((process) => process.close())));

const node = () => createTestClient({ mode: "anvil", chain: chain.viemChain, transport: http(anvil.url) });
async function emit(n: number): Promise<void> {
  const wallet = createWalletClient({ account, chain: chain.viemChain, transport: http(anvil.url) });
  await wallet.sendTransaction({ to: EMITTER, data: topic(n), gas: 60_000n });
  await node().mine({ blocks: 1 });
}

function follow(options: Partial<FollowerOptions> = {}) {
  const abort = new AbortController();
  aborts.push(abort);
  const events = followChain({
    client: chain.client,
    filter: { addresses: [EMITTER] },
    fromBlock: 1n,
    pollMs: 10,
    signal: abort.signal,
    ...options,
  });
  /** Reads on until an event matches; returns all that were read. */
  async function until(matches: (event: FollowerEvent) => boolean): Promise<FollowerEvent[]> {
    const seen: FollowerEvent[] = [];
    for (;;) {
      const { value, done } = await events.next();
      if (done || !value) return seen;
      seen.push(value);
      if (matches(value)) return seen;
    }
  }
  return { abort, events, until };
}
const topicsOf = (events: FollowerEvent[]) =>
  events.flatMap((event) => (event.type === "logs" ? event.logs.map((log) => Number(log.topics[0])) : []));
const reaches = (number: bigint) => (event: FollowerEvent) => event.type === "logs" && event.block.number >= number;

test("it backfills in bounded ranges, in order, then follows the tip", async () => {
  for (const n of [1, 2, 3, 4, 5]) await emit(n);
  const { until } = follow({ maxRange: 2 });
  const backfill = await until(reaches(5n));
  expect(topicsOf(backfill)).toEqual([1, 2, 3, 4, 5]);
  expect(backfill.filter(({ type }) => type === "logs")).toHaveLength(3);
  await emit(6);
  expect(topicsOf(await until(reaches(6n)))).toEqual([6]);
});

test("a topic filter keeps the others out", async () => {
  for (const n of [1, 2, 3]) await emit(n);
  const { until } = follow({ filter: { addresses: [EMITTER], topics: [[topic(1), topic(3)]] } });
  expect(topicsOf(await until(reaches(3n)))).toEqual([1, 3]);
});

test("a cursor resumes after its block, with nothing twice and nothing missed", async () => {
  for (const n of [1, 2, 3]) await emit(n);
  const first = follow();
  const cursor = (await first.until(reaches(3n))).at(-1)?.cursor;
  first.abort.abort();
  for (const n of [4, 5]) await emit(n);
  expect(topicsOf(await follow({ cursor }).until(reaches(5n)))).toEqual([4, 5]);
});

test("a reorg is told with the common ancestor, and what replaced it follows", async () => {
  for (const n of [1, 2, 3, 4, 5, 6]) await emit(n);
  const { until } = follow();
  await until(reaches(6n));
  await node().request({ method: "anvil_reorg" as never, params: [2, []] as never });
  await emit(7);
  const events = await until(reaches(7n));
  const reorg = events.find(({ type }) => type === "reorg");
  if (reorg?.type !== "reorg") throw new Error("no reorg was told");
  expect(reorg.commonAncestor.number).toBeLessThanOrEqual(4n);
  const canonical = await chain.client.getBlock({ blockNumber: reorg.commonAncestor.number });
  expect(reorg.commonAncestor.hash).toBe(canonical.hash);
  expect(topicsOf(events.slice(events.indexOf(reorg)))).toEqual(
    [3, 4, 7].filter((n) => n === 7 || BigInt(n) > reorg.commonAncestor.number),
  );
});

test("after a reorg while nobody looked, the cursor is dropped and everything is read again", async () => {
  for (const n of [1, 2, 3, 4, 5, 6]) await emit(n);
  const first = follow();
  const seen = await first.until(({ type }) => type === "finalized");
  const cursor = seen.at(-1)?.cursor;
  expect(cursor?.finalized?.number).toBe(2n);
  first.abort.abort();
  await node().request({ method: "anvil_reorg" as never, params: [2, []] as never });
  await emit(7);
  const events = await follow({ cursor }).until(reaches(5n));
  expect(topicsOf(events).slice(0, 2)).toEqual([1, 2]);
  expect(events.filter(({ type }) => type === "reorg")).toEqual([]);
});

const bogus: Hex = `0x${"ba".repeat(32)}`;
const poisoned: [string, (cursor: Cursor) => Cursor][] = [
  ["a final block that never was", ({ block }) => ({ block, finalized: { ...block, number: 2n, hash: bogus } })],
  ["a block that never was", ({ block, finalized }) => ({ block: { ...block, hash: bogus }, finalized })],
  ["a block far ahead", ({ block, finalized }) => ({ block: { ...block, number: 2n ** 60n }, finalized })],
  ["a final block far ahead", ({ block }) => ({ block, finalized: { ...block, number: 2n ** 60n } })],
];
describe.each(["latest", "finalized"] as const)("%s", (tag) => {
  test.each(poisoned)("a cursor with %s is dropped", async (_, poison) => {
    for (const n of [1, 2, 3, 4, 5, 6]) await emit(n);
    const first = follow({ tag });
    const cursor = (await first.until(({ type }) => type === "finalized")).at(-1)?.cursor;
    if (!cursor) throw new Error("no cursor");
    first.abort.abort();
    const events = await follow({ tag, cursor: poison(cursor) }).until(reaches(2n));
    expect(topicsOf(events).slice(0, 2)).toEqual([1, 2]);
  });
});

test("what only a cursor calls final may be reorganised", async () => {
  for (const n of [1, 2, 3, 4, 5, 6]) await emit(n);
  const first = follow();
  const cursor = (await first.until(reaches(6n))).at(-1)?.cursor;
  if (!cursor) throw new Error("no cursor");
  first.abort.abort();
  const second = follow({ cursor: { block: cursor.block, finalized: cursor.block } });
  const next = second.events.next();
  await emit(7);
  await next;
  await node().request({ method: "anvil_reorg" as never, params: [3, []] as never });
  await emit(8);
  const events = await second.until(({ type }) => type === "reorg");
  expect(events.at(-1)).toMatchObject({ type: "reorg" });
});

test("in finalized mode only final blocks are read", async () => {
  for (const n of [1, 2, 3, 4, 5, 6]) await emit(n);
  const { until } = follow({ tag: "finalized" });
  const events = await until(({ type }) => type === "finalized");
  expect(topicsOf(events)).toEqual([1, 2]);
  expect(events.at(-1)).toMatchObject({ type: "finalized", block: { number: 2n } });
  await emit(7);
  expect(topicsOf(await until(reaches(3n)))).toEqual([3]);
});

test.each(["latest", "finalized"] as const)("%s: a final block that changes is fatal", async (tag) => {
  for (const n of [1, 2, 3, 4, 5, 6]) await emit(n);
  const { until, events } = follow({ tag });
  await until(({ type }) => type === "finalized");
  await node().request({ method: "anvil_reorg" as never, params: [5, []] as never });
  await expect(events.next()).rejects.toBeInstanceOf(BrokenFinalityError);
});

test("a node that is away is asked again; an abort ends the stream at once", async () => {
  await emit(1);
  const failures: number[] = [];
  const attempted = Promise.withResolvers<void>();
  const { until, abort } = follow({
    onAttempt: (_, count) => {
      failures.push(count);
      attempted.resolve();
    },
  });
  await until(reaches(1n));
  await anvil.close();
  const ended = until(() => false);
  await attempted.promise;
  abort.abort();
  await ended;
  expect(failures[0]).toBe(1);
});
