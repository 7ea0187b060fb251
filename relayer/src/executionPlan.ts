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
  /** Mask of the paths that are named: the two, and every other whose word fits. */
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
 * The first `maxWindows` windows after `from`, fewer when they would not fit `maxBytes`, at least one. A third path's word
 * lets large entries pass without a wait, so every path is named whose word reaches them in the bytes that are left.
 * Undefined when nothing can be executed. Throws LogMismatchError or LogIncompleteError.
 */
export function planExecution({
  from,
  record,
  pair,
  others = [],
  maxWindows,
  maxBytes,
}: {
  /** What the destination has executed. */
  from: Boundary;
  record: Pick<LaneRecord, "windowsAfter" | "entries">;
  /** The higher attestation, then the lower. */
  pair: readonly [Attestation, Attestation];
  /** Of any paths; all of them lie on the log. */
  others?: readonly Attestation[];
  maxWindows: number;
  maxBytes: number;
}): ExecutionPlan | undefined {
  const [high, low] = pair;
  const logged = record.windowsAfter(from.count).sort((a, b) => Number(a.count - b.count));
  const windows = logged.filter(({ count }) => count <= high.count);
  const executable = windows.filter(({ count }) => count <= low.count);
  if (low.count <= from.count) return undefined;

  const chosen = fitting({ from, executable, suffixNodes: windows.length, maxWindows, maxBytes });
  const named = [...pair];
  let shown = windows;
  for (const other of nearestOfOthers({ pair, others, end: chosen.at(-1)?.count ?? low.count })) {
    const longer = logged.filter(({ count }) => count <= other.count);
    if (planSize({ from, chosen, nodes: longer.length }) > maxBytes) break;
    named.push(other);
    if (longer.length > shown.length) shown = longer;
  }
  checkChain({ from, windows: shown, attested: named });
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
  const suffix = shown.slice(chosen.length).map(({ root, count }) => ({ root, count }));
  return {
    counts: chosen.map(({ count }) => count),
    entries,
    suffix: encodeSuffix(suffix),
    paths: named.reduce((mask, { path }) => mask | (1 << path), 0),
    remaining: executable.length - chosen.length,
  };
}

/** Of each further path the attestation that takes the shortest suffix, the shortest first. */
function nearestOfOthers({
  pair,
  others,
  end,
}: {
  pair: readonly [Attestation, Attestation];
  others: readonly Attestation[];
  end: bigint;
}): Attestation[] {
  const nearest = new Map<number, Attestation>();
  for (const each of others.toSorted((a, b) => Number(a.count - b.count))) {
    const isFurther = pair.every(({ path }) => path !== each.path) && each.count >= end;
    if (isFurther && !nearest.has(each.path)) nearest.set(each.path, each);
  }
  return [...nearest.values()];
}

/** Bytes of the entries of `chosen`, and of a suffix up to the node number `nodes`. */
function planSize({ from, chosen, nodes }: { from: Boundary; chosen: readonly SealedWindow[]; nodes: number }): number {
  const entries = Number((chosen.at(-1)?.count ?? from.count) - from.count);
  return entries * ENTRY_BYTES + Math.max(nodes - chosen.length, 0) * NODE_BYTES;
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
      const bytes = planSize({ from, chosen, nodes: suffixNodes });
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
  attested,
}: {
  from: Boundary;
  windows: readonly SealedWindow[];
  attested: readonly Attestation[];
}): void {
  const missing = new Set(attested);
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
