import type { Hex } from "viem";
import { zeroHash } from "viem";
import { describe, expect, test } from "vitest";
import {
  type LaneObservation,
  type LaneSaid,
  type Observation,
  reasonsToRefuse,
  type WayObservation,
} from "./resumeCheck.ts";

const head = (digit: string): Hex => `0x${digit.repeat(64)}`;
const way = (over: Partial<WayObservation> = {}): WayObservation => ({
  src: "alpha",
  dst: "hub",
  count: 7n,
  executed: [head("a"), head("a")],
  sealed: [head("a"), head("a")],
  openAttestations: 0,
  ...over,
});
const figures = [
  { asset: 1, amount: 500n },
  { asset: 2, amount: 0n },
];
const said = (over: Partial<LaneSaid> = {}): LaneSaid => ({ executed: 7n, figures, quarantined: 0n, halt: 0, ...over });
const lane = (over: Partial<LaneObservation> = {}): LaneObservation => ({
  peer: "alpha",
  executed: 7n,
  figures,
  sums: figures,
  said: [said(), said()],
  ways: [way(), way({ src: "hub", dst: "alpha", count: 3n, executed: [head("b")], sealed: [head("b")] })],
  falseAcks: [],
  ...over,
});
const observation = (over: Partial<Observation> = {}): Observation => ({
  chain: "hub",
  scope: "in",
  id: 40_702,
  notReady: [],
  readingAge: 1,
  tipAges: [
    { chain: "hub", seconds: 1 },
    { chain: "alpha", seconds: -20_000 },
  ],
  chainTime: 10_000n,
  observedAt: 9_990n,
  stoppedAt: [9_000n, 9_000n],
  lanes: [lane()],
  residuals: [],
  findings: [],
  ...over,
});
const moved = [{ asset: 1, amount: 499n }];
const withLane = (over: Partial<LaneObservation>) => observation({ lanes: [lane(over)] });
const withWay = (over: Partial<WayObservation>) => withLane({ ways: [way(over)] });

test("a lane that is in order, and stands, is signed for", () => {
  expect(reasonsToRefuse(observation())).toEqual([]);
});

test("so is one with a single source of each chain, where that is all there is", () => {
  const one = withLane({ said: [said()], ways: [way({ executed: [head("a")], sealed: [head("a")] })] });
  expect(reasonsToRefuse({ ...one, stoppedAt: [9_000n] })).toEqual([]);
});

test("what goes on beside a scope that is stopped may have executed more", () => {
  const beyond = { said: [said({ executed: 9n }), said({ executed: 8n })] };
  expect(reasonsToRefuse({ ...withLane(beyond), scope: "out" })).toEqual([]);
  expect(reasonsToRefuse({ ...withLane(beyond), scope: "asset" })).toEqual([]);
});

test("an asset goes on beside a lane that was closed in order", () => {
  const closed = withLane({ said: [said({ halt: 4 }), said({ halt: 4 })] });
  expect(reasonsToRefuse({ ...closed, scope: "asset" })).toEqual([]);
});

test("the bounds of time are inside", () => {
  expect(reasonsToRefuse(observation({ readingAge: 60, observedAt: 9_400n }))).toEqual([]);
  expect(reasonsToRefuse(observation({ observedAt: 10_000n, tipAges: [{ chain: "hub", seconds: 60 }] }))).toEqual([]);
});

