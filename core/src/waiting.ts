/**
 * What was executed and waits: releases parked in a vault, entries held on the hub. The numbers and hashes of the
 * contracts' own `Parked`, `Held`, `Stage` and `Terms`.
 */

import { type Address, encodeAbiParameters, type Hex, keccak256 } from "viem";
import type { EntryWords } from "./entry.ts";

/** Why a release is parked. None: a veto that was cleared. */
export const Parked = {
  None: 0,
  NotPayable: 1,
  AssetUnlisted: 2,
  RecipientInvalid: 3,
  BeyondBook: 4,
  Refused: 5,
  Large: 6,
  AccountShare: 7,
  OverLimit: 8,
  AssetPaused: 9,
  Vetoed: 10,
} as const;

/** Why an entry is held. */
export const Held = {
  None: 0,
  NotCreditable: 1,
  AssetUnlisted: 2,
  OwnerZero: 3,
  BookFull: 4,
  Returned: 5,
  Large: 6,
  OverLimit: 7,
  OverExposure: 8,
  AssetPaused: 9,
} as const;

/** What a waiting entry has behind it once it unlocks. It only moves on. */
export const Stage = { Unbacked: 0, Arrived: 1, Waited: 2, Drawn: 3 } as const;

export type Terms = {
  /** Unix seconds. */
  parkedAt: bigint;
  /** Seconds of the lane's clock, which stands still while the lane or the asset does. */
  unlockAt: bigint;
  /** The first block, beside the time; 0 where only time counts. */
  unlockBlock: bigint;
  stage: number;
};

/** The unlock time of what a guardian has vetoed. */
export const NEVER = (1n << 64n) - 1n;
/** Paths whose word lets a large entry pass without a wait. */
export const LARGE_QUORUM = 3n;

export const isVetoed = ({ unlockAt }: Pick<Terms, "unlockAt">): boolean => unlockAt === NEVER;

/** Whether a third path's word ends the wait. */
export const waitsForPath = (terms: Terms): boolean => terms.unlockBlock !== 0n && !isVetoed(terms);

/** As `Levels.isUnlocked`. `quorum` matters only where a third path's word does. */
export function isUnlocked(
  terms: Terms,
  { clock, block, quorum }: { clock: bigint; block: bigint; quorum: bigint },
): boolean {
  if (isVetoed(terms)) return false;
  if (clock >= terms.unlockAt && block >= terms.unlockBlock) return true;
  return waitsForPath(terms) && quorum >= LARGE_QUORUM;
}

/** The deposits that are in suspense: `finish` credits them once they can be. The others hold no money, or are returns. */
export function isSuspended(reason: number): boolean {
  return reason !== Held.NotCreditable && reason !== Held.BookFull && reason !== Held.Returned;
}

/**
 * Those that `refund` takes after a week, if they name somebody to send them to; the rest have a time at which they are
 * credited.
 */
export function isRefundable(reason: number): boolean {
  return reason === Held.AssetUnlisted || reason === Held.OwnerZero || reason === Held.OverExposure;
}

const ENTRY = [{ type: "uint256" }, { type: "bytes32" }, { type: "bytes32" }] as const;
const TERMS = [{ type: "uint64" }, { type: "uint64" }, { type: "uint64" }, { type: "uint8" }] as const;

/** What `parkOf` holds while these are its newest terms. */
export function parkHash({ entry, terms, payee }: { entry: EntryWords; terms: Terms; payee: Address }): Hex {
  const { parkedAt, unlockAt, unlockBlock, stage } = terms;
  const words = [entry.word, entry.account, entry.party, parkedAt, unlockAt, unlockBlock, stage, payee] as const;
  return keccak256(encodeAbiParameters([...ENTRY, ...TERMS, { type: "address" }], words));
}

/** What `heldOf` holds while these are its newest reason and terms. */
export function heldHash({ entry, reason, terms }: { entry: EntryWords; reason: number; terms: Terms }): Hex {
  const { parkedAt, unlockAt, unlockBlock, stage } = terms;
  const words = [entry.word, entry.account, entry.party, reason, parkedAt, unlockAt, unlockBlock, stage] as const;
  return keccak256(encodeAbiParameters([...ENTRY, { type: "uint8" }, ...TERMS], words));
}
