/** Why a sender did not get a transaction mined. */

import type { TransactionReceipt } from "viem";
import { FatalError, RetryableError, WeighlockError } from "./errors.ts";
import type { Explanation } from "./explain.ts";

/** The call would revert, or has; `revert` says why. Whether to try again is the caller's to judge. */
export class TransactionRevertedError extends WeighlockError {
  override name = "TransactionRevertedError";
  readonly revert: Explanation;
  /** Absent when the revert was seen before anything was sent. */
  readonly receipt: TransactionReceipt | undefined;
  constructor({ revert, label, receipt, cause }: RevertedOptions) {
    super(revert.sentence, {
      details: { revert: revert.name, args: revert.args, label, ...(receipt && { hash: receipt.transactionHash }) },
      cause,
    });
    this.revert = revert;
    this.receipt = receipt;
  }
}
type RevertedOptions = { revert: Explanation; label: string; receipt?: TransactionReceipt; cause?: unknown };

/** Another process mined a transaction under the same key and nonce; simulate again and send. */
export class NonceTakenError extends RetryableError {
  override name = "NonceTakenError";
}
export class GasAboveCapError extends FatalError {
  override name = "GasAboveCapError";
}
export class InsufficientFundsError extends RetryableError {
  override name = "InsufficientFundsError";
}
/** The node quotes more than may be paid: the chain is dear now, or the node lies. Nothing was sent. */
export class FeesAboveCapError extends RetryableError {
  override name = "FeesAboveCapError";
}
/** The node counts nonces that nothing of ours explains, so none of its counts is believed. */
export class NonceTooFarError extends RetryableError {
  override name = "NonceTooFarError";
}
/** The node refused or did not answer, and nothing was sent. */
export class SubmissionError extends RetryableError {
  override name = "SubmissionError";
}
export class SenderStoppedError extends RetryableError {
  override name = "SenderStoppedError";
}
