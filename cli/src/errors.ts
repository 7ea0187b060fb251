/** How a command fails: exit 2 for what was typed, exit 1 for what did not work. */

import { ConfigError } from "@weighlock/core/config.ts";
import { NotDeployedError } from "@weighlock/core/deployment.ts";
import { type ErrorDetails, FatalError, WeighlockError } from "@weighlock/core/errors.ts";
import { explain } from "@weighlock/core/explain.ts";
import { toPlain } from "@weighlock/core/plain.ts";

/** Something typed that can't be meant: an unknown chain, a malformed amount, a missing file. */
export class UsageError extends FatalError {
  override name = "UsageError";
}
/** The request is sound and can't be done now. */
export class OperationError extends WeighlockError {
  override name = "OperationError";
}

/** What is wrong has been printed as the result; all that is left is the exit code. */
export class ToldError extends WeighlockError {
  override name = "ToldError";
  constructor() {
    super("Something is wrong; the output says what.");
  }
}

export type Failure = { exitCode: 1 | 2; name: string; sentence: string; details: ErrorDetails };

export function failureOf(error: unknown): Failure {
  const isUsage = [UsageError, ConfigError, NotDeployedError].some((kind) => error instanceof kind);
  const exitCode = isUsage ? 2 : 1;
  if (error instanceof WeighlockError) {
    // Its own sentence, even where a contract's revert is the cause: it was written with more knowledge.
    const { name, shortMessage: sentence, details } = error;
    return { exitCode, name, sentence, details: toPlain(details) as ErrorDetails };
  }
  const { name, sentence, args } = explain(error);
  return { exitCode, name, sentence, details: toPlain(args) as ErrorDetails };
}
