import type { Hex } from "viem";
import { expect, test } from "vitest";
import { formatEvm, InteropAddressError, parseEvm } from "./interop.ts";

const address = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const tail = "14d8da6bf26964af9d7eed9e03e53415d37aa96045";

test.each<[bigint, Hex]>([
  // The example of ERC-7930 itself.
  [1n, `0x000100000101${tail}`],
  [0n, `0x000100000100${tail}`],
  [42_161n, `0x0001000002a4b1${tail}`],
  [(1n << 256n) - 1n, `0x0001000020${"ff".repeat(32)}${tail}`],
])("chain id %s", (chainId, encoded) => {
  expect(formatEvm({ chainId, address })).toBe(encoded);
  expect(parseEvm(encoded)).toEqual({ chainId, address });
});

test.each<[string, Hex]>([
  ["empty", "0x"],
  ["another version", `0x000200000101${tail}`],
  ["another chain type", `0x000100020101${tail}`],
  ["no chain reference", `0x0001000000${tail}`],
  ["a chain reference that is not minimal", `0x00010000020001${tail}`],
  ["trailing bytes", `0x000100000101${tail}00`],
  ["a short address", `0x000100000101${tail.slice(0, -2)}`],
  ["an address length that lies", `0x00010000010113${tail.slice(2)}`],
])("parseEvm() refuses %s", (_, encoded) => {
  expect(() => parseEvm(encoded)).toThrow(InteropAddressError);
});
