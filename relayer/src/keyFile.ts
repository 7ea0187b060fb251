/** A private key in the configuration: as it is, or in a file of its own. */

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ConfigError, configError } from "@weighlock/core/config.ts";
import type { Hex } from "viem";
import { z } from "zod";

const PRIVATE_KEY = /^0x[0-9a-fA-F]{64}$/;

export const privateKey = z
  .string()
  .regex(PRIVATE_KEY, "expected 32 bytes of hex")
  .transform((value) => value as Hex);

/** `path` is relative to the configuration `file`. Throws ConfigError unless exactly one of `key` and `path` is given. */
export function resolveKey({
  file,
  name,
  key,
  path,
}: {
  file: string;
  /** Of the key's setting; its file's is the same with "File" behind it. */
  name: string;
  key: Hex | undefined;
  path: string | undefined;
}): Hex {
  if (key !== undefined && path === undefined) return key;
  if (key !== undefined || path === undefined)
    throw configError(file, { [name]: `give either ${name} or ${name}File` });
  let text: string;
  try {
    text = readFileSync(resolve(dirname(file), path), "utf8").trim();
  } catch (cause) {
    throw new ConfigError(`The key file can't be read; check ${name}File and its permissions.`, {
      details: { file: path },
      cause,
    });
  }
  if (!PRIVATE_KEY.test(text)) {
    throw new ConfigError("The key file must hold 32 bytes of hex, starting with 0x, and nothing else.", {
      details: { file: path },
    });
  }
  return text as Hex;
}
