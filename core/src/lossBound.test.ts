import { expect, test } from "vitest";
import { contagionBound, HORIZONS, lossBound } from "./lossBound.ts";

const flow = { capacity: 2_000n, refill: 5n };
const horizon = { detection: 60n, pause: 40n };

test("lossBound() is nothing while one path is owned", () => {
  for (const pathsOwned of [0, 1]) expect(lossBound({ pathsOwned, flow, horizon })).toBe(0n);
});

test("lossBound() is the bucket and its refill until the stop", () => {
  expect(lossBound({ pathsOwned: 2, flow, horizon })).toBe(2_500n);
});

test("lossBound() counts of the queue what matures by then, the last second included", () => {
  const queue = [
    { amount: 7n, unlocksIn: 0n },
    { amount: 11n, unlocksIn: 100n },
    { amount: 1_000n, unlocksIn: 101n },
  ];
  expect(lossBound({ pathsOwned: 3, flow: { ...flow, queue }, horizon })).toBe(2_518n);
});

test("lossBound() without monitors is larger by the refill alone", () => {
  const of = (each: (typeof HORIZONS)[keyof typeof HORIZONS]) => lossBound({ pathsOwned: 2, flow, horizon: each });
  expect(of(HORIZONS.monitorsLost) - of(HORIZONS.monitorsHonest)).toBe(5n * (5_400n - 60n));
});

test("contagionBound() ends at the lane's cap", () => {
  expect(contagionBound({ flow, cap: 10_000n, horizon })).toBe(2_500n);
  expect(contagionBound({ flow, cap: 2_499n, horizon })).toBe(2_499n);
});
