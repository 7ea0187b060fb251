/** When a lane is worth the price of a dispatch. */

export type DispatchPolicy = {
  /** The oldest entry that was not dispatched waits at most so long. */
  maxAgeSeconds: number;
  /** So many entries do not wait for that. */
  maxCount: number;
  /** What was executed is acknowledged at the latest so long after, when no dispatch carried it before. */
  ackAgeSeconds: number;
};

export type DispatchSituation = {
  posted: bigint;
  /** Of the opposite lane, which the next dispatch would acknowledge. */
  executed: bigint;
  sentCount: bigint;
  sentAckCount: bigint;
  /** The source's clock, in seconds, as are both below. */
  now: bigint;
  /** When the oldest entry that was not dispatched was posted; undefined when that is not known. */
  oldestPostedAt: bigint | undefined;
  /** When something was first seen executed and not acknowledged; undefined when that is not known. */
  unacknowledgedSince: bigint | undefined;
  /** A lower count that must be sent, since `execute` could not show all windows up to the newest; see boundary.ts. */
  boundary: bigint | undefined;
};

export type DispatchReason = "count" | "age" | "ack" | "windows";

/**
 * Why to dispatch now, or undefined. A dispatch that only acknowledges makes the peer execute nothing, so it gives the
 * peer nothing to acknowledge in turn. An unknown age counts as due: late costs more than a fee.
 */
export function decideDispatch(situation: DispatchSituation, policy: DispatchPolicy): DispatchReason | undefined {
  const { posted, executed, sentCount, sentAckCount, now, oldestPostedAt, unacknowledgedSince } = situation;
  if (situation.boundary !== undefined) return "windows";
  const isOlder = (since: bigint | undefined, limit: number) => since === undefined || now - since >= BigInt(limit);
  if (posted > sentCount) {
    if (posted - sentCount >= BigInt(policy.maxCount)) return "count";
    if (isOlder(oldestPostedAt, policy.maxAgeSeconds)) return "age";
  }
  if (executed > sentAckCount && isOlder(unacknowledgedSince, policy.ackAgeSeconds)) return "ack";
  return undefined;
}
