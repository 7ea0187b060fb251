/** One BullMQ queue and its worker. */

import type { Common } from "@weighlock/core/common.ts";
import { FatalError, messageOf } from "@weighlock/core/errors.ts";
import { PRODUCT } from "@weighlock/core/product.ts";
import { Queue, UnrecoverableError, Worker } from "bullmq";
import { type Job, type JobName, jobId, parseJob, storeJob } from "./jobs.ts";

export type JobQueue<Name extends JobName> = {
  /**
   * Nothing happens while a job of the same coordinates waits, runs, or rests after a fatal failure. One that will not
   * run, whoever put it there, is replaced.
   */
  add(job: Job<Name>): Promise<void>;
  /** Jobs by BullMQ's states. */
  depths(): Promise<Readonly<Record<string, number>>>;
};

const MAX_RESTING = 10_000;

export type JobQueueOptions<Name extends JobName> = {
  common: Common;
  redisUrl: string;
  name: Name;
  /** Throws FatalError when no further attempt can help; anything else is tried again. */
  handle: (job: Job<Name>) => Promise<void>;
  concurrency?: number;
  attempts?: number;
  /** Before the second attempt; doubled for each further one. */
  backoffMs?: number;
  /** How long a job that failed for good is not taken again. */
  restMs?: number;
};

export function createJobQueue<Name extends JobName>({
  common,
  redisUrl,
  name,
  handle,
  concurrency = 4,
  attempts = 6,
  backoffMs = 250,
  restMs = 30_000,
}: JobQueueOptions<Name>): JobQueue<Name> {
  const { metrics, shutdown } = common;
  const logger = common.logger.child({ queue: name });
  const finished = metrics.counter({
    name: "jobs_total",
    help: "Attempts at jobs by outcome.",
    labels: ["queue", "outcome"],
  });
  const depth = metrics.gauge({ name: "queue_jobs", help: "Jobs in a queue by state.", labels: ["queue", "state"] });
  /** When each job that failed for good may be taken again, in milliseconds. */
  const resting = new Map<string, number>();

  /** Longest that a job of ours waits for its next attempt, with a margin. */
  const maxDelayMs = backoffMs * 2 ** (attempts + 1);

  function rest(id: string): void {
    const now = Date.now();
    if (resting.size >= MAX_RESTING) for (const [each, until] of resting) if (until <= now) resting.delete(each);
    const [oldest] = resting.keys();
    if (resting.size >= MAX_RESTING && oldest !== undefined) resting.delete(oldest);
    resting.set(id, now + restMs);
  }

  const options = { connection: { url: redisUrl }, prefix: PRODUCT.slug };
  const queue = new Queue(name, {
    ...options,
    defaultJobOptions: {
      attempts,
      backoff: { type: "exponential", delay: backoffMs },
      // A finished job would keep its coordinates from being added again; what is done is asked of the chains.
      removeOnComplete: true,
      removeOnFail: true,
    },
  });
  const worker = new Worker(
    name,
    async ({ id, data, attemptsMade }) => {
      const job = parseJob(name, data);
      if (job === undefined) {
        finished.inc({ queue: name, outcome: "dropped" });
        logger.warn({ id, data }, "dropped a job whose data are not coordinates");
        return;
      }
      try {
        await handle(job);
        finished.inc({ queue: name, outcome: "completed" });
      } catch (error) {
        if (shutdown.signal.aborted) throw error;
        const fields = { job, attempt: attemptsMade + 1, err: error };
        if (error instanceof FatalError) {
          finished.inc({ queue: name, outcome: "failed" });
          logger.error(fields, "job failed for good");
          rest(jobId(name, job));
          throw new UnrecoverableError(messageOf(error));
        }
        finished.inc({ queue: name, outcome: "retried" });
        if (attemptsMade + 1 < attempts) logger.debug(fields, "job will be tried again");
        else logger.warn(fields, "job failed; the next look at the chains adds it again");
        throw new Error(messageOf(error));
      }
    },
    { ...options, concurrency, autorun: true },
  );
  const onError = (err: Error) => {
    // A wiped Redis forgets jobs that run; what they did is on the chains.
    if (!shutdown.signal.aborted) logger.warn({ err }, "the queue's Redis gives an error");
  };
  queue.on("error", onError);
  worker.on("error", onError);
  shutdown.onStop(`queue ${name}`, async () => {
    await worker.close();
    await queue.close();
  });

  /** Whether the job of that id is none, or one that does not run in its time. */
  async function isFree(id: string): Promise<boolean> {
    const state = await queue.getJobState(id);
    if (["waiting", "active", "prioritized"].includes(state)) return false;
    if (state !== "delayed") return true;
    // BullMQ keeps the time in the score's upper bits.
    const score = await (await queue.backend.client).zscore(queue.toKey("delayed"), id);
    return score === null || Number(score) / 0x1000 > Date.now() + maxDelayMs;
  }

  async function depths(): Promise<Record<string, number>> {
    const counts = await queue.getJobCounts("waiting", "active", "delayed");
    for (const [state, value] of Object.entries(counts)) depth.set({ queue: name, state }, value);
    return counts;
  }

  return {
    async add(job) {
      if (shutdown.signal.aborted) return;
      const id = jobId(name, job);
      const restsUntil = resting.get(id);
      if (restsUntil !== undefined) {
        if (Date.now() < restsUntil) return;
        resting.delete(id);
      }
      if (!(await isFree(id))) return;
      // It may have begun to run just now, and then stays.
      await queue.remove(id).catch((err: unknown) => logger.debug({ err, id }, "could not remove a stale job"));
      await queue.add(name, storeJob<Name>(job), { jobId: id });
    },
    depths,
  };
}
