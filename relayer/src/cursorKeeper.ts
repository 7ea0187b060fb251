/** Keeps the newest cursor that lies before everything which is still to be done. */

import type { Cursor, CursorStore } from "@weighlock/core/cursor.ts";

export type CursorKeeper = {
  load(): Promise<Cursor | undefined>;
  /** Tells that everything up to `cursor` was handled; returns the cursor that was stored, if one was. */
  passed(cursor: Cursor): Promise<Cursor | undefined>;
  /** Forgets positions after `block`, which a reorg has made void. */
  rollback(block: bigint): void;
  clear(): void;
};

// With work that is old, positions between it and the tip are kept; these many are dense enough to start again from.
const MAX_POSITIONS = 512;

export function createCursorKeeper({
  cursors,
  key,
  oldest,
}: {
  cursors: CursorStore;
  key: string;
  /** The block of the oldest thing still to be done. */
  oldest: () => bigint | undefined;
}): CursorKeeper {
  let positions: Cursor[] = [];
  return {
    load: () => cursors.get(key),
    async passed(cursor) {
      positions.push(cursor);
      if (positions.length > MAX_POSITIONS) positions = positions.filter((_, index) => index % 2 === 0);
      const limit = oldest();
      const safe = positions.findLast(({ block }) => limit === undefined || block.number < limit);
      if (safe === undefined) return undefined;
      positions = positions.slice(positions.indexOf(safe) + 1);
      await cursors.set(key, safe);
      return safe;
    },
    rollback(block) {
      positions = positions.filter((each) => each.block.number <= block);
    },
    clear() {
      positions = [];
    },
  };
}
