/** What paths have attested, sorted by whether the lane's log bears it out. */

import type { Common } from "@weighlock/core/common.ts";
import { type Boundary, headOf } from "@weighlock/core/laneLog.ts";
import type { Hex } from "viem";
import { LogIncompleteError, LogMismatchError } from "../executionPlan.ts";
import { type Attestation, attestedCounts, choosePair, highestAttested, readAttestation } from "./attested.ts";
import type { LaneChains } from "./chains.ts";
import type { Lane } from "./lanes.ts";
import type { LaneRecord, SealedWindow } from "./record.ts";
import { type Counters, readCounters } from "./state.ts";

/** Each in no order. */
export type AttestedLog = {
  /** They lie on the log. */
  borneOut: Attestation[];
  /** They don't: another head, or a count that the log jumped over. */
  contradicting: Attestation[];
  /** Beyond all that is logged so far. */
  unlogged: Attestation[];
  /** The head at each logged window's end, made again. */
  heads: ReadonlyMap<bigint, Hex>;
};

export type AttestedLogReader = (counters: Counters, from: Boundary) => Promise<AttestedLog>;

/**
 * What may be executed by. Of a path that contradicts the log, what lies on it counts only where there is no pair without.
 * Throws LogMismatchError or LogIncompleteError when there is none, and only what the log does not bear out would give one.
 */
export function executableOf(
  { borneOut, contradicting, unlogged, heads }: AttestedLog,
  { networks }: Pick<Counters, "networks">,
): Attestation[] {
  const liars = new Set(contradicting.map(({ path }) => path));
  const honest = borneOut.filter(({ path }) => !liars.has(path));
  for (const each of [honest, borneOut]) if (choosePair(each, networks) !== undefined) return each;
  const [first] = contradicting;
  if (first && choosePair([...borneOut, ...contradicting], networks) !== undefined) {
    const { count, path, head } = first;
    throw new LogMismatchError("The lane's logs do not hash to what is attested; nothing is sent.", {
      details: { count, path, expected: head, actual: heads.get(count) },
    });
  }
  const [missing] = unlogged;
  if (missing && choosePair([...borneOut, ...unlogged], networks) !== undefined) {
    const { count, path } = missing;
    throw new LogIncompleteError("The logs read so far lack a window that was attested.", { details: { count, path } });
  }
  return [];
}

const MAX_REPORTED = 1_000;

/** The head at each window's end; the logs' own heads are not believed. */
export function headsOf({ from, windows }: { from: Boundary; windows: readonly SealedWindow[] }): Map<bigint, Hex> {
  const heads = new Map<bigint, Hex>();
  let { head } = from;
  for (const { root, count } of windows.toSorted((a, b) => Number(a.count - b.count))) {
    head = headOf({ head, root, count });
    heads.set(count, head);
  }
  return heads;
}

export function createAttestedLogReader({
  common,
  lane,
  record,
  chains: { src, dst },
}: {
  common: Common;
  lane: Lane;
  record: LaneRecord;
  chains: LaneChains;
}): AttestedLogReader {
  const logger = common.logger.child({ lane: lane.name });
  const { client } = dst.chain;
  const contradictions = common.metrics.counter({
    name: "contradicting_attestations_total",
    help: "Attestations that the lane's log does not bear out.",
    labels: ["lane", "path"],
  });
  const reported = new Set<string>();

  /** Logs may be of a fork: only what the gateway holds now counts. */
  async function held(counts: readonly { path: number; count: bigint }[]): Promise<Attestation[]> {
    const read = await Promise.all(counts.map((each) => readAttestation({ client, lane, ...each })));
    return read.filter((each) => each !== undefined);
  }

  function report({ path, count, head }: Attestation, expected: Hex | undefined): void {
    const key = `${path} ${count} ${head}`;
    if (reported.has(key)) return;
    if (reported.size >= MAX_REPORTED) reported.clear();
    reported.add(key);
    contradictions.inc({ lane: lane.name, path: `${path}` });
    logger.error({ path, count, head, expected }, "a path attested what the lane's log does not bear out; ignored");
  }

  /** Reports those above all that the source has sealed; the logs may lag behind. */
  async function reportUnsealed(attested: readonly Attestation[]): Promise<void> {
    if (attested.length === 0) return;
    const { sealed } = await readCounters({ client: src.chain.client, gateway: lane.src.gateway, eid: lane.dst.eid });
    for (const each of attested) if (each.count > sealed) report(each, undefined);
  }

  return async ({ enabled }, from) => {
    const windows = record.windowsAfter(from.count);
    const heads = headsOf({ from, windows });
    const above = { executed: from.count, enabled };
    const attestations = record.attestations();
    const ofLog = await held(
      attestedCounts(
        attestations.filter(({ count }) => heads.has(count)),
        above,
      ),
    );
    const top = [...heads.keys()].at(-1) ?? from.count;
    const others = attestations.filter(({ count }) => !heads.has(count));
    const jumped = await held(
      attestedCounts(
        others.filter(({ count }) => count < top),
        above,
      ),
    );
    const unlogged = await held(
      highestAttested(
        others.filter(({ count }) => count > top),
        above,
      ),
    );
    const contradicting = [...ofLog.filter(({ count, head }) => heads.get(count) !== head), ...jumped];
    for (const each of contradicting) report(each, heads.get(each.count));
    await reportUnsealed(unlogged);
    const borneOut = ofLog.filter(({ count, head }) => heads.get(count) === head);
    return { borneOut, contradicting, unlogged, heads };
  };
}
