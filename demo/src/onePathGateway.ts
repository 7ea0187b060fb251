/** The hub's gateway for the control run: ours without its main defence. It is no part of what production builds. */

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { FatalError } from "@weighlock/core/errors.ts";
import type { Artifact } from "@weighlock/devnet/transactor.ts";
import type { Abi, Hex } from "viem";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NAME = "OnePathGateway";
const SOURCE = `test/contracts/harness/${NAME}.sol`;

/** Compiles it, which is quick where nothing has changed. */
export async function buildOnePathGateway(): Promise<Artifact> {
  const forge = join(createRequire(import.meta.url).resolve("@foundry-rs/forge/package.json"), "..", "bin.mjs");
  await promisify(execFile)(process.execPath, [forge, "build", SOURCE], { cwd: ROOT }).catch((cause: unknown) => {
    throw new FatalError(`The control run's gateway does not compile. Try: npx forge build ${SOURCE}`, { cause });
  });
  const text = await readFile(join(ROOT, `out/${NAME}.sol/${NAME}.json`), "utf8");
  const { abi, bytecode } = JSON.parse(text) as { abi: Abi; bytecode: { object: Hex } };
  return { name: NAME, abi, bytecode: bytecode.object };
}
