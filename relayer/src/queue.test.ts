import { FatalError, RetryableError } from "@weighlock/core/errors.ts";
import { PRODUCT } from "@weighlock/core/product.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { startRedis } from "@weighlock/core/testing/processes.ts";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import type { Job } from "./jobs.ts";
import { createJobQueue, type JobQueue } from "./queue.ts";

const server = await startRedis();
const common = createTestCommon();
const redis = new Redis(server.url);
const job = (nonce: bigint): Job<"verify"> => ({ srcEid: 40_702, dstEid: 40_701, nonce, blockNumber: 9n });

const handle = vi.fn<(job: Job<"verify">) => Promise<void>>();
const queue: JobQueue<"verify"> = createJobQueue({
  common,
  redisUrl: server.url,
  name: "verify",
  handle: (each) => handle(each),
  attempts: 3,
  backoffMs: 10,
  restMs: 200,
});
/** Somebody else who can write this Redis. */
const stranger = new Queue("verify", { connection: { url: server.url }, prefix: PRODUCT.slug });

beforeEach(() => {
  handle.mockReset();
  handle.mockResolvedValue(undefined);
});
afterAll(async () => {
  await stranger.close();
  await common.shutdown.stop("test");
  redis.disconnect();
  await server.close();
});

const idle = () =>
  vi.waitFor(async () => {
    const { waiting, active, delayed } = await queue.depths();
    expect([waiting, active, delayed]).toEqual([0, 0, 0]);
  });

test("a job runs with its coordinates, and again when it is added after it was done", async () => {
  await queue.add(job(1n));
  await idle();
  await queue.add(job(1n));
  await idle();
  expect(handle.mock.calls).toEqual([[job(1n)], [job(1n)]]);
});

test("a job that waits or runs is not added twice", async () => {
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  handle.mockImplementation(async () => {
    started.resolve();
    await release.promise;
  });
  await queue.add(job(2n));
  await started.promise;
  await queue.add(job(2n));
  release.resolve();
  await idle();
  expect(handle).toHaveBeenCalledTimes(1);
});

test("what may pass is tried again", async () => {
  handle.mockRejectedValueOnce(new RetryableError("not yet"));
  await queue.add(job(3n));
  await vi.waitFor(() => expect(handle).toHaveBeenCalledTimes(2));
  await idle();
});

test("what can't pass is tried once, and rests before it is taken again", async () => {
  handle.mockRejectedValue(new FatalError("never"));
  await queue.add(job(4n));
  await idle();
  await queue.add(job(4n));
  await idle();
  expect(handle).toHaveBeenCalledTimes(1);
  await vi.waitFor(async () => {
    await queue.add(job(4n));
    expect(handle).toHaveBeenCalledTimes(2);
  });
  await idle();
});

test("poisoned jobs are dropped; the ones behind them run", async () => {
  const stored = { srcEid: 40_702, dstEid: 40_701, nonce: "5", blockNumber: "9" };
  await stranger.add("verify", { ...stored, payloadHash: `0x${"66".repeat(32)}` });
  await stranger.add("verify", { ...stored, nonce: "-1" });
  await stranger.add("sign-this", "0x1234");
  await stranger.add("verify", null);
  await queue.add(job(5n));
  await vi.waitFor(() => expect(handle).toHaveBeenCalled());
  await idle();
  expect(handle.mock.calls).toEqual([[job(5n)]]);
});

test("a job's id that somebody else has taken does not keep it from running", async () => {
  const { srcEid, dstEid } = job(8n);
  const taken = (nonce: bigint) => ({ jobId: `verify-${srcEid}-${dstEid}-${nonce}-9` });
  await stranger.add("verify", "junk", { ...taken(8n), removeOnComplete: false });
  await stranger.add("verify", "junk", { ...taken(10n), delay: 1e12 });
  await vi.waitFor(async () => expect(await stranger.getJobState(taken(8n).jobId)).toBe("completed"));
  for (const nonce of [8n, 10n]) await queue.add(job(nonce));
  await idle();
  expect(handle.mock.calls.map(([{ nonce }]) => nonce).sort()).toEqual([10n, 8n]);
});

test("a wiped Redis forgets jobs, and takes new ones at once", async () => {
  const release = Promise.withResolvers<void>();
  handle.mockImplementationOnce(() => release.promise);
  await queue.add(job(6n));
  await vi.waitFor(() => expect(handle).toHaveBeenCalledTimes(1));
  await redis.flushall();
  release.resolve();
  await queue.add(job(6n));
  await queue.add(job(7n));
  await vi.waitFor(() => expect(handle.mock.calls.slice(1)).toEqual([[job(6n)], [job(7n)]]));
  await idle();
});
