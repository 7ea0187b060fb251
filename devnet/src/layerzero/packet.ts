/** A LayerZero packet, as `PacketSent` carries it: header (81 bytes) ‖ guid ‖ message. */

import { FatalError } from "@weighlock/core/errors.ts";
import {
  type Address,
  concat,
  encodePacked,
  type Hex,
  hexToBigInt,
  hexToNumber,
  keccak256,
  numberToHex,
  size,
  slice,
} from "viem";

export type Packet = {
  nonce: bigint;
  srcEid: number;
  sender: Hex;
  dstEid: number;
  /** All 32 bytes. */
  receiver: Hex;
  receiverAddress: Address;
  guid: Hex;
  message: Hex;
  header: Hex;
  headerHash: Hex;
  /** What a DVN verifies: keccak256(guid ‖ message). */
  payloadHash: Hex;
};

/** Bytes that are not a packet of version 1. */
export class PacketFormatError extends FatalError {
  override name = "PacketFormatError";
}

const VERSION = 1;
const HEADER_BYTES = 81;
const GUID_BYTES = 32;

/** The packet that an endpoint would send, which says nothing of whether one did. */
export function encodePacket({
  nonce,
  srcEid,
  sender,
  dstEid,
  receiver,
  message,
}: Pick<Packet, "nonce" | "srcEid" | "sender" | "dstEid" | "receiver" | "message">): Hex {
  const fields = encodePacked(
    ["uint64", "uint32", "bytes32", "uint32", "bytes32"],
    [nonce, srcEid, sender, dstEid, receiver],
  );
  return concat([numberToHex(VERSION, { size: 1 }), fields, keccak256(fields), message]);
}

/** @throws PacketFormatError */
export function decodePacket(encoded: Hex): Packet {
  if (size(encoded) < HEADER_BYTES + GUID_BYTES) {
    throw new PacketFormatError("The packet is too short.", { details: { bytes: size(encoded) } });
  }
  const version = hexToNumber(slice(encoded, 0, 1));
  if (version !== VERSION) {
    throw new PacketFormatError("The packet has an unknown version.", {
      details: { expected: VERSION, actual: version },
    });
  }
  const header = slice(encoded, 0, HEADER_BYTES);
  const payload = slice(encoded, HEADER_BYTES);
  const receiver = slice(encoded, 49, 81);
  return {
    nonce: hexToBigInt(slice(encoded, 1, 9)),
    srcEid: hexToNumber(slice(encoded, 9, 13)),
    sender: slice(encoded, 13, 45),
    dstEid: hexToNumber(slice(encoded, 45, 49)),
    receiver,
    receiverAddress: slice(receiver, 12),
    guid: slice(payload, 0, GUID_BYTES),
    message: size(payload) > GUID_BYTES ? slice(payload, GUID_BYTES) : "0x",
    header,
    headerHash: keccak256(header),
    payloadHash: keccak256(payload),
  };
}
