/** Entries and the words that wait for them, as docs/messages.md and the interfaces define them. */

import { type Entry, packEntry } from "@weighlock/core/entry.ts";
import { type Address, encodeAbiParameters, type Hex, keccak256, numberToHex, parseAbiParameters } from "viem";

const BY_CONTROLLER = 1n << 160n;
/** Of `Held`. */
const HELD = { AssetUnlisted: 2, OwnerZero: 3, Returned: 5 } as const;

export function entryOf(fields: Omit<Entry, "ref" | "spare">): Entry {
  return { ...fields, ref: 0n, spare: 0 };
}

export function hashOf(entry: Entry): Hex {
  return keccak256(encodeAbiParameters(parseAbiParameters("uint256, bytes32, bytes32"), words(entry)));
}

export function parkWord({ entry, parkedAt, payee }: { entry: Entry; parkedAt: bigint; payee: Address }): Hex {
  const types = parseAbiParameters("uint256, bytes32, bytes32, uint64, uint64, address");
  return keccak256(encodeAbiParameters(types, [...words(entry), parkedAt, parkedAt, payee]));
}

export function heldWord({
  entry,
  parkedAt,
  reason,
}: {
  entry: Entry;
  parkedAt: bigint;
  reason: keyof typeof HELD;
}): Hex {
  const types = parseAbiParameters("uint256, bytes32, bytes32, uint8, uint64");
  return keccak256(encodeAbiParameters(types, [...words(entry), HELD[reason], parkedAt]));
}

export function heldNumber(reason: keyof typeof HELD): number {
  return HELD[reason];
}

export function isByController(party: Hex): boolean {
  return (BigInt(party) & BY_CONTROLLER) !== 0n;
}

export function withController(party: Hex): Hex {
  return numberToHex(BigInt(party) | BY_CONTROLLER, { size: 32 });
}

export function partyWithout(party: Hex): Hex {
  return numberToHex(BigInt(party) & (BY_CONTROLLER - 1n), { size: 32 });
}

function words(entry: Entry): [bigint, Hex, Hex] {
  const { word, account, party } = packEntry(entry);
  return [word, account, party];
}
