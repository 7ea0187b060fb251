/** Which windows one `execute` shows, and proof made beforehand that they hash to what was attested. Pure. */

import type { EntryWords } from "@weighlock/core/entry.ts";
import { FatalError, RetryableError } from "@weighlock/core/errors.ts";
import { type Boundary, encodeSuffix, headOf, rootOf } from "@weighlock/core/laneLog.ts";
import { type Hex, size } from "viem";
import { type Attestation, hasPath } from "./lane/attested.ts";
import type { LaneRecord, SealedWindow } from "./lane/record.ts";

export type ExecutionPlan = {
  counts: bigint[];
  entries: EntryWords[];
  suffix: Hex;
  /** Mask of the two paths. */
  paths: number;
  /** Windows that the two paths let execute and that stay for the next transaction. */
  remaining: number;
};

/** The source's logs do not make the chain that was attested: somebody lies, or the node is broken. */
export class LogMismatchError extends FatalError {
  override name = "LogMismatchError";
}
/** Something that was attested is not in the logs that were read so far. */
export class LogIncompleteError extends RetryableError {
  override name = "LogIncompleteError";
}

const NODE_BYTES = 40;
const ENTRY_BYTES = 96;

/**
 * The first `maxWindows` windows after `from`, fewer when they would not fit `maxBytes`, at least one. Undefined when
 * nothing can be executed. Throws LogMismatchError or LogIncompleteError.
 */
export function planExecution({
  from,
  record,
  pair,
  maxWindows,
  maxBytes,
}: {
  /** What the destination has executed. */
  from: Boundary;
  record: Pick<LaneRecord, "windowsAfter" | "entries">;
  /** The higher attestation, then the lower. */
  pair: readonly [Attestation, Attestation];
  maxWindows: number;
  maxBytes: number;
}): ExecutionPlan | undefined {
  const [high, low] = pair;
  const windows = record
    .windowsAfter(from.count)
    .filter(({ count }) => count <= high.count)
    .sort((a, b) => Number(a.count - b.count));
  const executable = windows.filter(({ count }) => count <= low.count);
  if (low.count <= from.count) return undefined;
  checkChain({ from, windows, pair });

  const chosen = fitting({ from, executable, suffixNodes: windows.length, maxWindows, maxBytes });
  let start = from.count;
  const entries = chosen.flatMap((window) => {
    const inside = record.entries(start, window.count);
    if (inside === undefined) throw incomplete("an entry", { from: start, to: window.count });
    const root = rootOf(inside);
    if (root !== window.root) {
      throw mismatch("entries do not hash to their window's root", window.count, window.root, root);
    }
    start = window.count;
    return inside;
  });
  const suffix = windows.slice(chosen.length).map(({ root, count }) => ({ root, count }));
  return {
    counts: chosen.map(({ count }) => count),
    entries,
    suffix: encodeSuffix(suffix),
    paths: pair.reduce((mask, { path }) => mask | (1 << path), 0),
    remaining: executable.length - chosen.length,
  };
}

/**
 * The two attestations, the higher first, whose plan executes most within `maxBytes`, in the fewest bytes; when no plan
 * fits, the one of fewest bytes. A high attestation may need too long a suffix where a lower one of the same path does
 * not. `attested` may have several of each path, all of which lie on the log.
 */
export function bestPair({
  from,
  record,
  attested,
  networks,
  maxWindows,
  maxBytes,
}: {
  from: Boundary;
  record: Pick<LaneRecord, "windowsAfter">;
  attested: readonly Attestation[];
  /** Mask of the paths that are networks: one of the two must be. */
  networks: number;
  maxWindows: number;
  maxBytes: number;
}): readonly [Attestation, Attestation] | undefined {
  const windows = record.windowsAfter(from.count).sort((a, b) => Number(a.count - b.count));
  const rising = attested.toSorted((a, b) => Number(a.count - b.count));
  let best: { pair: readonly [Attestation, Attestation]; isFitting: boolean; count: bigint; bytes: number } | undefined;
  for (const low of rising) {
    const executable = windows.filter(({ count }) => count <= low.count);
    const others = new Set<number>();
    for (const high of rising) {
      if (high.path === low.path || high.count < low.count || others.has(high.path)) continue;
      // A higher one of the same path only makes the suffix longer.
      others.add(high.path);
      if (!hasPath(networks, low.path) && !hasPath(networks, high.path)) continue;
      const suffixNodes = windows.filter(({ count }) => count <= high.count).length;
      const chosen = fitting({ from, executable, suffixNodes, maxWindows, maxBytes });
      const count = chosen.at(-1)?.count;
      if (count === undefined) continue;
      const bytes = Number(count - from.count) * ENTRY_BYTES + (suffixNodes - chosen.length) * NODE_BYTES;
      const found = { pair: [high, low] as const, isFitting: bytes <= maxBytes, count, bytes };
      if (best === undefined || isBetter(found, best)) best = found;
    }
  }
  return best?.pair;
}

type PairSize = { isFitting: boolean; count: bigint; bytes: number };

function isBetter(a: PairSize, b: PairSize): boolean {
  if (a.isFitting !== b.isFitting) return a.isFitting;
  if (a.isFitting && a.count !== b.count) return a.count > b.count;
  return a.bytes < b.bytes;
}

export function planBytes({ entries, suffix }: Pick<ExecutionPlan, "entries" | "suffix">): number {
  return entries.length * ENTRY_BYTES + size(suffix);
}

/** Every head is made again; the logs' own heads are not believed. */
function checkChain({
  from,
  windows,
  pair,
}: {
  from: Boundary;
  windows: readonly SealedWindow[];
  pair: readonly Attestation[];
}): void {
  const missing = new Set(pair);
  let { head } = from;
  for (const { root, count } of windows) {
    head = headOf({ head, root, count });
    for (const attestation of missing) {
      if (attestation.count !== count) continue;
      if (attestation.head !== head) {
        throw mismatch("windows do not hash to the attested head", count, attestation.head, head, attestation.path);
      }
      missing.delete(attestation);
    }
  }
  const [first] = missing;
  if (first) throw incomplete("a window that was attested", { count: first.count, path: first.path });
}

function fitting({
  from,
  executable,
  suffixNodes,
  maxWindows,
  maxBytes,
}: {
  from: Boundary;
  executable: readonly SealedWindow[];
  suffixNodes: number;
  maxWindows: number;
  maxBytes: number;
}): SealedWindow[] {
  const chosen: SealedWindow[] = [];
  for (const window of executable) {
    const bytes = Number(window.count - from.count) * ENTRY_BYTES + (suffixNodes - chosen.length - 1) * NODE_BYTES;
    if (chosen.length > 0 && (chosen.length >= maxWindows || bytes > maxBytes)) break;
    chosen.push(window);
  }
  return chosen;
}

function mismatch(fact: string, count: bigint, expected: Hex, actual: Hex, path?: number): LogMismatchError {
  return new LogMismatchError(`The lane's logs contradict what is on chain: ${fact}; nothing is sent.`, {
    details: { count, expected, actual, ...(path !== undefined && { path }) },
  });
}

function incomplete(what: string, details: Record<string, unknown>): LogIncompleteError {
  return new LogIncompleteError(`The logs read so far lack ${what}.`, { details });
}
