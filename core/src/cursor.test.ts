import { Redis } from "ioredis";
import { afterAll, describe, expect, test } from "vitest";
import { type Cursor, createMemoryCursorStore, createRedisCursorStore } from "./cursor.ts";
import { startRedis } from "./testing/processes.ts";

const server = await startRedis();
const redis = new Redis(server.url);
afterAll(async () => {
  redis.disconnect();
  await server.close();
});

const block = (number: bigint) => ({
  number,
  hash: `0x${"ab".repeat(32)}` as const,
  parentHash: `0x${"cd".repeat(32)}` as const,
  timestamp: 1_700_000_000n,
});

describe.each([
  { name: "memory", store: createMemoryCursorStore() },
  { name: "redis", store: createRedisCursorStore({ redis }) },
])("$name", ({ store }) => {
  test("a cursor that was set is got, per key", async () => {
    const cursor: Cursor = { block: block(2n ** 60n), finalized: block(7n) };
    await store.set("arbitrum", cursor);
    await store.set("base", { block: block(1n), finalized: undefined });
    expect(await store.get("arbitrum")).toEqual(cursor);
    expect(await store.get("base")).toEqual({ block: block(1n), finalized: undefined });
    expect(await store.get("ethereum")).toBeUndefined();
  });

  test("the last set wins", async () => {
    await store.set("arbitrum", { block: block(9n), finalized: block(8n) });
    expect((await store.get("arbitrum"))?.block.number).toBe(9n);
  });
});

test.each(["", "{", "[]", '{"block":{"number":"-1"}}', '{"block":5}'])(
  "a spoilt redis cursor %j is none",
  async (text) => {
    await redis.set("weighlock:cursor:spoilt", text);
    expect(await createRedisCursorStore({ redis }).get("spoilt")).toBeUndefined();
  },
);
