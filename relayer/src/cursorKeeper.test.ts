import { createMemoryCursorStore } from "@weighlock/core/cursor.ts";
import type { Hash } from "viem";
import { expect, test } from "vitest";
import { createCursorKeeper } from "./cursorKeeper.ts";

const hash: Hash = `0x${"ab".repeat(32)}`;
const cursorAt = (number: bigint) => ({
  block: { number, hash, parentHash: hash, timestamp: number },
  finalized: undefined,
});

function create() {
  const cursors = createMemoryCursorStore();
  const work: { oldest: bigint | undefined } = { oldest: undefined };
  const keeper = createCursorKeeper({ cursors, key: "test", oldest: () => work.oldest });
  const stored = async () => (await keeper.load())?.block.number;
  return { keeper, work, stored };
}

test("the stored cursor stays behind the oldest work, and follows when it is done", async () => {
  const { keeper, work, stored } = create();
  await keeper.passed(cursorAt(1n));
  expect(await stored()).toBe(1n);
  work.oldest = 3n;
  for (const block of [2n, 3n, 4n, 5n]) await keeper.passed(cursorAt(block));
  expect(await stored()).toBe(2n);
  work.oldest = 5n;
  await keeper.passed(cursorAt(6n));
  expect(await stored()).toBe(4n);
  work.oldest = undefined;
  await keeper.passed(cursorAt(7n));
  expect(await stored()).toBe(7n);
});

test("positions that a reorg made void are never stored", async () => {
  const { keeper, work, stored } = create();
  work.oldest = 2n;
  for (const block of [1n, 2n, 3n, 4n]) await keeper.passed(cursorAt(block));
  keeper.rollback(2n);
  work.oldest = 5n;
  await keeper.passed(cursorAt(5n));
  expect(await stored()).toBe(2n);
});

test("a long wait keeps few positions and none ahead of the work", async () => {
  const { keeper, work, stored } = create();
  work.oldest = 3_000n;
  for (let block = 1n; block <= 6_000n; block += 1n) await keeper.passed(cursorAt(block));
  expect(await stored()).toBe(2_999n);
  work.oldest = 5_000n;
  await keeper.passed(cursorAt(6_001n));
  const after = await stored();
  expect(after).toBeGreaterThan(4_900n);
  expect(after).toBeLessThan(5_000n);
});
