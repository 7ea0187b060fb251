/** Where a follower stands, kept between runs: in memory, or in Redis. */

import type { Redis } from "ioredis";
import type { Hash } from "viem";
import { z } from "zod";
import { PRODUCT } from "./product.ts";

export type BlockRef = { number: bigint; hash: Hash; parentHash: Hash /** Seconds. */; timestamp: bigint };

/** `block` is the last one handled; `finalized` the last one known final, where a reorg cannot reach. */
export type Cursor = { block: BlockRef; finalized: BlockRef | undefined };

export type CursorStore = {
  get(key: string): Promise<Cursor | undefined>;
  set(key: string, cursor: Cursor): Promise<void>;
};

const blockRef = z.object({
  number: z.string().regex(/^\d+$/).transform(BigInt),
  hash: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .transform((value) => value as Hash),
  parentHash: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .transform((value) => value as Hash),
  timestamp: z.string().regex(/^\d+$/).transform(BigInt),
});
const stored = z.object({ block: blockRef, finalized: blockRef.optional() });

export function createMemoryCursorStore(): CursorStore {
  const cursors = new Map<string, Cursor>();
  return {
    get: async (key) => structuredClone(cursors.get(key)),
    set: async (key, cursor) => {
      cursors.set(key, structuredClone(cursor));
    },
  };
}

/** A missing or unreadable cursor is undefined, so that its follower starts again from the deployment's block. */
export function createRedisCursorStore({ redis }: { redis: Redis }): CursorStore {
  const keyOf = (key: string) => `${PRODUCT.slug}:cursor:${key}`;
  return {
    async get(key) {
      const text = await redis.get(keyOf(key));
      if (text === null) return undefined;
      const result = stored.safeParse(parseJson(text));
      return result.success ? { block: result.data.block, finalized: result.data.finalized } : undefined;
    },
    async set(key, cursor) {
      const text = JSON.stringify(cursor, (_, value) => (typeof value === "bigint" ? value.toString() : value));
      await redis.set(keyOf(key), text);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
