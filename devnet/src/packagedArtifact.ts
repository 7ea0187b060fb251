/** A contract's ABI and bytecode as hardhat wrote them into an npm package. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Abi, Hex } from "viem";
import { z } from "zod";
import type { Artifact } from "./transactor.ts";

const artifactSchema = z.object({
  abi: z.custom<Abi>(Array.isArray),
  bytecode: z.custom<Hex>((value) => typeof value === "string" && /^0x([0-9a-f]{2})+$/i.test(value), {
    message: "is not linked bytecode",
  }),
});

const require = createRequire(import.meta.url);
const read = new Map<string, Artifact>();

/** Read once a process. `file` begins with the package's name. */
export function packagedArtifact({ name, file }: { name: string; file: string }): Artifact {
  const known = read.get(file);
  if (known !== undefined) return known;
  const artifact = { name, ...artifactSchema.parse(JSON.parse(readFileSync(require.resolve(file), "utf8"))) };
  read.set(file, artifact);
  return artifact;
}
