import { expect, test } from "vitest";
import { draw, drawShare, ramped, roomOf, shareRoomOf, slowDown } from "./gcra.ts";

const rules = { capacity: 1_000n, refill: 10n };
const full = { ...rules, fullAt: 0n };

test("what fits draws at once, what exceeds it gets the first second at which it fits", () => {
  // A power of two: nothing is rounded.
  const rules = { capacity: 1_000n, refill: 16n };
  const first = draw({ ...rules, fullAt: 0n }, { clock: 100n, amount: 1_000n });
  expect(first.unlockAt).toBe(100n);
  const second = draw({ ...rules, fullAt: first.fullAt }, { clock: 100n, amount: 1n });
  expect(second.unlockAt).toBe(101n);
  const third = draw({ ...rules, fullAt: second.fullAt }, { clock: 100n, amount: 799n });
  expect(third.unlockAt).toBe(150n);
});

test("roomOf() is the most that draws without a wait, and one unit more waits", () => {
  for (const amount of [1n, 7n, 333n, 999n]) {
    for (const clock of [100n, 105n, 1_000n]) {
      const { fullAt } = draw(full, { clock: 100n, amount });
      const room = roomOf({ ...rules, fullAt }, clock);
      expect(draw({ ...rules, fullAt }, { clock, amount: room }).unlockAt).toBe(clock);
      expect(draw({ ...rules, fullAt }, { clock, amount: room + 1n }).unlockAt).toBeGreaterThan(clock);
    }
  }
});

test("splitting gains nothing: parts unlock no sooner than the whole", () => {
  const whole = draw(full, { clock: 0n, amount: 5_000n }).unlockAt;
  let { fullAt } = full;
  let last = 0n;
  for (let i = 0; i < 500; i += 1) {
    const part = draw({ ...rules, fullAt }, { clock: 0n, amount: 10n });
    fullAt = part.fullAt;
    last = part.unlockAt;
  }
  expect(last).toBeGreaterThanOrEqual(whole);
});

test("more than 2^63 seconds of refill saturates", () => {
  expect(draw({ ...full, refill: 1n }, { clock: 0n, amount: (1n << 128n) - 1n }).fullAt).toBe(1n << 127n);
});

test("a slower refill keeps what was drawn", () => {
  const { fullAt } = draw(full, { clock: 100n, amount: 400n });
  const slowed = slowDown({ ...rules, fullAt }, { clock: 100n, slower: 3n });
  expect(roomOf({ capacity: 1_000n, refill: 3n, fullAt: slowed }, 100n)).toBeLessThanOrEqual(600n);
  expect(roomOf({ capacity: 1_000n, refill: 3n, fullAt: slowed }, 100n)).toBeGreaterThanOrEqual(598n);
});

test("an account's share is exact to a hundredth of a unit", () => {
  const limit = { capacity: 1_001n, refill: 7n, share: 33 };
  expect(shareRoomOf(limit, { fullAt: 0n, clock: 100n })).toBe(330n);
  const { fullAt, unlockAt } = drawShare(limit, { fullAt: 0n, clock: 100n, amount: 330n });
  expect(unlockAt).toBe(100n);
  expect(drawShare(limit, { fullAt, clock: 100n, amount: 1n }).unlockAt).toBe(101n);
});

test("a new lane's limits rise from a tenth", () => {
  expect([0n, 15n * 86_400n, 30n * 86_400n].map((elapsed) => ramped(1_000n, elapsed))).toEqual([100n, 550n, 1_000n]);
});
