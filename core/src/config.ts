/** Configuration: read once, judged whole, frozen, and never printed with its secrets. */

import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import type { z } from "zod";
import { type ErrorDetails, FatalError } from "./errors.ts";
import { toPlain } from "./plain.ts";
import { PRODUCT } from "./product.ts";

/** `details` has one line per bad key: its path and what is expected there. */
export class ConfigError extends FatalError {
  override name = "ConfigError";
}

/**
 * The file's JSON (when `file` is given), each top-level key overridden by its environment variable: `redisUrl` by
 * WEIGHLOCK_REDIS_URL. A variable that starts with `{` or `[` is JSON; any other is a string, so use `z.coerce` for
 * numbers. Throws ConfigError with every bad key at once.
 */
export function readConfig<Schema extends z.ZodObject>({
  schema,
  file,
  env = {},
}: {
  schema: Schema;
  file?: string;
  env?: Readonly<Record<string, string | undefined>>;
}): Readonly<z.output<Schema>> {
  const values: Record<string, unknown> = file === undefined ? {} : readJsonObject(file);
  const problems: Record<string, string> = {};
  for (const key of Object.keys(schema.shape)) {
    const text = env[envName(key)];
    if (text === undefined || text === "") continue;
    try {
      values[key] = /^\s*[{[]/.test(text) ? JSON.parse(text) : text;
    } catch {
      problems[key] = `${envName(key)} starts like JSON but can't be read as JSON`;
    }
  }
  const result = schema.safeParse(values);
  for (const { path, message } of result.error?.issues ?? []) {
    const at = path.map(String).join(".") || "(the whole file)";
    problems[at] ??= path.length === 1 && file === undefined ? `${message} (set ${envName(at)})` : message;
  }
  if (!result.success || Object.keys(problems).length > 0) throw configError(file, problems);
  return sealed(result.data);
}

/** The environment variable that overrides a top-level key. */
export function envName(key: string): string {
  return `${PRODUCT.slug}_${key.replace(/[A-Z]/g, (letter) => `_${letter}`)}`.toUpperCase();
}

/** Reads a JSON file that must hold an object; throws ConfigError. */
export function readJsonObject(file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new ConfigError("The configuration file can't be read as JSON; check that it exists and is complete.", {
      details: { file },
      cause,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigError("The configuration file must hold a JSON object.", { details: { file } });
  }
  return { ...value };
}

export function configError(file: string | undefined, problems: ErrorDetails): ConfigError {
  return new ConfigError("The configuration has bad keys; correct them and start again.", {
    details: { ...(file !== undefined && { file }), ...problems },
  });
}

/** Deep-frozen, and redacted when printed or turned into JSON. */
export function sealed<Value extends object>(value: Value): Readonly<Value> {
  const plain = () => toPlain({ ...value });
  Object.defineProperty(value, inspect.custom, { value: plain, enumerable: false });
  Object.defineProperty(value, "toJSON", { value: plain, enumerable: false });
  return deepFreeze(value);
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const item of Object.values(value)) {
    if (typeof item === "object" && item !== null && !Object.isFrozen(item)) deepFreeze(item);
  }
  return Object.freeze(value);
}
