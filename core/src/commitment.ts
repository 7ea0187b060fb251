/** A commitment: the 128 bytes that travel on every path. The layout is docs/messages.md, section Commitment. */

import { concat, type Hex, isHex, numberToHex, size, slice, zeroHash } from "viem";
import { FatalError } from "./errors.ts";
import { checkBytes, checkUint } from "./uint.ts";

export const COMMITMENT_VERSION = 1;
export const COMMITMENT_BYTES = 128;

export type Commitment = {
  /** laneId of the log the sender speaks of. */
  lane: Hex;
  /** u64. */
  count: bigint;
  /** The log's head at `count`. */
  head: Hex;
  /** u64: a boundary that the sender has executed of the opposite lane. */
  ackCount: bigint;
  /** The sender's executed head at `ackCount`. */
  ackHead: Hex;
};

export class CommitmentLengthError extends FatalError {
  override name = "CommitmentLengthError";
}
export class CommitmentVersionError extends FatalError {
  override name = "CommitmentVersionError";
}
export class CommitmentSpareBitsError extends FatalError {
  override name = "CommitmentSpareBitsError";
}

/** Zero is never a head. */
export class CommitmentZeroHeadError extends FatalError {
  override name = "CommitmentZeroHeadError";
}

export function encodeCommitment({ lane, count, head, ackCount, ackHead }: Commitment): Hex {
  const first =
    (BigInt(COMMITMENT_VERSION) << 248n) |
    (checkUint("count", count, 64) << 184n) |
    (checkUint("ackCount", ackCount, 64) << 120n);
  return concat([
    numberToHex(first, { size: 32 }),
    checkBytes("lane", lane, 32),
    checkBytes("head", head, 32),
    checkBytes("ackHead", ackHead, 32),
  ]);
}

/**
 * Throws CommitmentLengthError, CommitmentVersionError, CommitmentSpareBitsError or CommitmentZeroHeadError, checked in
 * this order.
 */
export function decodeCommitment(message: Hex): Commitment {
  if (!isHex(message) || message.length !== 2 + 2 * COMMITMENT_BYTES) {
    throw new CommitmentLengthError(`A commitment is ${COMMITMENT_BYTES} bytes.`, {
      details: { expected: COMMITMENT_BYTES, actual: isHex(message) ? size(message) : "not hex" },
    });
  }
  const first = BigInt(slice(message, 0, 32));
  const version = Number(first >> 248n);
  if (version !== COMMITMENT_VERSION) {
    throw new CommitmentVersionError("The commitment's version is unknown; this release reads version 1.", {
      details: { expected: COMMITMENT_VERSION, actual: version },
    });
  }
  const spare = first & ((1n << 120n) - 1n);
  if (spare !== 0n) {
    throw new CommitmentSpareBitsError("The commitment's 120 spare bits must be zero.", {
      details: { spare: numberToHex(spare, { size: 15 }) },
    });
  }
  const head = slice(message, 64, 96);
  const ackHead = slice(message, 96, 128);
  if (head === zeroHash || ackHead === zeroHash) {
    throw new CommitmentZeroHeadError("A commitment's head and ackHead are never zero.", {
      details: { head, ackHead },
    });
  }
  return {
    lane: slice(message, 32, 64),
    count: (first >> 184n) & ((1n << 64n) - 1n),
    head,
    ackCount: (first >> 120n) & ((1n << 64n) - 1n),
    ackHead,
  };
}
