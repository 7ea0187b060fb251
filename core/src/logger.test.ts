import { expect, test } from "vitest";
import { FatalError } from "./errors.ts";
import { createLogger } from "./logger.ts";

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
  expect(line.url).toBe("redis://[redacted]@localhost:1/0");
});

test("an error keeps its details and its cause", () => {
  const { logger, read } = capture();
  logger.error({ err: new FatalError("no", { details: { count: 3n }, cause: new Error("why") }) }, "failed");
  expect(read()[0].err).toMatchObject({ type: "FatalError", details: { count: "3" }, cause: { message: "why" } });
});
