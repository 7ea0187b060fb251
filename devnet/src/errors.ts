/** What can go wrong while the local devnet is started, wired or stopped. */

import { FatalError } from "@weighlock/core/errors.ts";

/** A program the devnet runs is not installed. */
export class ProgramMissingError extends FatalError {
  override name = "ProgramMissingError";
}

/** A child process ended, or did not answer in time, before it was ready. */
export class ProcessNotReadyError extends FatalError {
  override name = "ProcessNotReadyError";
}

/** A process outlived SIGKILL. */
export class ProcessNotStoppedError extends FatalError {
  override name = "ProcessNotStoppedError";
}

/** A transaction of the deployment was mined and reverted, or was not mined. */
export class TransactionFailedError extends FatalError {
  override name = "TransactionFailedError";
}

/** What was read back from a chain is not what was configured. */
export class WiringMismatchError extends FatalError {
  override name = "WiringMismatchError";
}
