import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJsonObject } from "@weighlock/core/config.ts";
import { createLogger } from "@weighlock/core/logger.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RelayerConfig, readRelayerSetup } from "../config.ts";
import { createPaperDeployment } from "../testing/deployment.ts";
import { readVerifierSetup, VerifierConfig } from "./config.ts";

const KEY = `0x${"17".repeat(32)}` as const;
const lines: string[] = [];
const logger = createLogger({ service: "verifier", destination: { write: (line) => void lines.push(line) } });
let directory: string;

const verifier = {
  signerKey: KEY,
  gasKey: KEY,
  deployment: "deployment.json",
  sources: { hub: ["http://a.b", "http://c.d"], alpha: ["http://e.f", "http://g.h"] },
  redisUrl: "redis://127.0.0.1:1",
  dataDir: "data",
};
const one = { hub: ["http://a.b"], alpha: ["http://e.f", "http://g.h"] };

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "weighlock-verifier-"));
  write("deployment.json", createPaperDeployment());
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, value: unknown): string {
  writeFileSync(join(directory, name), JSON.stringify(value));
  return join(directory, name);
}
const read = (change: object) =>
  readVerifierSetup({ file: write("verifier.json", { ...verifier, ...change }), logger });

test("the examples are of the right shape", () => {
  const example = (path: string) => readJsonObject(join(import.meta.dirname, path));
  expect(VerifierConfig.safeParse(example("config.example.json")).success).toBe(true);
  expect(RelayerConfig.safeParse(example("../../config.example.json")).success).toBe(true);
});

test("the verifier needs two different sources of each chain", () => {
  expect(read({}).settings.sources.hub).toEqual(["http://a.b/", "http://c.d/"]);
  expect(() => read({ sources: one })).toThrow("at least 2 different RPC URLs");
  expect(() => read({ sources: { ...one, hub: ["http://a.b", "http://A.b/"] } })).toThrow("same URL twice");
  expect(lines).toEqual([]);
});

test("one source is allowed when the configuration says so, and warned of", () => {
  expect(read({ sources: one, allowSingleSource: true }).settings.allowSingleSource).toBe(true);
  expect(JSON.parse(lines.pop() ?? "")).toMatchObject({ level: "warn", chains: ["hub"] });
});

test("one source is enough for the relayer, which signs nothing", () => {
  const file = write("relayer.json", {
    gasKey: KEY,
    deployment: "deployment.json",
    sources: one,
    redisUrl: "redis://127.0.0.1:1",
    watcherUrls: ["http://127.0.0.1:2"],
  });
  expect(readRelayerSetup({ file }).settings.sources.hub).toEqual(["http://a.b/"]);
});
