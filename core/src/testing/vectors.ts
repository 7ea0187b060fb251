/** Reads a file of test/vectors/. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

export function readVectors<Case>(name: string): Case[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, "../../../test/vectors", `${name}.json`), "utf8"));
}