test.each<[string, Observation, RegExp]>([
  [
    "the monitor is not ready",
    observation({ notReady: ["hub, source 0: reading history"] }),
    /not ready: hub, source 0/,
  ],
  ["nothing was read", observation({ readingAge: undefined }), /has not read/],
  ["the reading is old", observation({ readingAge: 61 }), /61 s old/],
  [
    "a chain stands still",
    observation({ tipAges: [{ chain: "alpha", seconds: 61 }] }),
    /alpha: the newest block .* 61 s/,
  ],
  ["the time is in the future", observation({ observedAt: 10_001n }), /1 s ahead/],
  ["the time is long ago", observation({ observedAt: 9_399n }), /601 s behind/],
  ["it is not stopped", observation({ stoppedAt: [0n, 0n] }), /not stopped/],
  ["sources differ about the stop", observation({ stoppedAt: [9_000n, 9_001n] }), /sources disagree/],
  ["one of two sources is silent about the stop", observation({ stoppedAt: [9_000n, "silent"] }), /1 of hub's sources/],
  ["no lane is known", observation({ lanes: [] }), /no lane is known/],
  ["a residual stands", observation({ residuals: ["USDC: alpha: x fails by 1"] }), /residual stands: USDC/],
  [
    "a fact stands",
    observation({ findings: [{ id: "unknown-commitment:1", text: "forged" }] }),
    /unknown-commitment:1/,
  ],
  [
    "an attestation is in quarantine",
    withLane({ said: [said({ quarantined: 2n }), said({ quarantined: 2n })] }),
    /2 attestations are in/,
  ],
  ["the lane is closed", withLane({ said: [said({ halt: 4 }), said({ halt: 4 })] }), /closed for good/],
  ["no source answers for the lane", withLane({ said: ["silent", "silent"] }), /0 of hub's sources answer, 2 must/],
  ["sources differ about the lane", withLane({ said: [said(), said({ halt: 1 })] }), /sources disagree/],
  ["it executed more", withLane({ said: [said({ executed: 8n }), said({ executed: 8n })] }), /executed beyond 7/],
  ["a path acknowledged falsely", withLane({ falseAcks: [1] }), /path 1 acknowledged/],
  ["the figures moved", withLane({ figures: moved, sums: moved }), /figures have changed/],
  ["entries are missing", withLane({ sums: undefined }), /not every entry is known/],
  ["the sums differ by one", withLane({ sums: [{ asset: 1, amount: 499n }] }), /add up to 499 of asset 1/],
  ["one source of the source is silent", withWay({ sealed: [head("a"), "silent"] }), /sealed at 7: 1 of alpha's/],
  ["one source of here is silent", withWay({ executed: ["silent", head("a")] }), /executed at 7: 1 of hub's/],
  ["the source's sources differ", withWay({ sealed: [head("a"), head("b")] }), /sealed at 7: alpha's sources disagree/],
  ["our sources differ", withWay({ executed: [head("a"), zeroHash] }), /executed at 7: hub's sources disagree/],
  ["an attestation is open", withWay({ openAttestations: 1 }), /1 attestations are not decided/],
])("refused where %s", (_, refused, reason) => {
  const reasons = reasonsToRefuse(refused);
  expect(reasons).toHaveLength(1);
  expect(reasons[0]).toMatch(reason);
});

describe("a halt", () => {
  const halted = (halt: number) => ({
    ...withLane({ said: [said({ halt }), said({ halt })] }),
    scope: "halt" as const,
  });

  test("that evidence made may be lifted once all is in order", () => {
    for (const halt of [1, 2, 3]) expect(reasonsToRefuse(halted(halt))).toEqual([]);
  });

  test("that is none, or the lane's end, is refused", () => {
    expect(reasonsToRefuse(halted(0))).toEqual([expect.stringContaining("not halted")]);
    expect(reasonsToRefuse(halted(4))).toEqual([expect.stringContaining("closed for good")]);
  });
});

describe("a forked lane is refused, whatever is to be resumed and whichever way is forked", () => {
  const forked: Partial<WayObservation>[] = [
    { executed: [head("f"), head("f")] },
    { sealed: [zeroHash, zeroHash] },
    { executed: [zeroHash, zeroHash], sealed: [zeroHash, zeroHash] },
    { executed: [head("f"), head("f")], sealed: [head("a")] },
  ];
  test.each(["in", "out", "halt", "asset"] as const)("%s", (scope) => {
    const halt = scope === "halt" ? 1 : 0;
    for (const change of forked) {
      for (const ways of [[way(change)], [way(), way({ ...change, src: "hub", dst: "alpha" })]]) {
        const found = reasonsToRefuse({ ...withLane({ ways, said: [said({ halt }), said({ halt })] }), scope });
        expect(found).toEqual([expect.stringContaining("forked")]);
      }
    }
  });
});
