import type { Hex } from "viem";
import { describe, expect, test } from "vitest";
import {
  accountOf,
  EntryKind,
  kindName,
  packEntry,
  parseAccount,
  partyAddress,
  partyOf,
  unpackEntry,
} from "./entry.ts";
import { ByteLengthError, FieldRangeError } from "./errors.ts";
import { EMPTY_ROOT, nextRoot } from "./laneLog.ts";
import { readVectors } from "./testing/vectors.ts";

type Case = Record<
  "account" | "amount" | "asset" | "eid" | "kind" | "nodeOfZero" | "party" | "ref" | "spare" | "word",
  Hex
>;

const entryOf = (vector: Case) => ({
  kind: Number(vector.kind),
  asset: Number(vector.asset),
  eid: Number(vector.eid),
  ref: BigInt(vector.ref),
  amount: BigInt(vector.amount),
  spare: Number(vector.spare),
  account: vector.account,
  party: vector.party,
});
const [first] = readVectors<Case>("entries");
if (!first) throw new Error("no vectors");
const plain = entryOf(first);

describe("entries.json", () => {
  test.each(readVectors<Case>("entries"))("$word", (vector) => {
    const words = packEntry(entryOf(vector));
    expect(words).toEqual({ word: BigInt(vector.word), account: vector.account, party: vector.party });
    expect(unpackEntry(words)).toEqual(entryOf(vector));
    expect(nextRoot(EMPTY_ROOT, words)).toBe(vector.nodeOfZero);
  });
});

test.each([
  ["kind", 256],
  ["asset", 65_536],
  ["eid", 2 ** 32],
  ["ref", 1n << 64n],
  ["amount", 1n << 128n],
  ["amount", -1n],
  ["spare", 256],
  ["kind", 1.5],
])("packEntry() refuses %s %s with the field and the value", (field, value) => {
  const pack = () => packEntry({ ...plain, [field]: value });
  expect(pack).toThrow(FieldRangeError);
  expect(pack).toThrow(expect.objectContaining({ details: expect.objectContaining({ field, value }) }));
});

test("packEntry() refuses an account that is not 32 bytes", () => {
  expect(() => packEntry({ ...plain, account: "0x12" })).toThrow(ByteLengthError);
});

test("an account is its owner and its subaccount", () => {
  const owner = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
  expect(accountOf({ owner })).toBe("0xd8da6bf26964af9d7eed9e03e53415d37aa96045000000000000000000000000");
  const account = accountOf({ owner, subaccount: (1n << 96n) - 1n });
  expect(parseAccount(account)).toEqual({ owner, subaccount: (1n << 96n) - 1n });
  expect(() => accountOf({ owner, subaccount: 1n << 96n })).toThrow(FieldRangeError);
});

test("a party is a left-padded address", () => {
  const address = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
  expect(partyAddress(partyOf(address))).toBe(address);
  expect(() => partyAddress(accountOf({ owner: address }))).toThrow(FieldRangeError);
});

test("kindName() knows this version's kinds alone", () => {
  expect(kindName(EntryKind.Release)).toBe("Release");
  expect(kindName(9)).toBeUndefined();
});
