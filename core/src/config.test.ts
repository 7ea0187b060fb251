import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { ConfigError, readConfig } from "./config.ts";

const directory = mkdtempSync(join(tmpdir(), "weighlock-config-"));
afterAll(() => rmSync(directory, { recursive: true }));
const fileOf = (text: string) => {
  const file = join(directory, "config.json");
  writeFileSync(file, text);
  return file;
};

const schema = z.object({
  port: z.coerce.number().int().min(0).max(65_535),
  redisUrl: z.url(),
  privateKey: z.string(),
  lanes: z.array(z.object({ srcEid: z.number(), dstEid: z.number() })).default([]),
});
const good = { port: 1, redisUrl: "redis://localhost:1", privateKey: "0xfeed" };

test("the environment overrides the file", () => {
  const env = { WEIGHLOCK_PORT: "8080", WEIGHLOCK_LANES: '[{"srcEid":1,"dstEid":2}]' };
  const config = readConfig({ schema, file: fileOf(JSON.stringify(good)), env });
  expect(config.port).toBe(8080);
  expect(config.lanes).toEqual([{ srcEid: 1, dstEid: 2 }]);
});

test("every bad key is reported at once, with its path and what is expected", () => {
  const file = fileOf(JSON.stringify({ port: 70_000, redisUrl: "nope", lanes: [{ srcEid: "x", dstEid: 2 }] }));
  try {
    readConfig({ schema, file });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect(Object.keys((error as ConfigError).details).sort()).toEqual([
      "file",
      "lanes.0.srcEid",
      "port",
      "privateKey",
      "redisUrl",
    ]);
    expect((error as ConfigError).message).toMatch(/lanes\.0\.srcEid: .*expected number/);
  }
});

test("a missing key names its environment variable", () => {
  expect(() => readConfig({ schema, env: {} })).toThrow("WEIGHLOCK_REDIS_URL");
});

test("the result is frozen and hides secrets when printed", () => {
  const config = readConfig({ schema, file: fileOf(JSON.stringify(good)) });
  expect(config.privateKey).toBe("0xfeed");
  expect(() => Object.assign(config, { port: 2 })).toThrow(TypeError);
  expect(() => Object.assign(config.lanes, { 0: 1 })).toThrow(TypeError);
  expect(inspect(config) + JSON.stringify(config)).not.toContain("feed");
});

test("a file that is not JSON is named", () => {
  expect(() => readConfig({ schema, file: fileOf("{") })).toThrow(ConfigError);
  expect(() => readConfig({ schema, file: join(directory, "absent.json") })).toThrow("absent.json");
});
