/** What `/status` of a monitor and of a pauser says, for whoever reads it over HTTP. */

import { RetryableError } from "@weighlock/core/errors.ts";
import { z } from "zod";

const uint = z.string().regex(/^\d+$/).transform(BigInt);
const int = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);

const Finding = z.object({
  id: z.string(),
  level: z.enum(["fact", "alert"]),
  kind: z.string(),
  chain: z.string().optional(),
  lane: z.string().optional(),
  asset: z.string().optional(),
  text: z.string(),
  since: z.string(),
  evidence: z.record(z.string(), z.unknown()),
});

export const MonitorStatus = z.object({
  chains: z.array(
    z.object({
      chain: z.string(),
      sources: z.array(
        z.object({
          source: z.number(),
          url: z.string(),
          block: uint.optional(),
          finalized: uint.optional(),
          isCaughtUp: z.boolean(),
          failure: z.string().optional(),
        }),
      ),
    }),
  ),
  reading: z.object({ at: z.string(), blocks: z.record(z.string(), uint) }).optional(),
  lanes: z
    .array(
      z.object({
        lane: z.string(),
        posted: uint,
        sealed: uint,
        executed: uint,
        headsEqual: z.boolean(),
        between: z.number(),
        parked: z.number(),
      }),
    )
    .default([]),
  assets: z
    .array(
      z.object({
        symbol: z.string(),
        canonicalDecimals: z.number(),
        ledger: int,
        suspense: int,
        vaults: int,
        inFlight: int,
        parked: int,
        residual: int,
      }),
    )
    .default([]),
  /** Whose signature its reconciliations bring; none where it has no key. */
  signer: z.string().optional(),
  openAttestations: z.number(),
  facts: z.array(Finding),
  alerts: z.array(Finding),
  pauses: z
    .array(z.object({ chain: z.string(), lane: z.string(), direction: z.enum(["in", "out"]), until: uint }))
    .default([]),
});

export const PauserStatus = z.object({
  pauser: z.string(),
  monitors: z.array(
    z.object({ monitor: z.string(), answeredAt: z.string().optional(), failure: z.string().optional() }),
  ),
  obstacles: z.array(z.string()),
  facts: z.array(
    z.object({
      id: z.string(),
      lane: z.string(),
      verdict: z.string().optional(),
      failure: z.string().optional(),
      paused: z
        .object({ until: uint, isQuarantined: z.boolean(), tx: z.string().optional(), block: uint.optional() })
        .optional(),
    }),
  ),
});

export type MonitorStatus = z.output<typeof MonitorStatus>;
export type PauserStatus = z.output<typeof PauserStatus>;

const ANSWER_MS = 5_000;

/** Throws RetryableError where nobody answers at `url`, or with something else. */
export async function askStatus<Schema extends typeof MonitorStatus | typeof PauserStatus>({
  schema,
  url,
}: {
  schema: Schema;
  url: string;
}): Promise<z.output<Schema>> {
  let answer: unknown;
  try {
    const response = await fetch(`${url.replace(/\/+$/, "")}/status`, { signal: AbortSignal.timeout(ANSWER_MS) });
    answer = await response.json();
  } catch (cause) {
    throw new RetryableError(`Nothing answers at ${url}.`, { cause });
  }
  const result = schema.safeParse(answer);
  if (result.success) return result.data as z.output<Schema>;
  throw new RetryableError(`What answers at ${url} is something else.`, { cause: result.error });
}
