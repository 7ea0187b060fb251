import { expect, test } from "vitest";
import { choosePair, highestAttested } from "./attested.ts";

test("highestAttested() takes each enabled path's best above what is executed", () => {
  const attestations = [
    { path: 0, count: 5n, block: 1n },
    { path: 0, count: 9n, block: 2n },
    { path: 1, count: 3n, block: 2n },
    { path: 2, count: 9n, block: 2n },
  ];
  expect(highestAttested(attestations, { executed: 3n, enabled: 0b011 })).toEqual([{ path: 0, count: 9n }]);
  expect(highestAttested(attestations, { executed: 0n, enabled: 0b111 })).toHaveLength(3);
});

test.each([
  ["one path alone is none", [{ path: 0, count: 9n }], undefined],
  [
    "two without a network are none",
    [
      { path: 1, count: 9n },
      { path: 2, count: 9n },
    ],
    undefined,
  ],
  [
    "a network and another",
    [
      { path: 1, count: 9n },
      { path: 0, count: 5n },
    ],
    [1, 0],
  ],
  [
    "the highest other path",
    [
      { path: 1, count: 4n },
      { path: 2, count: 8n },
      { path: 0, count: 9n },
    ],
    [0, 2],
  ],
])("choosePair(): %s", (_, attested, paths) => {
  expect(choosePair(attested, 0b001)?.map(({ path }) => path)).toEqual(paths);
});

test("choosePair(): two networks are two paths", () => {
  const attested = [
    { path: 0, count: 9n },
    { path: 3, count: 9n },
  ];
  expect(choosePair(attested, 0b1001)).toHaveLength(2);
});
