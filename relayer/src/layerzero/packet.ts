/** A LayerZero packet: header (81 bytes) ‖ guid ‖ message, as docs/messages.md gives it. */

import { FatalError } from "@weighlock/core/errors.ts";
import { concat, encodePacked, type Hex, keccak256, numberToHex, size, slice } from "viem";

/** What a packet's header says; the rest follows from it and the message. */
export type PacketHeader = {
  nonce: bigint;
  srcEid: number;
  /** bytes32: the sending path's address, left-padded. */
  sender: Hex;
  dstEid: number;
  /** bytes32: the receiving path's address, left-padded. */
  receiver: Hex;
};

export type Packet = PacketHeader & {
  guid: Hex;
  message: Hex;
  /** The 81 bytes that a DVN verifies. */
  header: Hex;
  headerHash: Hex;
  /** keccak256(guid ‖ message). */
  payloadHash: Hex;
};

export class PacketFormatError extends FatalError {
  override name = "PacketFormatError";
}

const VERSION = 1;
const HEADER_BYTES = 81;
const GUID_BYTES = 32;

export function buildPacket({
  nonce,
  srcEid,
  sender,
  dstEid,
  receiver,
  message,
}: PacketHeader & { message: Hex }): Packet {
  const fields = [nonce, srcEid, sender, dstEid, receiver] as const;
  const types = ["uint64", "uint32", "bytes32", "uint32", "bytes32"] as const;
  const guid = keccak256(encodePacked(types, fields));
  const header = concat([numberToHex(VERSION, { size: 1 }), encodePacked(types, fields)]);
  return {
    nonce,
    srcEid,
    sender,
    dstEid,
    receiver,
    guid,
    message,
    header,
    headerHash: keccak256(header),
    payloadHash: keccak256(concat([guid, message])),
  };
}

/** Reads `encodedPayload` of PacketSent; throws PacketFormatError unless the bytes are what `buildPacket` makes of them. */
export function decodePacket(encoded: Hex): Packet {
  const refuse = (reason: string) =>
    new PacketFormatError(`Not a LayerZero packet of version ${VERSION}: ${reason}.`, { details: { encoded } });
  if (size(encoded) <= HEADER_BYTES + GUID_BYTES) throw refuse("it is too short");
  if (Number(slice(encoded, 0, 1)) !== VERSION) throw refuse("its version is another");
  const packet = buildPacket({
    nonce: BigInt(slice(encoded, 1, 9)),
    srcEid: Number(slice(encoded, 9, 13)),
    sender: slice(encoded, 13, 45),
    dstEid: Number(slice(encoded, 45, 49)),
    receiver: slice(encoded, 49, HEADER_BYTES),
    message: slice(encoded, HEADER_BYTES + GUID_BYTES),
  });
  if (packet.guid !== slice(encoded, HEADER_BYTES, HEADER_BYTES + GUID_BYTES)) {
    throw refuse("its guid does not follow from its header");
  }
  return packet;
}
