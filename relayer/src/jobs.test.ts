import { expect, test } from "vitest";
import { jobId, parseJob, storeJob } from "./jobs.ts";

const verify = { srcEid: 40_702, dstEid: 40_701, nonce: 7n, blockNumber: 123n };

test("a job survives its way through Redis", () => {
  expect(parseJob("verify", JSON.parse(JSON.stringify(storeJob<"verify">(verify))))).toEqual(verify);
});

test("the same coordinates have the same id, others another", () => {
  expect(jobId("verify", verify)).toBe("verify-40702-40701-7-123");
  expect(jobId("commit", verify)).not.toBe(jobId("verify", verify));
  expect(jobId("verify", { ...verify, nonce: 8n })).not.toBe(jobId("verify", verify));
});

const stored = storeJob<"verify">(verify);
test.each([
  ["nothing", undefined],
  ["a string", "verify everything"],
  ["a missing field", { ...stored, nonce: undefined }],
  ["a field more, as if it were to be signed", { ...stored, payloadHash: `0x${"00".repeat(32)}` }],
  ["a nonce beyond 64 bits", { ...stored, nonce: (1n << 64n).toString() }],
  ["a negative block", { ...stored, blockNumber: "-1" }],
  ["hex where decimals belong", { ...stored, nonce: "0x7" }],
  ["a number where a string belongs", { ...stored, nonce: 7 }],
  ["an eid of 0", { ...stored, srcEid: 0 }],
  ["an eid beyond 32 bits", { ...stored, dstEid: 2 ** 32 }],
  ["an object that would coerce", { ...stored, nonce: { toString: () => "7" } }],
])("parseJob() takes no %s", (_, data) => {
  expect(parseJob("verify", data)).toBeUndefined();
});
