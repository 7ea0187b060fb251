/** One reading of all chains: what every ledger, book, lane and token balance says, and the entries in between. */

import type { EntryWords } from "@weighlock/core/entry.ts";
import type { Terms } from "@weighlock/core/waiting.ts";
import type { Address } from "viem";

/** One direction between two gateways, each end read at the block of its chain's reading. */
export type LaneReading = {
  /** Chain names. */
  src: string;
  dst: string;
  /** Entries in the source's log. */
  posted: bigint;
  /** Of these, in sealed windows. */
  sealed: bigint;
  /** Entries that the destination has executed. */
  executed: bigint;
  /** Of these, entries that the source does not know even at its newest block: executed without a cause. */
  executedBeyondPosted: bigint;
  /** The destination's executed head against the source's sealed head at the same count. */
  headsEqual: boolean;
  /** Entries between what was posted and what was executed, lower index first. */
  between: readonly EntryReading[];
  /** Entries that were executed but neither credited nor paid: held on the hub, or parked in a vault. */
  parked: readonly Waiting[];
  /** Releases that the council struck though the source's log has them: they stay authorised, and nobody is paid. */
  struck: readonly EntryReading[];
};

export type EntryReading = { index: bigint; kind: number; asset: number; amount: bigint };

/** An entry with its words, which tell it from another one of that index. */
export type WordedEntry = EntryReading & { words: EntryWords };

/** An entry that waits, as it was told the last time. `reason` is a `Held` or a `Parked`; a park has a payee. */
export type Waiting = WordedEntry & { reason: number; terms: Terms; payee?: Address };

/** One vault's and one lane's figures for one asset, canonical units unless said otherwise. */
export type VaultAssetReading = {
  chain: string;
  asset: number;
  deposited: bigint;
  released: bigint;
  /** Parked, and payable: what the vault itself counts of its parks. */
  queued: bigint;
  /** The token's balance, local units. */
  held: bigint;
  /** Local units in a canonical one. */
  scale: bigint;
  token: Address;
  /** The hub's book of the lane from this vault. */
  credited: bigint;
  authorised: bigint;
  suspense: bigint;
};

export type AssetReading = { asset: number; symbol: string; canonicalDecimals: number; totalLedger: bigint };

export type Reading = {
  /** Chain name → block of the reading. */
  blocks: Readonly<Record<string, bigint>>;
  lanes: readonly LaneReading[];
  vaults: readonly VaultAssetReading[];
  assets: readonly AssetReading[];
};
