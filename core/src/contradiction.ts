/**
 * Two attestations of different counts that can't both be of one log, as `contradict` asks for it: the nodes up to what one
 * path attested, among which another path's count has another head, or none. Pure. It is evidence whoever lies: the gateway
 * reads both words from its own storage, and hashes the nodes.
 */

import type { Hex } from "viem";
import { encodeSuffix, type WindowNode } from "./laneLog.ts";

export type Contradiction = {
  /** The head before the first node. */
  startHead: Hex;
  nodes: Hex;
  /** It attested the end of `nodes`. */
  path: number;
  /** What `otherPath` attested there, the nodes have otherwise. */
  count: bigint;
  otherPath: number;
};

type Attested = { path: number; count: bigint };

/** Nodes of 40 bytes that a transaction shows. */
const MOST_NODES = 1_500;

/** Undefined while no honest attestation reaches far enough, or the log before it is not known. */
export function findContradiction({
  startHead,
  windows,
  borneOut,
  contradicting,
  isBeginning = false,
}: {
  /** The head before the first of `windows`. */
  startHead: Hex;
  /** Of the source's log, in a row and rising. */
  windows: readonly WindowNode[];
  /** They lie on that log. */
  borneOut: readonly Attested[];
  /** They don't. */
  contradicting: readonly Attested[];
  /** Whether `startHead` is that of the empty log, which proves its own count. */
  isBeginning?: boolean;
}): Contradiction | undefined {
  const rising = borneOut.toSorted((a, b) => Number(a.count - b.count));
  for (const { path: otherPath, count } of contradicting) {
    // The nearest shows it in the fewest nodes.
    const witness = rising.find((each) => each.count >= count && each.path !== otherPath);
    if (witness === undefined) continue;
    const nodes = windows.filter((window) => window.count <= witness.count);
    const isNode = nodes.some((node) => node.count === count);
    // A head proves its count only as a node: what is before the first one is not known, but where the log begins.
    const before = (i: number) => nodes[i - 1]?.count ?? (isBeginning ? 0n : count);
    const isJumped = nodes.some((node, i) => before(i) < count && count < node.count);
    if (!(isNode || isJumped) || nodes.length > MOST_NODES) continue;
    return { startHead, nodes: encodeSuffix(nodes), path: witness.path, count, otherPath };
  }
  return undefined;
}
