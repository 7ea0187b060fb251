/** What our DVN signs: one call of its contract, to `verify` at the destination's receive library. */

import { type Address, encodeFunctionData, encodePacked, type Hex, keccak256 } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { receiveUlnAbi } from "../layerzero/abi.ts";
import type { Packet } from "../layerzero/packet.ts";

/** As `IDvn.ExecuteParam`. */
export type ExecuteParam = {
  vid: number;
  target: Address;
  callData: Hex;
  /** Seconds of the destination's clock. */
  expiration: bigint;
  signatures: Hex;
};

export async function signVerification({
  signer,
  vid,
  receiveUln,
  packet,
  confirmations,
  expiration,
}: {
  signer: PrivateKeyAccount;
  vid: number;
  receiveUln: Address;
  packet: Packet;
  confirmations: bigint;
  expiration: bigint;
}): Promise<ExecuteParam> {
  const callData = encodeFunctionData({
    abi: receiveUlnAbi,
    functionName: "verify",
    args: [packet.header, packet.payloadHash, confirmations],
  });
  const raw = keccak256(
    encodePacked(["uint32", "address", "uint256", "bytes"], [vid, receiveUln, expiration, callData]),
  );
  return { vid, target: receiveUln, callData, expiration, signatures: await signer.signMessage({ message: { raw } }) };
}
