/** What reconciling needs of an entry. */

import { unpackEntry } from "@weighlock/core/entry.ts";
import type { Hex } from "viem";
import type { EntryReading } from "./reading.ts";

export function entryReading(index: bigint, entry: Readonly<{ word: bigint; account: Hex; party: Hex }>): EntryReading {
  const { kind, asset, amount } = unpackEntry(entry);
  return { index, kind, asset, amount };
}
