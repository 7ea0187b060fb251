import { expect, test } from "vitest";
import { formatUnits, parseAmount, parseFee, splitRepresentable } from "./amount.ts";
import { UsageError } from "./errors.ts";

test.each([
  ["12.5", 6, 12_500_000n],
  ["12", 6, 12_000_000n],
  ["0.000001", 6, 1n],
  ["1.50", 1, 15n],
  ["007", 0, 7n],
  [" 3 ", 2, 300n],
  ["0.1234567890123456789", 19, 1_234_567_890_123_456_789n],
])("%s of %i decimals", (text, decimals, units) => {
  expect(parseAmount({ text, decimals, symbol: "USDC" })).toBe(units);
});

test.each([
  ["", "is not an amount"],
  ["-1", "is not an amount"],
  ["1e6", "is not an amount"],
  ["1,5", "is not an amount"],
  ["1.", "is not an amount"],
  [".5", "is not an amount"],
  ["0x10", "is not an amount"],
  ["12.5.1", "is not an amount"],
  ["ten", "is not an amount"],
  ["0", "zero"],
  ["0.000000", "zero"],
  ["1.0000001", "the smallest step is 0.000001"],
  ["9".repeat(70), "more than one entry can carry"],
])('"%s" is refused: %s', (text, reason) => {
  const parse = () => parseAmount({ text, decimals: 6, symbol: "USDC" });
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(reason);
});

test("a fee may be zero, and is an amount otherwise", () => {
  const fee = (text: string) => parseFee({ text, decimals: 6, symbol: "USDC" });
  expect([fee("0"), fee("0.00"), fee("0.25")]).toEqual([0n, 0n, 250_000n]);
  expect(() => fee("-0")).toThrow(UsageError);
  expect(() => fee("0.0000001")).toThrow("the smallest step");
});

test.each([
  [12_500_000n, 6, "12.5"],
  [0n, 6, "0"],
  [1n, 6, "0.000001"],
  [-1_500_000n, 6, "-1.5"],
  [7n, 0, "7"],
  [10n, 1, "1"],
])("%s of %i decimals is written %s", (units, decimals, text) => {
  expect(formatUnits(units, decimals)).toBe(text);
});

test("what is not a whole canonical unit stays", () => {
  expect(splitRepresentable({ local: 1_999n, decimals: 9, canonicalDecimals: 6 })).toEqual({
    canonical: 1n,
    taken: 1_000n,
    left: 999n,
  });
  expect(splitRepresentable({ local: 5n, decimals: 6, canonicalDecimals: 6 })).toEqual({
    canonical: 5n,
    taken: 5n,
    left: 0n,
  });
});
