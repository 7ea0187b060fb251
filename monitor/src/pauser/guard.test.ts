/** Whose facts are looked at when: a monitor that names ever more must not keep another's fact waiting. */

import { setTimeout as sleep } from "node:timers/promises";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { createPaperDeployment } from "@weighlock/relayer/testing/deployment.ts";
import { type Hex, numberToHex } from "viem";
import { expect, test, vi } from "vitest";
import { createChainSources } from "../sources.ts";
import type { Attestation, Judgement } from "../unknownCommitment.ts";
import { createGuard } from "./guard.ts";

const { chains } = createPaperDeployment();
const [hub, alpha] = chains;
const NOWHERE = "http://127.0.0.1:9";
const TRUE = 1;

const fact = (number: number): Attestation => ({
  ...{ srcEid: alpha?.eid ?? 0, dstEid: hub?.eid ?? 0, path: 0, count: 7n },
  head: numberToHex(number, { size: 32 }),
});

/** A guard whose every judgement takes as long; only TRUE holds. */
function startGuard() {
  const common = createTestCommon("pauser");
  const judged: Hex[] = [];
  const held: Hex[] = [];
  const guard = createGuard({
    common,
    sources: createChainSources({
      chains,
      sources: Object.fromEntries(chains.map(({ name }) => [name, [NOWHERE]])),
      pollMs: 10,
    }),
    pauserOf: () => ({
      hold: async ({ head }) => {
        held.push(head);
        return { until: 1n, isQuarantined: true };
      },
      obstacles: async () => [],
    }),
    dismissed: [],
    pollMs: 10,
    judge: async ({ attestation: { head } }): Promise<Judgement> => {
      judged.push(head);
      await sleep(5);
      return { verdict: head === fact(TRUE).head ? "unknown" : "gone", destination: [], source: [] };
    },
  });
  return { guard, judged, held, stop: () => common.shutdown.stop("test") };
}

let lies = TRUE;
const moreLies = () => Array.from({ length: 256 }, () => fact(++lies));

test("a monitor's fact is looked at next, however many another has named before and goes on naming", async () => {
  const { guard, judged, held, stop } = startGuard();
  for (let answer = 0; answer < 20; answer++) guard.offer(moreLies(), "liar");
  // More are refused than are waiting, so that there is room for whoever else names something.
  expect(guard.guarded().length).toBeLessThanOrEqual(256);
  await vi.waitFor(() => expect(judged.length).toBeGreaterThan(32));
  const before = judged.length;
  guard.offer([fact(TRUE)], "honest");
  guard.offer(moreLies(), "liar");
  await vi.waitFor(() => expect(held).toEqual([fact(TRUE).head]));
  // As many as may be under way when it was named.
  expect(judged.indexOf(fact(TRUE).head) - before).toBeLessThanOrEqual(16);
  await stop();
});

test("a fact that the liar names as well does not wait with its lies", async () => {
  const { guard, judged, held, stop } = startGuard();
  guard.offer([...moreLies().slice(0, 255), fact(TRUE)], "liar");
  await vi.waitFor(() => expect(judged.length).toBeGreaterThan(16));
  const before = judged.length;
  guard.offer([fact(TRUE)], "honest");
  await vi.waitFor(() => expect(held).toEqual([fact(TRUE).head]));
  expect(judged.indexOf(fact(TRUE).head) - before).toBeLessThanOrEqual(16);
  await stop();
});

test("what was refuted makes room, and what holds is never dropped", async () => {
  const { guard, judged, held, stop } = startGuard();
  guard.offer([fact(TRUE)], "honest");
  await vi.waitFor(() => expect(held).toHaveLength(1));
  for (let answer = 0; answer < 10; answer++) {
    const known = judged.length;
    guard.offer(moreLies(), "liar");
    await vi.waitFor(() => expect(judged.length).toBeGreaterThanOrEqual(known + 256), { timeout: 5_000 });
    await vi.waitFor(() => expect(guard.guarded().every(({ verdict }) => verdict !== undefined)).toBe(true));
  }
  expect(guard.guarded()).toHaveLength(2_048);
  expect(guard.guarded()[0]).toMatchObject({ attestation: fact(TRUE), verdict: "unknown" });
  await stop();
});
