/** What a monitor says. It may be anybody's by now: a fact is coordinates, and all of it is looked up. */

import { RetryableError } from "@weighlock/core/errors.ts";
import type { Hex } from "viem";
import { z } from "zod";
import { readLimited } from "../limitedBody.ts";
import type { Attestation } from "../unknownCommitment.ts";

const MAX_BYTES = 1 << 20;
const MAX_FACTS = 256;
const eid = z.number().int().min(1).max(0xffff_ffff);

const Answer = z.object({ version: z.number().int().min(0).max(999_999_999), facts: z.array(z.unknown()) });
const UnknownCommitment = z.object({
  kind: z.literal("unknown-commitment"),
  srcEid: eid,
  dstEid: eid,
  path: z.number().int().min(0).max(7),
  count: z
    .string()
    .regex(/^(0|[1-9]\d{0,19})$/)
    .transform(BigInt)
    .refine((count) => count >> 64n === 0n),
  head: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/)
    .transform((head) => head.toLowerCase() as Hex),
});

export type FactsAnswer = { version: number; facts: Attestation[] };

/** Waits up to `waitSeconds` for something newer than `since`. Throws RetryableError for what is no answer. */
export async function askFacts({
  monitor,
  since,
  waitSeconds,
  signal,
}: {
  monitor: string;
  since: number | undefined;
  waitSeconds: number;
  signal: AbortSignal;
}): Promise<FactsAnswer> {
  const query = since === undefined ? "" : `?since=${since}&wait=${waitSeconds}`;
  const response = await fetch(`${monitor}/facts${query}`, { signal, redirect: "error" });
  if (!response.ok) throw new RetryableError(`The monitor answers with status ${response.status}.`);
  return parseFacts(await readLimited({ response, maxBytes: MAX_BYTES }));
}

/** Of the facts, those that are ours to judge; one that can't be read says nothing about the others. */
export function parseFacts(text: string): FactsAnswer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RetryableError("The monitor's answer is not JSON.", { cause });
  }
  const answer = Answer.safeParse(value);
  if (!answer.success) throw new RetryableError("The monitor's answer is not a list of facts.");
  const facts = answer.data.facts.slice(0, MAX_FACTS).flatMap((fact): Attestation[] => {
    const parsed = UnknownCommitment.safeParse(fact);
    if (!parsed.success) return [];
    const { kind: _, ...attestation } = parsed.data;
    return [attestation];
  });
  return { version: answer.data.version, facts };
}
