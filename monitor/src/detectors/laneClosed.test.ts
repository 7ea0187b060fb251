import { createPaperDeployment } from "@weighlock/relayer/testing/deployment.ts";
import { expect, test } from "vitest";
import type { Stopped } from "../stopped.ts";
import { createWording } from "../wording.ts";
import { closedLanes } from "./laneClosed.ts";

const wording = createWording(createPaperDeployment());
const stop = (over: Partial<Stopped>): Stopped => ({ chain: "hub", eid: 40_702, what: "halt", reason: 4, ...over });

test("a lane that the council closed is told by its peer's name", () => {
  expect(closedLanes([stop({})], wording)).toMatchObject([
    {
      id: "lane-closed:hub:40702",
      kind: "lane-closed",
      lane: "alpha→hub",
      text: expect.stringContaining("with alpha"),
    },
  ]);
});

test("a lane that evidence halted, or that is paused, is not closed", () => {
  const others = [
    stop({ reason: 1 }),
    stop({ reason: 2 }),
    stop({ reason: 3 }),
    { ...stop({ what: "in" }), until: 9n },
  ];
  expect(closedLanes(others, wording)).toEqual([]);
});
