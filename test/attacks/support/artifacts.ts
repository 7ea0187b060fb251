/** Contracts of test/contracts: ours with one defence taken out, and hostile ones. Compiled by `npm run attacks`. */

import { existsSync, readFileSync } from "node:fs";
import type { Artifact } from "@weighlock/devnet/transactor.ts";
import type { Abi, Hex } from "viem";

/**
 * @param file Where it is, if not in a file of its name.
 * @throws RangeError when it was not compiled.
 */
export function harness(name: string, file = name): Artifact {
  const path = new URL(`../../../out/${file}.sol/${name}.json`, import.meta.url);
  if (!existsSync(path)) throw new RangeError(`${name} is not compiled; type: npm run attacks`);
  const { abi, bytecode } = JSON.parse(readFileSync(path, "utf8")) as { abi: Abi; bytecode: { object: Hex } };
  return { name, abi, bytecode: bytecode.object };
}
