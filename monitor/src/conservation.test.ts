import { expect, test } from "vitest";
import { findingsOf } from "./conservation.ts";
import type { Stopped } from "./stopped.ts";

const reading = { blocks: {}, lanes: [], vaults: [], assets: [] };
const of = (stopped: readonly Stopped[]) =>
  findingsOf({ reading, assets: [], vaults: [], stopped, unsummed: [] }).map(({ kind, text }) => [kind, text]);

test.each([
  [1, "a contradiction"],
  [2, "a false return"],
  [3, "a false acknowledgement"],
])("halt %d is told as %s", (reason, why) => {
  expect(of([{ chain: "hub", eid: 7, what: "halt", reason }])).toEqual([["lane-halted", expect.stringContaining(why)]]);
});

test("a lane that was closed, or is paused, is none that evidence halted", () => {
  expect(of([{ chain: "hub", eid: 7, what: "halt", reason: 4 }])).toEqual([]);
  expect(of([{ chain: "hub", eid: 7, what: "in", until: 9n }])).toEqual([]);
});

test("a figure that is not what its entries add up to is a residual", () => {
  const unsummed = [{ identity: "released = the entries that make it up", chain: "alpha", asset: 1, residual: 5n }];
  expect(findingsOf({ reading, assets: [], vaults: [], stopped: [], unsummed })).toMatchObject([
    { kind: "residual", chain: "alpha", evidence: { residual: 5n } },
  ]);
});
