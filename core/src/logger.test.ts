import { createPublicClient, http } from "viem";
import { expect, test } from "vitest";
import { FatalError, messageOf } from "./errors.ts";
import { createLogger } from "./logger.ts";
import { hideSecrets } from "./plain.ts";

function capture() {
  const lines: string[] = [];
  const logger = createLogger({ service: "test", destination: { write: (line) => void lines.push(line) } });
  return { logger, read: () => lines.map((line) => JSON.parse(line)) };
}

test("a line is JSON with bigints as strings", () => {
  const { logger, read } = capture();
  logger.info({ lane: "a→b", count: 2n ** 64n, nested: { amounts: [1n] } }, "sealed");
  expect(read()).toMatchObject([
    {
      level: "info",
      service: "test",
      msg: "sealed",
      lane: "a→b",
      count: "18446744073709551616",
      nested: { amounts: ["1"] },
    },
  ]);
});

test("secrets are hidden at any depth, in children and in URLs", () => {
  const { logger, read } = capture();
  logger
    .child({ config: { keys: [{ role: "x", privateKey: "0xfeed" }] } })
    .warn({ url: "redis://me:hunter2@localhost:1/0" }, "started");
  const [line] = read();
  expect(JSON.stringify(line)).not.toMatch(/feed|hunter2/);
  expect(line.url).toBe("redis://localhost:1");
});

test("of a node's URL only the origin is logged: in messages, errors, their causes and details", async () => {
  const { logger, read } = capture();
  const rpcUrl = "http://127.0.0.1:9/v3/s3cret?apikey=s3cret";
  const cause = await createPublicClient({ transport: http(rpcUrl, { retryCount: 0 }) })
    .getChainId()
    .catch((error: unknown) => error);
  expect(String(cause)).toContain("s3cret");
  const error = new FatalError("no", { details: { rpcUrl, all: new Map([["hub", new URL(rpcUrl)]]) }, cause });
  expect(error.message).not.toContain("s3cret");
  logger.error({ err: error, rpcUrl }, `can't reach ${rpcUrl}`);
  logger.error(cause);
  logger.child({ rpcUrl }).info("%s", rpcUrl);
  const lines = read();
  expect(lines).toHaveLength(3);
  expect(JSON.stringify(lines)).not.toContain("s3cret");
  expect(lines[0]).toMatchObject({ rpcUrl: "http://127.0.0.1:9", msg: "can't reach http://127.0.0.1:9" });
  expect(messageOf(new Error(`no answer from ${rpcUrl}`))).toBe("no answer from http://127.0.0.1:9");
});

test.each([
  ["https://eth.example/v3/s3cret, then", "https://eth.example, then"],
  ["see (https://eth.example:8443/s3cret).", "see (https://eth.example:8443)."],
  ["wss://eth.example/ws/s3cret", "wss://eth.example"],
  ["rediss://me:s3cret@cache.example:6380/0", "rediss://cache.example:6380"],
  ['{"url":"HTTPS://eth.example/?k=s3cret"}', '{"url":"https://eth.example"}'],
  ["http://:s3cret", "http://[redacted]"],
  ["https://[::1]:8545/s3cret", "https://[::1]:8545"],
  ["http://[::1]", "http://[::1]"],
  ["'https://eth.example/a'(s3cret)'", "'https://eth.example)'"],
  ["postgres://me:s3cret@db/x", "postgres://[redacted]@db/x"],
  ["https://me:a(b@eth.example/s3cret", "https://eth.example"],
  ["file:///srv/app.ts:1:2", "file:///srv/app.ts:1:2"],
])("%s is shown as %s", (text, shown) => {
  expect(hideSecrets(text)).toBe(shown);
});

test("an error keeps its details and its cause", () => {
  const { logger, read } = capture();
  logger.error({ err: new FatalError("no", { details: { count: 3n }, cause: new Error("why") }) }, "failed");
  expect(read()[0].err).toMatchObject({ type: "FatalError", details: { count: "3" }, cause: { message: "why" } });
});
