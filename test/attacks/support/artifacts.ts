/** Contracts of test/contracts/harness: ours with one defence taken out. Compiled by `npm run build:harness`. */

import { existsSync, readFileSync } from "node:fs";
import type { Artifact } from "@weighlock/devnet/transactor.ts";
import type { Abi, Hex } from "viem";

/** @throws RangeError when it was not compiled. */
export function harness(name: string): Artifact {
  const file = new URL(`../../../out/${name}.sol/${name}.json`, import.meta.url);
  if (!existsSync(file)) throw new RangeError(`${name} is not compiled; type: forge build test/contracts/harness`);
  const { abi, bytecode } = JSON.parse(readFileSync(file, "utf8")) as { abi: Abi; bytecode: { object: Hex } };
  return { name, abi, bytecode: bytecode.object };
}
