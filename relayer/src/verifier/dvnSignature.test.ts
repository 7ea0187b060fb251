import { decodeFunctionData, encodePacked, keccak256, recoverMessageAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect, test } from "vitest";
import { receiveUlnAbi } from "../layerzero/abi.ts";
import { buildPacket } from "../layerzero/packet.ts";
import { createPaperLane } from "../testing/deployment.ts";
import { signVerification } from "./dvnSignature.ts";

test("signs the vid, the library, the time and the call, as the DVN hashes them", async () => {
  const { src, dst, layerZero } = createPaperLane();
  const { sender, receiver } = layerZero;
  const packet = buildPacket({ nonce: 1n, srcEid: src.eid, sender, dstEid: dst.eid, receiver, message: "0x12" });
  const signer = privateKeyToAccount(generatePrivateKey());
  const { receiveUln } = dst.layerZero;
  const asked = { signer, vid: 10_701, receiveUln, packet, confirmations: 2n, expiration: 1_700_000_000n };
  const { vid, target, callData, expiration, signatures } = await signVerification(asked);

  expect({ vid, target, expiration }).toEqual({ vid: 10_701, target: receiveUln, expiration: 1_700_000_000n });
  expect(decodeFunctionData({ abi: receiveUlnAbi, data: callData })).toEqual({
    functionName: "verify",
    args: [packet.header, packet.payloadHash, 2n],
  });
  const hash = keccak256(encodePacked(["uint32", "address", "uint256", "bytes"], [vid, target, expiration, callData]));
  expect(await recoverMessageAddress({ message: { raw: hash }, signature: signatures })).toBe(signer.address);
});
