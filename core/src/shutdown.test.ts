import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";
import { createShutdown } from "./shutdown.ts";

const create = (options: { timeoutMs?: number; signals?: boolean; exit?: (code: number) => void } = {}) =>
  createShutdown({ logger: createLogger({ service: "test", level: "silent" }), signals: false, ...options });

test("stop() aborts, then closes the last registered first, once", async () => {
  const shutdown = create();
  const order: string[] = [];
  shutdown.signal.addEventListener("abort", () => order.push("abort"));
  shutdown.onStop("store", async () => void order.push("store"));
  shutdown.onStop("worker", () => void order.push("worker"));
  const results = await Promise.all([shutdown.stop("test"), shutdown.stop("again")]);
  expect(order).toEqual(["abort", "worker", "store"]);
  expect(results[0]).toEqual({ failed: [] });
});

test("a closer that throws or hangs is named, and the others still run", async () => {
  const shutdown = create({ timeoutMs: 50 });
  const closed: string[] = [];
  shutdown.onStop("fine", () => void closed.push("fine"));
  shutdown.onStop("hangs", () => new Promise(() => {}));
  shutdown.onStop("throws", () => {
    throw new Error("no");
  });
  expect(await shutdown.stop("test")).toEqual({ failed: ["throws", "hangs"] });
  expect(closed).toEqual(["fine"]);
});

test("SIGTERM stops and exits 0; the listeners are gone after", async () => {
  const before = process.listenerCount("SIGTERM");
  const exited = Promise.withResolvers<number>();
  create({ signals: true, exit: exited.resolve });
  process.emit("SIGTERM", "SIGTERM");
  expect(await exited.promise).toBe(0);
  expect(process.listenerCount("SIGTERM")).toBe(before);
});
