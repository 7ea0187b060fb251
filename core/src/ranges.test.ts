import { HttpRequestError } from "viem";
import { expect, test, vi } from "vitest";
import { readRanges } from "./ranges.ts";

/** One item a block; a node that refuses more than `most` blocks at once. */
const node = (most: bigint) =>
  vi.fn(async (fromBlock: bigint, toBlock: bigint) => {
    if (toBlock - fromBlock + 1n > most) throw new Error("query returned more than 10000 results");
    return Array.from({ length: Number(toBlock - fromBlock) + 1 }, (_, i) => fromBlock + BigInt(i));
  });
const blocks = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => BigInt(from + i));

test("readRanges() asks for less where the node refuses, and finds every block once, in order", async () => {
  const read = node(700n);
  expect(await readRanges({ from: 5n, to: 2_000n, read })).toEqual(blocks(5, 2_000));
  expect(await readRanges({ from: 5n, to: 2_000n, read, newestFirst: true })).toEqual(blocks(5, 2_000));
});

test("readRanges() stops as soon as it has enough", async () => {
  const read = node(20_000n);
  const found = await readRanges({
    from: 0n,
    to: 25_000n,
    read,
    newestFirst: true,
    isEnough: (items) => items.length > 0,
  });
  expect(found).toEqual(blocks(15_001, 25_000));
  expect(read).toHaveBeenCalledTimes(1);
});

test("readRanges() reads nothing of an empty range", async () => {
  const read = node(1n);
  expect(await readRanges({ from: 3n, to: 2n, read })).toEqual([]);
  expect(read).not.toHaveBeenCalled();
});

test("readRanges() asks a node that is away no smaller question", async () => {
  const read = vi.fn(async () => Promise.reject(new HttpRequestError({ url: "http://127.0.0.1:1" })));
  await expect(readRanges({ from: 0n, to: 10n, read })).rejects.toThrow(HttpRequestError);
  expect(read).toHaveBeenCalledTimes(1);
});
