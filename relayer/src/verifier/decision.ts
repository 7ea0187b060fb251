/** Whether to sign a packet, and which: it is built from proven facts and configuration, then compared with the log. */

import { encodeCommitment } from "@weighlock/core/commitment.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import type { Lane } from "../lane/lanes.ts";
import { buildPacket, type Packet } from "../layerzero/packet.ts";
import { type Claim, isZero, type ProvenFacts } from "./evidence.ts";

/** The source's proven state does not bear out what a log says: a source lies, or a contract is not the one expected. */
export class UnprovenPacketError extends FatalError {
  override name = "UnprovenPacketError";
}

/** The packet to sign, made without `logged`; throws UnprovenPacketError when that is another. */
export function decidePacket({
  lane,
  claim,
  facts,
  nonce,
  logged,
}: {
  lane: Lane;
  claim: Claim;
  facts: ProvenFacts;
  nonce: bigint;
  /** As the source's endpoint logged it. */
  logged: Packet;
}): Packet {
  const details = { lane: lane.name, nonce, ...claim, block: facts.block.number };
  const refuse = (fact: string, more: Record<string, unknown> = {}) =>
    new UnprovenPacketError(`Not signed: ${fact}.`, { details: { ...details, ...more } });
  if (isZero(facts.lane)) throw refuse("the gateway has not opened this lane");
  if (isZero(facts.head)) throw refuse("the gateway has not sealed that count");
  if (isZero(facts.ackHead)) throw refuse("the gateway has not executed what the packet acknowledges");
  if (nonce === 0n || nonce > facts.outboundNonce) {
    throw refuse("the endpoint has not sent that nonce", { outboundNonce: facts.outboundNonce });
  }
  const packet = buildPacket({
    nonce,
    srcEid: lane.src.eid,
    sender: lane.layerZero.sender,
    dstEid: lane.dst.eid,
    receiver: lane.layerZero.receiver,
    message: encodeCommitment({ lane: facts.lane, head: facts.head, ackHead: facts.ackHead, ...claim }),
  });
  if (packet.headerHash !== logged.headerHash || packet.payloadHash !== logged.payloadHash) {
    throw refuse("the logged packet is not the one that the proven state gives", {
      expected: packet.message,
      actual: logged.message,
    });
  }
  return packet;
}
