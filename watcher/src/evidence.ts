/** A reason to sign nothing more for a lane, with the values that show it. */

import { WeighlockError } from "@weighlock/core/errors.ts";

export type EvidenceReason =
  /** The source gateway's own logs do not fit together: an index is missing, or a seal is not the hash of its entries. */
  | "log-mismatch"
  /** A gateway executed what the opposite gateway never sealed. */
  | "false-ack"
  /** Two sources of one chain tell different histories. */
  | "sources-disagree"
  /** A source answers for another chain, or replaced a block that was final. */
  | "source-broken";

export class Evidence extends WeighlockError {
  override name = "Evidence";
  readonly reason: EvidenceReason;
  constructor(reason: EvidenceReason, fact: string, details: Readonly<Record<string, unknown>>, cause?: unknown) {
    super(fact, { details, cause });
    this.reason = reason;
  }
}
