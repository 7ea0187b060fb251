/** What reconciling needs of an entry. */

import { type EntryWords, unpackEntry } from "@weighlock/core/entry.ts";
import type { Terms } from "@weighlock/core/waiting.ts";
import type { Address } from "viem";
import type { EntryReading, Waiting, WordedEntry } from "./reading.ts";

export function entryReading(index: bigint, entry: EntryWords): EntryReading {
  const { kind, asset, amount } = unpackEntry(entry);
  return { index, kind, asset, amount };
}

export function wordedEntry(index: bigint, entry: EntryWords): WordedEntry {
  const { word, account, party } = entry;
  return { ...entryReading(index, entry), words: { word, account, party } };
}

/** Of an `EntryHeld` or a `ReleaseParked`. */
export function waitingOf({
  index,
  entry,
  reason,
  terms,
  payee,
}: {
  index: bigint;
  entry: EntryWords;
  reason: number;
  terms: Terms;
  payee?: Address;
}): Waiting {
  return { ...wordedEntry(index, entry), reason, terms, ...(payee !== undefined && { payee }) };
}

export function isSameEntry(a: EntryWords, b: EntryWords): boolean {
  return a.word === b.word && a.account === b.account && a.party === b.party;
}
