import { expect, test } from "vitest";
import { type DispatchSituation, decideDispatch } from "./dispatchPolicy.ts";

const policy = { maxAgeSeconds: 30, maxCount: 50, ackAgeSeconds: 600 };
const quiet: DispatchSituation = {
  posted: 10n,
  executed: 4n,
  sentCount: 10n,
  sentAckCount: 4n,
  now: 1_000n,
  oldestPostedAt: undefined,
  unacknowledgedSince: undefined,
  boundary: undefined,
};

test.each<[string, Partial<DispatchSituation>, string | undefined]>([
  ["nothing new", {}, undefined],
  ["one young entry", { posted: 11n, oldestPostedAt: 971n }, undefined],
  ["one entry that is old enough", { posted: 11n, oldestPostedAt: 970n }, "age"],
  ["an entry of unknown age", { posted: 11n }, "age"],
  ["49 young entries", { posted: 59n, oldestPostedAt: 999n }, undefined],
  ["50 young entries", { posted: 60n, oldestPostedAt: 999n }, "count"],
  ["something executed a moment ago", { executed: 5n, unacknowledgedSince: 401n }, undefined],
  ["something executed long ago", { executed: 5n, unacknowledgedSince: 400n }, "ack"],
  [
    "a young entry and an old acknowledgement",
    { posted: 11n, oldestPostedAt: 999n, executed: 5n, unacknowledgedSince: 1n },
    "ack",
  ],
])("decideDispatch(): %s", (_, change, reason) => {
  expect(decideDispatch({ ...quiet, ...change }, policy)).toBe(reason);
});

test("a dispatch that only acknowledges gives the peer nothing to acknowledge", () => {
  // The peer receives (count 10, ackCount 5): it executes nothing new, so its own `executed` stays where it was.
  const peer: DispatchSituation = { ...quiet, posted: 5n, sentCount: 5n, executed: 10n, sentAckCount: 10n };
  expect(decideDispatch(peer, policy)).toBeUndefined();
});
