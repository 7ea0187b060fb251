/** `GET /commitment?srcEid=&dstEid=&count=&ackCount=`: this watcher's signature, or why there is none. */

import type { Common } from "@weighlock/core/common.ts";
import { HttpError, type Routes } from "@weighlock/core/http.ts";
import type { PrivateKeyAccount } from "viem/accounts";
import { refusedCounter } from "./book.ts";
import { type CommitmentQuery, CommitmentRefusedError, CommitmentUnknownError, decideCommitment } from "./decision.ts";
import { signCommitment } from "./signature.ts";
import type { WatchedLane } from "./watchedLane.ts";

const DECIMAL = /^(0|[1-9][0-9]{0,19})$/;

export function createRoutes({
  common: { logger, metrics },
  account,
  lanes,
}: {
  common: Pick<Common, "logger" | "metrics">;
  account: PrivateKeyAccount;
  lanes: readonly WatchedLane[];
}): Routes {
  const refused = refusedCounter(metrics);
  const signed = metrics.counter({
    name: "watcher_signed_total",
    help: "Commitments signed, repeats included.",
    labels: ["lane"],
  });

  return {
    "/commitment": async ({ query }) => {
      const wanted = parseQuery(query);
      try {
        const { lane, commitment } = decideCommitment({ lanes, query: wanted });
        const signature = await signCommitment({ account, commitment, dst: lane.dst });
        signed.inc({ lane: lane.name });
        logger.debug({ lane: lane.name, count: commitment.count, ackCount: commitment.ackCount }, "signed");
        return { ...commitment, signature, watcher: account.address };
      } catch (error) {
        if (error instanceof CommitmentUnknownError) {
          throw new HttpError(404, error.shortMessage, { reason: error.reason, ...error.details });
        }
        if (error instanceof CommitmentRefusedError) {
          const { reason } = error.evidence;
          refused.inc({ lane: error.lane, reason });
          throw new HttpError(409, error.shortMessage, { reason, ...error.details });
        }
        throw error;
      }
    },
  };
}

/** Throws HttpError 400 with every bad parameter. */
export function parseQuery(query: URLSearchParams): CommitmentQuery {
  const problems: Record<string, string> = {};
  const uint = (name: string, bits: number): bigint => {
    const [value, ...more] = query.getAll(name);
    if (value !== undefined && more.length === 0 && DECIMAL.test(value) && BigInt(value) >> BigInt(bits) === 0n) {
      return BigInt(value);
    }
    problems[name] = `expected once, as a decimal number below 2^${bits}`;
    return 0n;
  };
  const parsed = {
    srcEid: Number(uint("srcEid", 32)),
    dstEid: Number(uint("dstEid", 32)),
    count: uint("count", 64),
    ackCount: uint("ackCount", 64),
  };
  if (Object.keys(problems).length > 0) throw new HttpError(400, "The query is malformed.", { reason: problems });
  return parsed;
}
