import { decodeSuffix, headOf } from "@weighlock/core/laneLog.ts";
import { createPaperDeployment } from "@weighlock/relayer/testing/deployment.ts";
import { type Hex, keccak256, toHex, zeroHash } from "viem";
import { describe, expect, test } from "vitest";
import type { SealedWindow } from "../journal.ts";
import { createWording } from "../wording.ts";
import { contradictionProof, EXECUTED_LOG, provableContradiction, shownContradictions } from "./contradiction.ts";

const wording = createWording(createPaperDeployment());
const head = (digit: string): Hex => `0x${digit.repeat(64)}`;
const LANE = keccak256(toHex("lane"));

describe("shownContradictions()", () => {
  const shown = {
    chain: "hub",
    srcEid: 40_702,
    count: 7n,
    path: 1,
    head: head("f"),
    otherPath: 0,
    otherHead: head("a"),
  };

  test("name the path whose head the source never sealed", () => {
    const [found] = shownContradictions([{ ...shown, sealedHead: head("a") }], wording);
    expect(found).toMatchObject({ id: "contradiction:hub:40702:7:1:0", kind: "contradiction", lane: "alpha→hub" });
    expect(found?.text).toContain("(disablePath 40702 1)");
  });

  test("name both paths where neither says what was sealed", () => {
    const [found] = shownContradictions([{ ...shown, sealedHead: zeroHash }], wording);
    expect(found?.text).toContain("(disablePath 40702 1, disablePath 40702 0)");
  });

  test("say that a lane is closed whose executed log is the lie", () => {
    const executed = { ...shown, path: 0, head: head("a"), otherPath: EXECUTED_LOG, otherHead: head("f") };
    const [found] = shownContradictions([{ ...executed, sealedHead: head("a") }], wording);
    expect(found?.text).toContain("closeLane 40702");
    expect(found?.text).not.toContain("disablePath");
  });
});

/** Windows that end at these counts. */
function sealed(...counts: bigint[]): SealedWindow[] {
  let last: Hex = LANE;
  return counts.map((count) => {
    const root = keccak256(toHex(`root ${count}`));
    last = headOf({ head: last, root, count });
    return { count, root, head: last };
  });
}

describe("contradictionProof()", () => {
  const windows = sealed(3n, 5n, 9n, 12n);
  const prove = (count: bigint, over: Partial<Parameters<typeof contradictionProof>[0]> = {}) =>
    contradictionProof({
      forged: { srcEid: 40_702, path: 1, count },
      witnesses: [
        { path: 0, count: 12n },
        { path: EXECUTED_LOG, count: 9n },
      ],
      windows,
      laneStart: LANE,
      ...over,
    });
  /** As the contract walks: the head at the end of the nodes. */
  const walk = ([, startHead, nodes]: NonNullable<ReturnType<typeof prove>>) =>
    decodeSuffix(nodes).reduce((last, node) => headOf({ head: last, ...node }), startHead);

  test("shows another head at that count, by the nearest witness", () => {
    const args = prove(5n);
    expect(args).toMatchObject([40_702, windows[0]?.head, expect.anything(), EXECUTED_LOG, 5n, 1]);
    expect(args && walk(args)).toBe(windows[2]?.head);
  });

  test("shows that windows jump over it, with the one before it", () => {
    const args = prove(7n);
    expect(args).toMatchObject([40_702, windows[0]?.head, expect.anything(), EXECUTED_LOG, 7n, 1]);
    expect(args && decodeSuffix(args[2]).map(({ count }) => count)).toEqual([5n, 9n]);
  });

  test("shows a count inside the very first window by the lane's beginning", () => {
    const args = prove(2n);
    expect(args?.[1]).toBe(LANE);
    expect(args && decodeSuffix(args[2]).map(({ count }) => count)).toEqual([3n, 5n, 9n]);
  });

  test("begins where the lane does", () => {
    const args = prove(3n);
    expect(args?.[1]).toBe(LANE);
    expect(args && walk(args)).toBe(windows[2]?.head);
  });

  test.each<[string, bigint, Parameters<typeof prove>[1]]>([
    ["a count beyond all windows", 13n, {}],
    ["a count that no witness has reached", 12n, { witnesses: [{ path: 0, count: 9n }] }],
    ["no witness but the liar", 5n, { witnesses: [{ path: 1, count: 12n }] }],
    ["windows that do not reach back", 3n, { laneStart: undefined }],
    ["no windows", 5n, { windows: [] }],
  ])("has no proof for %s", (_, count, over) => {
    expect(prove(count, over)).toBeUndefined();
  });

  test("comes as a transaction that anyone sends", () => {
    const args = prove(5n);
    if (args === undefined) throw new RangeError("no proof");
    const forged = { srcEid: 40_702, dstEid: 40_701, path: 1, count: 5n, head: head("f") };
    const gateway = `0x${"11".repeat(20)}` as const;
    const found = provableContradiction({ forged, args, chain: "hub", gateway, wording });
    expect(found.text).toMatch(/path 1 lied at 5.*cast send 0x1111.* 0x/);
    expect(found).toMatchObject({ kind: "contradiction", lane: "alpha→hub", evidence: { gateway } });
  });
});
