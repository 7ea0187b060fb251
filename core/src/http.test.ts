import { request } from "node:http";
import { afterAll, expect, test } from "vitest";
import { createHttpServer, HttpError } from "./http.ts";
import { createTestCommon } from "./testing/common.ts";

const common = createTestCommon("watcher");
let reasons: string[] = [];
const server = await createHttpServer({
  common,
  ready: () => reasons,
  routes: {
    "/signatures/:lane/:count": ({ params, query }) => ({
      ...params,
      count: BigInt(params.count ?? 0),
      q: query.get("q"),
    }),
    "/missing": () => undefined,
    "/teapot": () => {
      throw new HttpError(418, "short and stout");
    },
    "/broken": () => {
      throw new Error("internal detail");
    },
  },
});
afterAll(() => common.shutdown.stop("test"));
const get = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);

test("it binds to the loopback on a free port", () => {
  expect(server.host).toBe("127.0.0.1");
  expect(server.port).toBeGreaterThan(0);
});

test("/health says so; /ready gives its reasons", async () => {
  expect(await (await get("/health")).json()).toMatchObject({ status: "ok", service: "watcher" });
  expect((await get("/ready")).status).toBe(200);
  reasons = ["arbitrum: no block for 30 s"];
  const response = await get("/ready");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ reasons });
  reasons = [];
});

test("/metrics has the prefix and the service", async () => {
  common.metrics.counter({ name: "windows_executed_total", help: "Windows.", labels: ["lane"] }).inc({ lane: "a" }, 2);
  expect(common.metrics.counter({ name: "windows_executed_total", help: "Windows." })).toBeDefined();
  const text = await (await get("/metrics")).text();
  expect(text).toContain('weighlock_windows_executed_total{lane="a",service="watcher"} 2');
  expect(text).toContain("weighlock_process_cpu_seconds_total");
});

test("a route reads its path and sends bigints as strings", async () => {
  expect(await (await get("/signatures/0xab/7?q=1")).json()).toEqual({ lane: "0xab", count: "7", q: "1" });
});

test.each([
  ["/nowhere", 404],
  ["/missing", 404],
  ["/teapot", 418],
  ["/broken", 500],
  ["/signatures/%zz/1", 400],
])("GET %s answers %i", async (path, status) => {
  const response = await get(path);
  expect(response.status).toBe(status);
  expect(await response.text()).not.toContain("internal detail");
});

test("it takes no body, no other method and no long address", async () => {
  expect((await get("/health", { method: "POST", body: "x" })).status).toBe(405);
  expect((await get(`/${"a".repeat(3_000)}`)).status).toBe(414);
  const status = await new Promise((resolve, reject) => {
    request(`${server.url}/health`, { method: "GET", headers: { "content-length": 5 } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end("hello");
  });
  expect(status).toBe(413);
});
