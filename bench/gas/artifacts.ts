/** What `forge build bench/contracts` wrote: the peers, and the floor's ledger. */

import { readFileSync } from "node:fs";
import { FatalError } from "@weighlock/core/errors.ts";
import type { Artifact } from "@weighlock/devnet/transactor.ts";
import type { Abi, Hex } from "viem";

export type BenchContract = "OftLock" | "OftMint" | "BareLedger";

/** The bench's contracts have not been compiled. */
export class NotCompiledError extends FatalError {
  override name = "NotCompiledError";
}

/** @throws NotCompiledError */
export function benchArtifact(name: BenchContract): Artifact {
  const file = new URL(`../../out/${name}.sol/${name}.json`, import.meta.url);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new NotCompiledError("The bench's contracts are not compiled. Type: forge build bench/contracts", {
      details: { missing: name },
      cause,
    });
  }
  const { abi, bytecode } = JSON.parse(text) as { abi: Abi; bytecode: { object: Hex } };
  return { name, abi, bytecode: bytecode.object };
}
