import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { createPaperDeployment } from "@weighlock/relayer/testing/deployment.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MonitorConfig, readSetup } from "./config.ts";

const KEY = `0x${"17".repeat(32)}`;
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "weighlock-monitor-"));
  writeFileSync(join(directory, "deployment.json"), JSON.stringify(createPaperDeployment()));
  writeFileSync(join(directory, "signer.key"), `${KEY}\n`);
  writeFileSync(join(directory, "other.key"), "not a key");
});
afterAll(() => rmSync(directory, { recursive: true }));

function read(over: Readonly<Record<string, unknown>>, env: Record<string, string> = {}) {
  const file = join(directory, "config.json");
  const one = ["http://127.0.0.1:9"];
  const config = { deployment: "deployment.json", sources: { hub: one, alpha: one }, allowSingleSource: true };
  writeFileSync(file, JSON.stringify({ ...config, logLevel: "silent", ...over }));
  return readSetup({ file, env });
}

test("the example is complete", () => {
  const example = readFileSync(join(import.meta.dirname, "../config.example.json"), "utf8");
  expect(MonitorConfig.strict().safeParse(JSON.parse(example)).success).toBe(true);
});

test("a monitor signs nothing unless it has a key", () => {
  expect(read({}).signerKey).toBeUndefined();
});

test("the key comes from a file of its own, from the environment, or from the configuration", () => {
  expect(read({ signerKeyFile: "signer.key" }).signerKey).toBe(KEY);
  expect(read({}, { WEIGHLOCK_SIGNER_KEY_FILE: join(directory, "signer.key") }).signerKey).toBe(KEY);
  expect(read({}, { WEIGHLOCK_SIGNER_PRIVATE_KEY: KEY }).signerKey).toBe(KEY);
  expect(read({ signerPrivateKey: KEY }).signerKey).toBe(KEY);
});

test("it is never printed", () => {
  const { settings } = read({ signerPrivateKey: KEY });
  expect(inspect(settings) + JSON.stringify(settings)).not.toContain("1717");
});

test.each([
  [{ signerKeyFile: "nowhere.key" }, /a file that can be read/],
  [{ signerKeyFile: "other.key" }, /32 bytes of hex and nothing else/],
  [{ signerKeyFile: "signer.key", signerPrivateKey: KEY }, /either a key or a file/],
  [{ signerPrivateKey: "0x17" }, /signerPrivateKey/],
])("%j is refused", (over, reason) => {
  expect(() => read(over)).toThrow(reason);
});
