/** The error base: the fact first, the values under it, the cause behind it. */

import { formatPlain, hideSecrets, toPlain } from "./plain.ts";

export type ErrorDetails = Readonly<Record<string, unknown>>;
export type ErrorOptions = { details?: ErrorDetails; cause?: unknown };

export class WeighlockError extends Error {
  override name = "WeighlockError";
  /** One sentence: what happened and what to do next. */
  readonly shortMessage: string;
  /** The values the sentence speaks of. */
  readonly details: ErrorDetails;

  constructor(shortMessage: string, { details = {}, cause }: ErrorOptions = {}) {
    const shown = toPlain(details) as Record<string, unknown>;
    const lines = Object.entries(shown).flatMap(([key, value]) =>
      value === undefined ? [] : [`  ${key}: ${formatPlain(value)}`],
    );
    super([shortMessage, ...lines].join("\n"), cause === undefined ? undefined : { cause });
    this.shortMessage = shortMessage;
    this.details = details;
  }

  /** The first error of the cause chain, this one included, that `matches`; without `matches`, the root cause. */
  walk(): unknown;
  walk(matches: (error: unknown) => boolean): unknown | undefined;
  walk(matches?: (error: unknown) => boolean): unknown | undefined {
    let error: unknown = this;
    for (;;) {
      if (matches?.(error)) return error;
      const cause = error instanceof Error ? error.cause : undefined;
      if (cause === undefined || cause === null) return matches ? undefined : error;
      error = cause;
    }
  }
}

/** The same attempt may succeed later: a node is away, a window is not yet accepted. */
export class RetryableError extends WeighlockError {
  override name = "RetryableError";
}

/** No attempt can succeed until a person or another transaction changes something. */
export class FatalError extends WeighlockError {
  override name = "FatalError";
}

/** A value that does not fit its field on the wire. */
export class FieldRangeError extends FatalError {
  override name = "FieldRangeError";
}

/** Bytes that do not have the length their format fixes. */
export class ByteLengthError extends FatalError {
  override name = "ByteLengthError";
}

/** The message of anything that was thrown, on one line, without secrets. */
export function messageOf(error: unknown): string {
  if (error instanceof WeighlockError) return error.shortMessage;
  if (error instanceof Error) {
    const short = (error as { shortMessage?: unknown }).shortMessage;
    return hideSecrets(typeof short === "string" ? short : error.message);
  }
  return hideSecrets(String(error));
}
