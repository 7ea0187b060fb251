import { encodeCommitment } from "@weighlock/core/commitment.ts";
import { type Hex, zeroHash } from "viem";
import { expect, test } from "vitest";
import { buildPacket } from "../layerzero/packet.ts";
import { createPaperLane } from "../testing/deployment.ts";
import { decidePacket, UnprovenPacketError } from "./decision.ts";
import type { ProvenFacts } from "./evidence.ts";

const word = (digit: string): Hex => `0x${digit.repeat(64)}`;
const lane = createPaperLane();
const claim = { count: 12n, ackCount: 3n };
const facts: ProvenFacts = {
  block: { hash: word("9"), number: 100n, stateRoot: word("8") },
  lane: word("1"),
  head: word("2"),
  ackHead: word("3"),
  outboundNonce: 7n,
};
const packetOf = ({
  nonce = 7n,
  head = facts.head,
  ackHead = facts.ackHead,
  receiver = lane.layerZero.receiver,
} = {}) =>
  buildPacket({
    nonce,
    srcEid: lane.src.eid,
    sender: lane.layerZero.sender,
    dstEid: lane.dst.eid,
    receiver,
    message: encodeCommitment({ lane: facts.lane, head, ackHead, ...claim }),
  });
const decide = (logged = packetOf(), change: Partial<ProvenFacts> = {}, nonce = 7n) =>
  decidePacket({ lane, claim, facts: { ...facts, ...change }, nonce, logged });

test("signs the packet that it builds from the proven state", () => {
  expect(decide()).toEqual(packetOf());
});

test.each([
  ["a logged head that is not the proven one", () => decide(packetOf({ head: word("4") }))],
  ["a logged ack that is not the proven one", () => decide(packetOf({ ackHead: word("4") }))],
  ["another receiver in the log", () => decide(packetOf({ receiver: word("5") }))],
  ["a logged nonce that is not the job's", () => decide(packetOf({ nonce: 6n }))],
  ["a lane that is not open", () => decide(packetOf(), { lane: zeroHash })],
  ["a count that is not sealed", () => decide(packetOf({ head: zeroHash }), { head: zeroHash })],
  ["an ack that is not executed", () => decide(packetOf({ ackHead: zeroHash }), { ackHead: zeroHash })],
  ["a nonce beyond what was sent", () => decide(packetOf({ nonce: 8n }), {}, 8n)],
  ["nonce 0", () => decide(packetOf({ nonce: 0n }), {}, 0n)],
])("does not sign: %s", (_, decideIt) => {
  expect(decideIt).toThrow(UnprovenPacketError);
});
