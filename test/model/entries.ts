/** Entries, as docs/messages.md defines them. */

import { type Entry, packEntry } from "@weighlock/core/entry.ts";
import { encodeAbiParameters, type Hex, keccak256, numberToHex, parseAbiParameters } from "viem";

const BY_CONTROLLER = 1n << 160n;

export function entryOf(fields: Omit<Entry, "ref" | "spare">): Entry {
  return { ...fields, ref: 0n, spare: 0 };
}

export function hashOf(entry: Entry): Hex {
  const { word, account, party } = packEntry(entry);
  return keccak256(encodeAbiParameters(parseAbiParameters("uint256, bytes32, bytes32"), [word, account, party]));
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
