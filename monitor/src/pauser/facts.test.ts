import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { askFacts, parseFacts } from "./facts.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const head = `0x${"ab".repeat(32)}`;
const fact = { kind: "unknown-commitment", srcEid: 2, dstEid: 1, path: 0, count: "7", head };
const text = (facts: unknown, version: unknown = 3) => JSON.stringify({ version, facts });

test("a fact is its coordinates and nothing more", () => {
  const { version, facts } = parseFacts(text([{ ...fact, id: "x", since: "now", call: "0xdeadbeef" }]));
  expect(version).toBe(3);
  expect(facts).toEqual([{ srcEid: 2, dstEid: 1, path: 0, count: 7n, head }]);
});

test.each([
  ["another kind", { kind: "residual" }],
  ["no eid", { srcEid: 0 }],
  ["an eid that is no number", { dstEid: "1" }],
  ["a path that no lane has", { path: 8 }],
  ["a count beyond 64 bits", { count: "18446744073709551616" }],
  ["a negative count", { count: "-1" }],
  ["a short head", { head: "0x12" }],
])("%s is left out, and the facts beside it are not", (_, change) => {
  expect(parseFacts(text([{ ...fact, ...change }, fact, null, 7])).facts).toHaveLength(1);
});

test.each(["", "[]", "{}", text("all"), text([], -1), text([], "1"), text([], 1e12)])("%j is no answer", (answer) => {
  expect(() => parseFacts(answer)).toThrow(/monitor's answer/);
});

test("more facts than any honest monitor names are cut off", () => {
  expect(parseFacts(text(Array.from({ length: 10_000 }, () => fact))).facts).toHaveLength(256);
});

async function serve(body: () => string | Buffer, status = 200): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(body()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("an answer without an end is not read to its end", async () => {
  const monitor = await serve(() => Buffer.alloc(8 << 20, " "));
  const asked = askFacts({ monitor, since: undefined, waitSeconds: 1, signal: AbortSignal.timeout(5_000) });
  await expect(asked).rejects.toThrow(/too long/);
});

test("an error of the monitor is no answer", async () => {
  const monitor = await serve(() => text([fact]), 500);
  const asked = askFacts({ monitor, since: 1, waitSeconds: 1, signal: AbortSignal.timeout(5_000) });
  await expect(asked).rejects.toThrow(/status 500/);
});
