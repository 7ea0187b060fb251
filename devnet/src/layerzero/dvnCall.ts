/** A DVN's signed word: a call that `DVN.execute` makes when enough signers stand behind it. */

import { type Address, concat, encodeFunctionData, encodePacked, type Hex, keccak256 } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { receiveUlnAbi } from "./abi.ts";

export type DvnCall = { vid: number; target: Address; callData: Hex /** Seconds. */; expiration: bigint };
export type SignedDvnCall = DvnCall & { signatures: Hex };

/** The call by which a DVN verifies a packet on the destination. */
export function verifyCall({
  vid,
  receiveUln,
  header,
  payloadHash,
  confirmations,
  expiration,
}: {
  vid: number;
  receiveUln: Address;
  header: Hex;
  payloadHash: Hex;
  confirmations: bigint;
  expiration: bigint;
}): DvnCall {
  const args = [header, payloadHash, confirmations] as const;
  const callData = encodeFunctionData({ abi: receiveUlnAbi, functionName: "verify", args });
  return { vid, target: receiveUln, callData, expiration };
}

/** Signs by every signer. `signers` must be exactly the DVN's quorum. */
export async function signDvnCall({
  call,
  signers,
}: {
  call: DvnCall;
  signers: readonly PrivateKeyAccount[];
}): Promise<SignedDvnCall> {
  const { vid, target, callData, expiration } = call;
  const raw = keccak256(encodePacked(["uint32", "address", "uint256", "bytes"], [vid, target, expiration, callData]));
  // The DVN takes them in ascending order of the signer alone.
  const ordered = [...signers].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const signatures = await Promise.all(ordered.map((signer) => signer.signMessage({ message: { raw } })));
  return { ...call, signatures: concat(signatures) };
}
