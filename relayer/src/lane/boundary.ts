/**
 * Anybody may seal after every entry. `execute` shows 40 bytes for each window up to what is attested, beside the entries,
 * and nodes take 128 KiB of a transaction: with only the newest of thousands of windows attested, none could be executed.
 */

import type { LaneRecord } from "./record.ts";

/** Windows up to an attested count, of which `execute` shows all: 60,000 of its bytes. */
export const MOST_WINDOWS = 1_500;

/**
 * The count to send first, unless it, or a lower one, was sent already; undefined while everything fits.
 * `executed`: by the destination, as of now: what is executed and not final is still in the record. `networks`: mask of
 * the paths that take a fee: sending over the others is free, and opens nothing.
 */
export function nextBoundary({
  record,
  executed,
  networks,
}: {
  record: Pick<LaneRecord, "windowsAfter" | "dispatches">;
  executed: bigint;
  networks: number;
}): bigint | undefined {
  const open = record.windowsAfter(executed);
  const [first] = open;
  const last = open[MOST_WINDOWS - 1];
  if (first === undefined || last === undefined || open.length === MOST_WINDOWS) return undefined;
  const isSent = record
    .dispatches()
    .some(({ count, paths }) => count >= first.count && count <= last.count && (paths & networks) !== 0);
  return isSent ? undefined : last.count;
}
