/** Follower cursors in one JSON file. */

import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Cursor, CursorStore } from "@weighlock/core/cursor.ts";
import type { Hash } from "viem";
import { z } from "zod";

const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((value) => value as Hash);
const whole = z.string().regex(/^\d+$/).transform(BigInt);
const blockSchema = z.object({ number: whole, hash, parentHash: hash, timestamp: whole });
const fileSchema = z.record(z.string(), z.object({ block: blockSchema, finalized: blockSchema.optional() }));

/** A missing or unreadable file means no cursors: their followers start again from the deployment's block. */
export async function createFileCursorStore({ file }: { file: string }): Promise<CursorStore> {
  const cursors = new Map<string, Cursor>();
  for (const [key, { block, finalized }] of Object.entries(await readCursors(file))) {
    cursors.set(key, { block, finalized });
  }
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const plain = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, JSON.stringify(Object.fromEntries(cursors), plain));
    // A rename is whole or not at all, so a crash leaves the old file.
    await rename(`${file}.new`, file);
  }

  return {
    get: async (key) => cursors.get(key),
    set: (key, cursor) => {
      cursors.set(key, cursor);
      writing = writing.then(write, write);
      return writing;
    },
  };
}

async function readCursors(file: string): Promise<z.output<typeof fileSchema>> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
