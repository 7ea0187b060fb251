import { createPaperDeployment } from "@weighlock/relayer/testing/deployment.ts";
import { zeroHash } from "viem";
import { expect, test } from "vitest";
import type { StandingQuarantine } from "../quarantines.ts";
import { createWording } from "../wording.ts";
import { longQuarantines } from "./longQuarantine.ts";

const wording = createWording(createPaperDeployment());
const of = (seconds: bigint): StandingQuarantine => ({
  chain: "hub",
  srcEid: 40_702,
  path: 1,
  count: 7n,
  head: zeroHash,
  seconds,
});
const options = { afterSeconds: 3_600, wording };

test("what has been in quarantine for an hour says what ends it", () => {
  const [found] = longQuarantines([of(3_600n)], options);
  expect(found).toMatchObject({ id: "quarantine-waits:hub:40702:1:7", lane: "alpha→hub" });
  expect(found?.text).toContain("for 1 h 0 min");
  expect(found?.text).toContain("disablePath 40702 1");
  expect(found?.text).toContain("liftQuarantine 40702 1 7");
});

test("what was just put there does not", () => {
  expect(longQuarantines([of(3_599n)], options)).toEqual([]);
});
