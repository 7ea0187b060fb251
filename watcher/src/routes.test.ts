import { createHttpServer } from "@weighlock/core/http.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { type Hex, recoverTypedDataAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBook } from "./book.ts";
import { createRoutes } from "./routes.ts";
import { commitmentTypedData } from "./signature.ts";
import { ALPHA, executedLog, HUB, honestLog, openedLog, TO_ALPHA, TO_HUB } from "./testing/logs.ts";

const account = privateKeyToAccount(`0x${"42".repeat(32)}`);
const common = createTestCommon();
const book = createBook({ common, chains: [HUB, ALPHA], sourcesOf: () => 1 });
const toHub = honestLog(TO_HUB, [2]);
const toAlpha = honestLog(TO_ALPHA, [3]);
let url: string;

beforeAll(async () => {
  book.hear(ALPHA, 0, [openedLog(ALPHA, HUB), ...toHub.logs]);
  book.hear(HUB, 0, [openedLog(HUB, ALPHA), ...toAlpha.logs]);
  book.hear(ALPHA, 0, [executedLog(TO_ALPHA, 3, toAlpha.heads.get(3) ?? "0x")]);
  const routes = createRoutes({ common, account, lanes: book.lanes });
  ({ url } = await createHttpServer({ common, routes }));
});
afterAll(() => common.shutdown.stop("test over"));

async function get(query: string) {
  const response = await fetch(`${url}/commitment?${query}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test("answers with numbers as decimal strings and a signature for the destination's path", async () => {
  const { status, body } = await get(`srcEid=${ALPHA.eid}&dstEid=${HUB.eid}&count=2&ackCount=3`);
  expect(status).toBe(200);
  const commitment = {
    lane: toHub.heads.get(0) as Hex,
    count: 2n,
    head: toHub.heads.get(2) as Hex,
    ackCount: 3n,
    ackHead: toAlpha.heads.get(3) as Hex,
  };
  const { signature, watcher, ...rest } = body;
  expect(rest).toEqual({ ...commitment, count: "2", ackCount: "3" });
  const typedData = commitmentTypedData({ commitment, chainId: HUB.chainId, watcherPath: HUB.watcherPath });
  expect(await recoverTypedDataAddress({ ...typedData, signature: signature as Hex })).toBe(account.address);
  expect(watcher).toBe(account.address);
});

test.each([
  [`srcEid=${ALPHA.eid}&dstEid=${HUB.eid}&count=1&ackCount=3`, "count-not-final"],
  [`srcEid=${ALPHA.eid}&dstEid=${HUB.eid}&count=2&ackCount=2`, "ack-not-final"],
  [`srcEid=${ALPHA.eid}&dstEid=999&count=2&ackCount=2`, "lane-unknown"],
])("%s is a 404", async (query, reason) => {
  expect(await get(query)).toMatchObject({ status: 404, body: { reason, error: expect.any(String) } });
});

test.each([
  ["", "srcEid dstEid count ackCount"],
  ["srcEid=1&dstEid=2&count=-1&ackCount=0", "count"],
  ["srcEid=1&dstEid=2&count=0x1&ackCount=0", "count"],
  ["srcEid=1&dstEid=2&count=01&ackCount=0", "count"],
  ["srcEid=1&dstEid=2&count=1&count=2&ackCount=0", "count"],
  ["srcEid=1&dstEid=2&count=18446744073709551616&ackCount=0", "count"],
  ["srcEid=4294967296&dstEid=2&count=1&ackCount=", "srcEid ackCount"],
])("%s is a 400 that names the parameters", async (query, names) => {
  const { status, body } = await get(query);
  expect(status).toBe(400);
  expect(Object.keys(body.reason as object)).toEqual(names.split(" "));
});

test("evidence is a 409 with its reason, and is counted", async () => {
  book.hear(ALPHA, 0, [executedLog(TO_ALPHA, 2, toAlpha.heads.get(3) ?? "0x")]);
  const answer = await get(`srcEid=${ALPHA.eid}&dstEid=${HUB.eid}&count=2&ackCount=3`);
  expect(answer).toMatchObject({ status: 409, body: { reason: "log-mismatch" } });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/weighlock_watcher_signed_total\{lane="alpha→hub",.*\} 1/);
  expect(metrics).toMatch(/weighlock_watcher_refused_total\{lane="alpha→hub",reason="log-mismatch",.*\} 2/);
});
