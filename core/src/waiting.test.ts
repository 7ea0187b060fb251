import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Held, isUnlocked, NEVER, Parked, Stage } from "./waiting.ts";

function membersOf(file: string, name: string): string[] {
  const source = readFileSync(new URL(`../../contracts/${file}`, import.meta.url), "utf8");
  const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(source)?.[1] ?? "";
  return body
    .replace(/\/\/.*$/gm, "")
    .split(",")
    .map((member) => member.trim());
}

test.each([
  ["interfaces/IClearingHouse.sol", "Held", Held],
  ["interfaces/ICollateralVault.sol", "Parked", Parked],
  ["types/Terms.sol", "Stage", Stage],
] as const)("%s: %s has the contract's numbers", (file, name, numbers) => {
  expect(membersOf(file, name)).toEqual(Object.keys(numbers));
  expect(Object.values(numbers)).toEqual(Object.keys(numbers).map((_, i) => i));
});

describe("isUnlocked()", () => {
  const terms = { parkedAt: 100n, unlockAt: 200n, unlockBlock: 0n, stage: Stage.Drawn };
  const large = { ...terms, unlockBlock: 50n, stage: Stage.Waited };
  const at = (clock: bigint, block: bigint, quorum = 2n) => ({ clock, block, quorum });

  test("by time, where only time counts: no path shortens it", () => {
    expect(isUnlocked(terms, at(199n, 1_000n, 3n))).toBe(false);
    expect(isUnlocked(terms, at(200n, 0n))).toBe(true);
  });
  test("a large one by time and blocks, or by a third path", () => {
    expect(isUnlocked(large, at(200n, 49n))).toBe(false);
    expect(isUnlocked(large, at(199n, 50n))).toBe(false);
    expect(isUnlocked(large, at(200n, 50n))).toBe(true);
    expect(isUnlocked(large, at(100n, 1n, 3n))).toBe(true);
  });
  test("a vetoed one by nothing", () => {
    expect(isUnlocked({ ...large, unlockAt: NEVER }, at(1n << 63n, 1n << 63n, 4n))).toBe(false);
  });
});
