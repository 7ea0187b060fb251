import { Redis } from "ioredis";
import { afterEach, expect, test } from "vitest";
import { startRedis } from "./redis.ts";
import { createCleanup, isRunning, temporaryFolder } from "./testing.ts";

const cleanup = createCleanup();
afterEach(() => cleanup.run());

function connect(url: string): Redis {
  const redis = new Redis(url);
  cleanup.add(() => redis.disconnect());
  return redis;
}

test("startRedis() gives a private server that evicts nothing and keeps what it was told", async () => {
  const dir = await temporaryFolder({ cleanup });
  const first = await startRedis({ dir });
  cleanup.add(() => first.stop());
  const redis = connect(first.url);
  for (const [key, expected] of [
    ["maxmemory-policy", "noeviction"],
    ["appendonly", "yes"],
    ["bind", "127.0.0.1"],
  ] as const) {
    expect(await redis.config("GET", key)).toEqual([key, expected]);
  }
  await redis.set("lane", "7");
  redis.disconnect();
  await first.stop();
  expect(await isRunning(first.process.pid)).toBe(false);

  const second = await startRedis({ dir, port: first.port });
  cleanup.add(() => second.stop());
  expect(await connect(second.url).get("lane")).toBe("7");
});

test("startRedis() says the one line to type when redis-server is not installed", async () => {
  const dir = await temporaryFolder({ cleanup });
  await expect(startRedis({ dir, path: dir })).rejects.toThrow("redis-server is not installed. Type: npm run setup");
});
