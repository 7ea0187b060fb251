/**
 * What the logs of a lane's two gateways say of everything that is not executed yet: entries, windows and dispatches on
 * the source, attestations on the destination. Kept in memory and made again from the chains; nothing in it is believed
 * before it hashes to what was attested.
 */

import type { EntryWords } from "@weighlock/core/entry.ts";
import type { Hash, Hex } from "viem";

export type PostedEntry = { index: bigint; entry: EntryWords; block: bigint };
export type SealedWindow = { count: bigint; root: Hex; head: Hex; block: bigint };
export type DispatchRecord = {
  count: bigint;
  head: Hex;
  ackCount: bigint;
  ackHead: Hex;
  /** Mask of the paths it was given to. */
  paths: number;
  block: bigint;
  blockHash: Hash;
};
export type AttestedCount = { count: bigint; path: number; block: bigint };

export type LaneRecord = {
  posted(entry: PostedEntry): void;
  sealed(window: SealedWindow): void;
  dispatched(dispatch: DispatchRecord): void;
  attested(attestation: AttestedCount): void;
  /** The source's, or the destination's, blocks after `block` are void. */
  rollback(side: "src" | "dst", block: bigint): void;
  /** Forgets entries, windows and attestations up to a count that the destination has executed for good. */
  prune(executed: bigint): void;
  /** Forgets a dispatch that has nothing left to do. */
  settled(dispatch: DispatchRecord): void;
  /** Forgets everything that came from one side. */
  clear(side: "src" | "dst"): void;
  entry(index: bigint): PostedEntry | undefined;
  /** Entries with index `from` … `to` − 1, or undefined when one of them is not known. */
  entries(from: bigint, to: bigint): EntryWords[] | undefined;
  /** Windows that end above `count`, rising. */
  windowsAfter(count: bigint): SealedWindow[];
  /** Those that are not settled, in the order they were made. */
  dispatches(): readonly DispatchRecord[];
  attestations(): readonly AttestedCount[];
  /** The block of the oldest thing known from that side; a cursor behind it loses nothing. */
  oldestBlock(side: "src" | "dst"): bigint | undefined;
};

export function createLaneRecord(): LaneRecord {
  const entries = new Map<bigint, PostedEntry>();
  let windows: SealedWindow[] = [];
  let dispatches: DispatchRecord[] = [];
  let attestations: AttestedCount[] = [];
  /** Lowest entry index that is kept. */
  let first = 0n;

  return {
    posted(entry) {
      if (entry.index >= first) entries.set(entry.index, entry);
    },
    sealed(window) {
      if (window.count <= first || windows.some(({ count }) => count === window.count)) return;
      windows.push(window);
    },
    dispatched(dispatch) {
      dispatches.push(dispatch);
    },
    attested(attestation) {
      if (attestation.count > first) attestations.push(attestation);
    },
    rollback(side, block) {
      if (side === "dst") {
        attestations = attestations.filter((each) => each.block <= block);
        return;
      }
      for (const [index, entry] of entries) if (entry.block > block) entries.delete(index);
      windows = windows.filter((each) => each.block <= block);
      dispatches = dispatches.filter((each) => each.block <= block);
    },
    prune(executed) {
      if (executed <= first) return;
      // By what is kept, not by the range: a node may have given any number.
      for (const index of entries.keys()) if (index < executed) entries.delete(index);
      first = executed;
      windows = windows.filter(({ count }) => count > executed);
      attestations = attestations.filter(({ count }) => count > executed);
    },
    settled(dispatch) {
      dispatches = dispatches.filter((each) => each !== dispatch);
    },
    clear(side) {
      if (side === "dst") {
        attestations = [];
        return;
      }
      // What is read again is judged anew.
      first = 0n;
      entries.clear();
      windows = [];
      dispatches = [];
    },
    entry: (index) => entries.get(index),
    entries(from, to) {
      const found: EntryWords[] = [];
      for (let index = from; index < to; index += 1n) {
        const posted = entries.get(index);
        if (posted === undefined) return undefined;
        found.push(posted.entry);
      }
      return found;
    },
    windowsAfter: (count) => windows.filter((each) => each.count > count),
    dispatches: () => dispatches,
    attestations: () => attestations,
    oldestBlock(side) {
      const blocks =
        side === "dst"
          ? attestations.map(({ block }) => block)
          : [entries.values().next().value?.block, windows[0]?.block, dispatches[0]?.block];
      return blocks.reduce(
        (oldest, block) => (block === undefined || (oldest ?? block) < block ? oldest : block),
        undefined,
      );
    },
  };
}
