import { createUncheckedChain } from "@weighlock/core/chains.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import type { Hex } from "viem";
import { afterEach, expect, test, vi } from "vitest";
import { createAttestationWatch } from "./attestationWatch.ts";
import { createFindings } from "./findings.ts";
import type { ChainSources } from "./sources.ts";
import type { Attestation, Judgement, Verdict } from "./unknownCommitment.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

const chain = (name: string, eid: number): ChainSources => ({
  // The judge is given by the tests; nothing else of a chain is used.
  deployment: { name, eid } as ChainDeployment,
  chain: createUncheckedChain({ name, chainId: eid, rpcUrl: "http://127.0.0.1:9" }),
});
const attestation = (count: number): Attestation => ({
  srcEid: 2,
  dstEid: 1,
  path: 0,
  count: BigInt(count),
  head: `0x${count.toString(16).padStart(64, "0")}` as Hex,
});

/** A watch whose judge answers what `verdicts` says of a count at that moment. */
function start({ undecidedAlertMs = 60_000 } = {}) {
  const common = createTestCommon();
  const findings = createFindings({ common });
  const verdicts = new Map<bigint, Verdict | Error>();
  const asked: bigint[] = [];
  const watch = createAttestationWatch({
    common,
    sources: [chain("hub", 1), chain("alpha", 2)],
    findings,
    pollMs: 10,
    undecidedAlertMs,
    judge: async ({ attestation: { count } }): Promise<Judgement> => {
      asked.push(count);
      const verdict = verdicts.get(count) ?? "open";
      if (verdict instanceof Error) throw verdict;
      return { verdict, source: [], destination: [] };
    },
  });
  const running = watch.run();
  stops.push(async () => {
    await common.shutdown.stop("test");
    await running;
  });
  return { watch, findings, verdicts, asked };
}

test("each of several attestations of one block is decided for itself", async () => {
  const { watch, findings, verdicts } = start();
  verdicts.set(1n, "known").set(2n, "unknown").set(3n, "unknown");
  watch.offer([attestation(1), attestation(2), attestation(3)]);
  await vi.waitFor(() => expect(findings.standing("fact")).toHaveLength(2));
  expect(
    findings
      .standing("fact")
      .map(({ evidence }) => evidence.count)
      .sort(),
  ).toEqual([2n, 3n]);
  expect(watch.open()).toBe(0);
});

test("one that can't be decided, or judged, is asked again until it is", async () => {
  const { watch, findings, verdicts, asked } = start();
  verdicts.set(2n, new Error("the node hung up"));
  watch.offer([attestation(1), attestation(2)]);
  await vi.waitFor(() => expect(asked.filter((count) => count === 1n).length).toBeGreaterThan(2));
  expect(findings.standing()).toEqual([]);
  expect(watch.open()).toBe(2);
  verdicts.set(1n, "unknown").set(2n, "unknown");
  await vi.waitFor(() => expect(findings.standing("fact")).toHaveLength(2), { timeout: 5_000 });
});

test("a new block of the source asks at once what waited for it", async () => {
  const { watch, asked, verdicts } = start();
  watch.offer([attestation(1)]);
  await vi.waitFor(() => expect(asked).not.toEqual([]));
  verdicts.set(1n, "known");
  watch.wake(2);
  await vi.waitFor(() => expect(watch.open()).toBe(0));
});

test("a long history holds up neither what is new nor what is asked again", async () => {
  const { watch, findings, verdicts, asked } = start();
  const history = Array.from({ length: 2_000 }, (_, i) => attestation(i + 10));
  for (const { count } of history) verdicts.set(count, "known");
  watch.offer([attestation(1)]);
  watch.offer(history);
  verdicts.set(2n, "unknown");
  watch.offer([attestation(2)]);
  await vi.waitFor(() => expect(findings.standing("fact")).toHaveLength(1));
  expect(asked.indexOf(2n)).toBeLessThan(100);
  await vi.waitFor(() => expect(watch.open()).toBe(1));
  expect(new Set(asked).size).toBe(2_002);
});

test("a disagreement is an alert and no fact, and ends when the sources agree", async () => {
  const { watch, findings, verdicts } = start();
  verdicts.set(1n, "disagreement");
  watch.offer([attestation(1)]);
  await vi.waitFor(() => expect(findings.standing("alert")).toHaveLength(1));
  expect(findings.standing("fact")).toEqual([]);
  verdicts.set(1n, "known");
  await vi.waitFor(() => expect(findings.standing()).toEqual([]), { timeout: 5_000 });
  expect(findings.ended()).toMatchObject([{ kind: "sources-disagree", until: expect.any(Date) }]);
});

test("a fact outlasts a source that hangs, and an attestation that is gone for a moment", async () => {
  const { watch, findings, verdicts, asked } = start();
  verdicts.set(1n, "unknown");
  watch.offer([attestation(1)]);
  await vi.waitFor(() => expect(findings.standing("fact")).toHaveLength(1));
  for (const verdict of ["open", "gone"] as const) {
    verdicts.set(1n, verdict);
    const before = asked.length;
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(before), { timeout: 5_000 });
    expect(findings.standing("fact")).toHaveLength(1);
  }
});

test("what stays undecided too long is an alert", async () => {
  const { watch, findings } = start({ undecidedAlertMs: 50 });
  watch.offer([attestation(1)]);
  await vi.waitFor(() => expect(findings.standing("alert")).toMatchObject([{ kind: "attestation-undecided" }]));
  expect(watch.open()).toBe(1);
});

test("a fact ends at once when its path is disabled, and stands again where that was reorganised away", async () => {
  const { watch, findings, verdicts } = start();
  verdicts.set(1n, "unknown");
  watch.offer([attestation(1)]);
  await vi.waitFor(() => expect(findings.standing("fact")).toHaveLength(1));
  verdicts.set(1n, "void");
  await vi.waitFor(() => expect(findings.standing()).toEqual([]), { timeout: 5_000 });
  verdicts.set(1n, "unknown");
  await vi.waitFor(() => expect(findings.standing("fact")).toHaveLength(1), { timeout: 5_000 });
});

test("of each path the highest known attestation is kept", async () => {
  const { watch, verdicts } = start();
  for (const count of [1n, 2n, 3n]) verdicts.set(count, "known");
  verdicts.set(4n, "unknown");
  watch.offer([attestation(1), attestation(3), attestation(2), attestation(4)]);
  await vi.waitFor(() => expect(watch.open()).toBe(0));
  expect(watch.known(2, 1)).toEqual([attestation(3)]);
  expect(watch.known(1, 2)).toEqual([]);
});
