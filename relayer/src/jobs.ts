/**
 * The four kinds of job. A job says where to look and nothing else, because Redis may be wiped or written by others at
 * any moment: what to sign or send is read from the chains when the job runs.
 */

import { z } from "zod";

const MAX_U64 = (1n << 64n) - 1n;
const eid = z.number().int().min(1).max(0xffff_ffff);
const u64 = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform(BigInt)
  .refine((value) => value <= MAX_U64, "does not fit 64 bits");

const sentPacket = z.strictObject({ srcEid: eid, dstEid: eid, nonce: u64, blockNumber: u64 });
const boundary = z.strictObject({ srcEid: eid, dstEid: eid, count: u64, ackCount: u64 });

export const jobSchemas = {
  /** A LayerZero packet for our DVN: its nonce, and the source's block that sent it. */
  verify: sentPacket,
  /** A lane that may be worth a dispatch: what was posted and acknowledged when that was seen. */
  dispatch: boundary,
  /** A packet to commit and deliver on its destination. */
  commit: sentPacket,
  /** A commitment to bring to the watchers' path, and entries to execute up to it. */
  execute: boundary,
} as const;

export type JobName = keyof typeof jobSchemas;
export type Job<Name extends JobName> = z.output<(typeof jobSchemas)[Name]>;
/** As kept in Redis: 64-bit numbers in decimal. */
export type StoredJob<Name extends JobName> = z.input<(typeof jobSchemas)[Name]>;

/** The same coordinates always have the same id, so the queue holds a job at most once. */
export function jobId<Name extends JobName>(name: Name, job: Job<Name>): string {
  const { srcEid, dstEid } = job;
  const rest = "nonce" in job ? [job.nonce, job.blockNumber] : [job.count, job.ackCount];
  return [name, srcEid, dstEid, ...rest].join("-");
}

export function storeJob<Name extends JobName>(job: Job<Name>): StoredJob<Name> {
  const entries = Object.entries(job).map(([key, value]) => [
    key,
    typeof value === "bigint" ? value.toString() : value,
  ]);
  return Object.fromEntries(entries) as StoredJob<Name>;
}

/** Undefined for anything but well-formed coordinates. */
export function parseJob<Name extends JobName>(name: Name, data: unknown): Job<Name> | undefined {
  const result = jobSchemas[name].safeParse(data);
  return result.success ? (result.data as Job<Name>) : undefined;
}
