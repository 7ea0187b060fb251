import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJsonObject } from "@weighlock/core/config.ts";
import { createLogger } from "@weighlock/core/logger.ts";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSetup, WatcherConfig } from "./config.ts";

const KEY = `0x${"17".repeat(32)}` as const;
let directory: string;

const chain = (name: string, role: string, digit: number) => ({
  name,
  role,
  chainId: digit,
  eid: 100 + digit,
  gateway: `0x${String(digit).repeat(40)}`,
  deployBlock: 0,
  paths: [{ name: "watcher", address: `0x${String(digit + 4).repeat(40)}` }],
});
const good = {
  privateKeyFile: "key",
  deployment: "deployment.json",
  sources: { hub: ["http://127.0.0.1:1", "http://127.0.0.1:4"], alpha: ["http://127.0.0.1:2", "http://127.0.0.1:3"] },
};

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "weighlock-watcher-"));
  write("deployment.json", { chains: [chain("hub", "hub", 1), chain("alpha", "vault", 2)] });
  writeFileSync(join(directory, "key"), `${KEY}\n`);
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, value: unknown): string {
  writeFileSync(join(directory, name), JSON.stringify(value));
  return join(directory, name);
}
const read = (change: object, env = {}) => readSetup({ file: write("watcher.json", { ...good, ...change }), env });

test("paths are relative to the file, and the example is of the right shape", () => {
  const { account, chains, settings } = read({});
  expect(account.address).toBe(privateKeyToAccount(KEY).address);
  expect(chains.map(({ name, watcherPath }) => [name, watcherPath.slice(0, 4)])).toEqual([
    ["hub", "0x55"],
    ["alpha", "0x66"],
  ]);
  expect(settings).toMatchObject({ port: 0, host: "127.0.0.1" });
  expect(settings).not.toHaveProperty("privateKey");
  const example = join(import.meta.dirname, "../config.example.json");
  expect(WatcherConfig.safeParse(readJsonObject(example)).success).toBe(true);
});

test("a source alone is allowed when the configuration says so, and warned of", () => {
  const lines: string[] = [];
  const logger = createLogger({ service: "watcher", destination: { write: (line) => void lines.push(line) } });
  const sources = { ...good.sources, hub: ["http://a.b"] };
  for (const [change, env] of [
    [{ sources, allowSingleSource: true }, {}],
    [{ sources }, { WEIGHLOCK_ALLOW_SINGLE_SOURCE: "true" }],
  ] as const) {
    const { settings } = readSetup({ file: write("watcher.json", { ...good, ...change }), env, logger });
    expect(settings.sources.hub).toEqual(["http://a.b/"]);
    expect(JSON.parse(lines.pop() ?? "")).toMatchObject({ level: "warn", chains: ["hub"] });
  }
  readSetup({ file: write("watcher.json", { ...good, allowSingleSource: true }), logger });
  expect(lines).toEqual([]);
});

test("the environment overrides the file", () => {
  expect(read({}, { WEIGHLOCK_PORT: "4242" }).settings.port).toBe(4242);
});

test.each([
  ["no key", { privateKeyFile: undefined }, "give either"],
  ["two keys", { privateKey: KEY }, "give either"],
  ["a key that is none", { privateKeyFile: undefined, privateKey: "0x12" }, "bad keys"],
  ["a key file that is none", { privateKeyFile: "deployment.json" }, "key file must hold"],
  ["a missing key file", { privateKeyFile: "nowhere" }, "can't be read"],
  ["no sources for a chain", { sources: { hub: ["http://127.0.0.1:1"] } }, "sources.alpha"],
  ["sources of no chain", { sources: { ...good.sources, gamma: ["http://127.0.0.1:1"] } }, "sources.gamma"],
  ["one source twice", { sources: { ...good.sources, hub: ["http://a.b", "http://a.b"] } }, "same URL twice"],
  ["one in two spellings", { sources: { ...good.sources, hub: ["http://a.b", "HTTP://A.b:80/#x"] } }, "same URL twice"],
  ["a source alone", { sources: { ...good.sources, hub: ["http://a.b"] } }, "at least 2 different RPC URLs"],
  ["a path that isn't there", { path: "wormhole" }, "no path for watchers"],
  ["a missing deployment", { deployment: "nowhere.json" }, "can't be read"],
])("refuses %s", (_, change, message) => {
  expect(() => read(change)).toThrow(message);
});
