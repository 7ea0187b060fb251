/** Whether this watcher vouches for a commitment, and with which heads. */

import { FatalError, RetryableError } from "@weighlock/core/errors.ts";
import type { Evidence } from "./evidence.ts";
import type { Commitment } from "./signature.ts";
import type { WatchedLane } from "./watchedLane.ts";

export type CommitmentQuery = { srcEid: number; dstEid: number; count: bigint; ackCount: bigint };

/** Not known in finalized history, or not yet. */
export class CommitmentUnknownError extends RetryableError {
  override name = "CommitmentUnknownError";
  readonly reason: "lane-unknown" | "count-not-final" | "ack-not-final";
  constructor(reason: CommitmentUnknownError["reason"], fact: string, details: Readonly<Record<string, unknown>>) {
    super(fact, { details });
    this.reason = reason;
  }
}

/** Evidence stands against the lane; only an operator who has looked at it can start again. */
export class CommitmentRefusedError extends FatalError {
  override name = "CommitmentRefusedError";
  readonly evidence: Evidence;
  readonly lane: string;
  constructor(lane: string, evidence: Evidence) {
    super(evidence.shortMessage, { details: evidence.details, cause: evidence });
    this.lane = lane;
    this.evidence = evidence;
  }
}

/** Throws CommitmentUnknownError or CommitmentRefusedError. */
export function decideCommitment({
  lanes,
  query: { srcEid, dstEid, count, ackCount },
}: {
  lanes: readonly WatchedLane[];
  query: CommitmentQuery;
}): { lane: WatchedLane; commitment: Commitment } {
  const find = (from: number, to: number) => lanes.find(({ src, dst }) => src.eid === from && dst.eid === to);
  const lane = find(srcEid, dstEid);
  const opposite = find(dstEid, srcEid);
  if (!lane || !opposite) {
    const known = lanes.map(({ name, src, dst }) => ({ name, srcEid: src.eid, dstEid: dst.eid }));
    throw new CommitmentUnknownError("lane-unknown", "The deployment has no such lane.", { known });
  }
  // The ack speaks of the opposite log, so evidence against that one counts as well.
  const evidence = lane.evidence("src") ?? opposite.evidence("dst") ?? opposite.evidence("src");
  if (evidence) throw new CommitmentRefusedError(lane.name, evidence);

  const head = lane.sealedHead(count);
  if (head === undefined) {
    throw new CommitmentUnknownError("count-not-final", "That count is not a seal of finalized history (yet).", {
      lane: lane.name,
      count,
      newest: lane.newest().sealed,
    });
  }
  const ackHead = opposite.executedHead(ackCount);
  if (ackHead === undefined) {
    throw new CommitmentUnknownError(
      "ack-not-final",
      "That ackCount is not a boundary which the source has executed in finalized history (yet).",
      { lane: lane.name, ackCount, newest: opposite.newest().executed },
    );
  }
  return { lane, commitment: { lane: lane.genesis, count, head, ackCount, ackHead } };
}
