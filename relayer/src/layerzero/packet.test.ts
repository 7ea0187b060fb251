import { type Hex, slice } from "viem";
import { expect, test } from "vitest";
import { buildPacket, decodePacket, PacketFormatError } from "./packet.ts";

/** `encodedPayload` of a PacketSent that the production EndpointV2 emitted for a commitment of 3,000 entries. */
const SENT: Hex =
  "0x01000000000000000100009efe0000000000000000000000000ac6f00a3e3d452b6fc31728077fa1c16b5cec7b00009efd00000000000000000000000078f66f85b9faf3e54460c81ac7fcee3076042da99c14be67b32feba38b429845bb333f5697391af7e3c9acabec6b4f560f29e583010000000000000bb8000000000000000000000000000000000000000000000010c86e6ca3789afcd0e64837652f5272f1741a201f364807ddefcc57e123ca47c56c60333d427892a3762597484e81ceb2213bafcae00ae8cea52ce4ce9200ed7d0ccdc928ca7290f9f96a9a7dcd847e25df98a48d564fdf97394875300d293c";

test("buildPacket() makes what the endpoint sent, from its fields and the message alone", () => {
  const packet = buildPacket({
    nonce: 1n,
    srcEid: 40_702,
    sender: "0x0000000000000000000000000ac6f00a3e3d452b6fc31728077fa1c16b5cec7b",
    dstEid: 40_701,
    receiver: "0x00000000000000000000000078f66f85b9faf3e54460c81ac7fcee3076042da9",
    message: slice(SENT, 113),
  });
  expect(packet.header).toBe(slice(SENT, 0, 81));
  expect(packet.guid).toBe(slice(SENT, 81, 113));
  expect(decodePacket(SENT)).toEqual(packet);
});

test.each([
  ["too short", SENT.slice(0, 2 + 2 * 113)],
  ["its version is another", SENT.replace("0x01", "0x02")],
  ["its guid does not follow from its header", SENT.replace("9c14be67", "9c14be68")],
])("decodePacket() refuses a packet: %s", (reason, encoded) => {
  expect(() => decodePacket(encoded as Hex)).toThrow(PacketFormatError);
  expect(() => decodePacket(encoded as Hex)).toThrow(reason);
});
