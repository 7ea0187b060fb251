import type { Hex } from "viem";
import { describe, expect, test } from "vitest";
import { decodeCommitment, encodeCommitment } from "./commitment.ts";
import { FieldRangeError } from "./errors.ts";
import { readVectors } from "./testing/vectors.ts";

type Case = Record<"ackCount" | "ackHead" | "count" | "encoded" | "head" | "lane", Hex> & { reason: string };

const errorNames: Record<string, string> = {
  length: "CommitmentLengthError",
  version: "CommitmentVersionError",
  spare: "CommitmentSpareBitsError",
  head: "CommitmentZeroHeadError",
};
const commitmentOf = ({ ackCount, ackHead, count, head, lane }: Case) => ({
  lane,
  count: BigInt(count),
  head,
  ackCount: BigInt(ackCount),
  ackHead,
});

describe("commitments.json", () => {
  test.each(readVectors<Case>("commitments"))("$encoded $reason", (vector) => {
    if (vector.reason === "") {
      expect(encodeCommitment(commitmentOf(vector))).toBe(vector.encoded);
      expect(decodeCommitment(vector.encoded)).toEqual(commitmentOf(vector));
    } else {
      const name = errorNames[vector.reason];
      expect(() => decodeCommitment(vector.encoded)).toThrow(expect.objectContaining({ name }));
    }
  });
});

test("encodeCommitment() refuses a count beyond 64 bits", () => {
  const [first] = readVectors<Case>("commitments");
  if (!first) throw new Error("no vectors");
  expect(() => encodeCommitment({ ...commitmentOf(first), count: 1n << 64n })).toThrow(FieldRangeError);
});
