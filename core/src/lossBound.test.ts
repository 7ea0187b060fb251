import { describe, expect, test } from "vitest";
import { draw } from "./gcra.ts";
import { lossBound, lossBounds } from "./lossBound.ts";

const rules = { limit: { capacity: 1_000n, refill: 10n } };
const horizons = { detect: 20n, pause: 5n, deadMan: 3_600n };

test("one path owned: nothing, for however long", () => {
  expect(lossBound({ rules, pathsOwned: 0, seconds: 1n << 40n })).toBe(0n);
  expect(lossBound({ rules, pathsOwned: 1, seconds: 1n << 40n })).toBe(0n);
});

test("two owned: the bucket, its refill, and what matures until the lane is stopped", () => {
  const queued = [
    { amount: 7n, matures: 0n },
    { amount: 100n, matures: 25n },
    { amount: 5_000n, matures: 26n },
  ];
  expect(lossBounds({ rules, horizons, queued })).toEqual({
    onePath: 0n,
    monitorsHonest: 1_000n + 10n * 25n + 107n,
    watchersLost: 1_000n + 10n * 3_600n + 5_107n,
  });
});

test("never more than there is", () => {
  const bounds = lossBounds({ rules: { ...rules, most: 1_100n }, horizons });
  expect(bounds).toEqual({ onePath: 0n, monitorsHonest: 1_100n, watchersLost: 1_100n });
});

describe("it bounds what the bucket lets out", () => {
  test.each([1n, 13n, 250n, 999n, 1_000n])("in parts of %s", (part) => {
    for (const seconds of [0n, 1n, 59n, 600n]) {
      let bucket = { ...rules.limit, fullAt: 0n };
      let taken = 0n;
      // Everything at once: what unlocks within the time is out.
      for (let i = 0; i < 8_000; i += 1) {
        const { fullAt, unlockAt } = draw(bucket, { clock: 0n, amount: part });
        bucket = { ...bucket, fullAt };
        if (unlockAt > seconds) break;
        taken += part;
      }
      expect(taken).toBeLessThanOrEqual(lossBound({ rules, pathsOwned: 2, seconds }));
      expect(taken).toBeGreaterThan(lossBound({ rules, pathsOwned: 2, seconds }) - part - rules.limit.refill);
    }
  });
});
