import { createPaperDeployment } from "@weighlock/relayer/testing/deployment.ts";
import { expect, test } from "vitest";
import type { BucketReading } from "../buckets.ts";
import { createWording } from "../wording.ts";
import { bucketsInUse, usedOf } from "./bucketUse.ts";

const wording = createWording(createPaperDeployment());
/** A bucket of 1,000 at 10 a second, from which `drawn` was just taken. */
const bucket = (drawn: bigint): BucketReading => {
  const clock = 5_000n;
  const fullAt = (clock << 64n) + (drawn << 64n) / 10n;
  return { chain: "alpha", lane: "hub→alpha", asset: 1, capacity: 1_000n, refill: 10n, fullAt, clock };
};
const marks = (drawn: bigint) => bucketsInUse([bucket(drawn)], wording).map(({ id }) => id.split(":").at(-1));

test.each<[bigint, string[]]>([
  [0n, []],
  [500n, []],
  [501n, ["50"]],
  [800n, ["50"]],
  [801n, ["80"]],
  [5_000n, ["80"]],
])("%d of 1,000 is over %j percent", (drawn, expected) => {
  expect(marks(drawn)).toEqual(expected);
});

test("what has refilled is not in use, and a fraction counts as a unit", () => {
  const { clock, fullAt } = bucket(100n);
  expect(usedOf({ clock: clock + 9n, fullAt, refill: 10n })).toBe(10n);
  expect(usedOf({ clock: clock + 10n, fullAt, refill: 10n })).toBe(0n);
  expect(usedOf({ clock: clock + 99n, fullAt, refill: 10n })).toBe(0n);
  expect(usedOf({ clock, fullAt: (clock << 64n) + 1n, refill: 10n })).toBe(1n);
});

test("it says how much is drawn of what and how to tighten it", () => {
  const [found] = bucketsInUse([bucket(900n)], wording);
  expect(found).toMatchObject({ kind: "bucket-use", lane: "hub→alpha", evidence: { used: 900n } });
  expect(found?.text).toMatch(
    /900 .* of a bucket of 1000 .* over 80%.*weighlock guardian tighten .*weighlock guardian freeze asset .* --chain /,
  );
});
