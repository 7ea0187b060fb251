/** Brings one LayerZero packet to its receiver: each DVN verifies, then it is committed and received. */

import { FatalError } from "@weighlock/core/errors.ts";
import { dvnAbi, endpointAbi, receiveUlnAbi } from "@weighlock/devnet/layerzero/abi.ts";
import { signDvnCall, verifyCall } from "@weighlock/devnet/layerzero/dvnCall.ts";
import { decodePacket, type Packet } from "@weighlock/devnet/layerzero/packet.ts";
import { parseEventLogs, type TransactionReceipt } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { BenchNetwork } from "./network.ts";
import { type Call, callOf, type Site } from "./site.ts";

/** Gas of the transactions by which LayerZero's own executor brings a verified packet. */
export type ReceiveGas = { commit: number; receive: number };

/** LayerZero did not do what was asked, and a receipt can't show it as a revert. */
export class NotDeliveredError extends FatalError {
  override name = "NotDeliveredError";
}

// 2100-01-01. Not counted from now: the signed bytes, and so the gas, would differ from run to run.
const EXPIRATION = 4_102_444_800n;

/** The one packet that a transaction sent. */
export function packetOf(receipt: TransactionReceipt | undefined): Packet {
  const [sent] = parseEventLogs({ abi: endpointAbi, eventName: "PacketSent", logs: receipt?.logs ?? [] });
  if (sent === undefined) throw new NotDeliveredError("The transaction sent no packet over LayerZero.");
  return decodePacket(sent.args.encodedPayload);
}

/** Gas of one transaction for each DVN. */
export async function verifyPacket({
  network: { keys, confirmations },
  dst,
  packet,
}: {
  network: BenchNetwork;
  dst: Site;
  packet: Packet;
}): Promise<number> {
  const { header, payloadHash, guid } = packet;
  const { dvns, receiveUln } = dst.chain.layerZero;
  const verifications: Call[] = [];
  for (const { address, vid, submitter } of dvns) {
    // Ours is behind the contract that offers nothing but `execute`; the other's admin calls it directly.
    const [signer, from] =
      submitter === undefined ? [keys.strangerSigner, keys.strangerAdmin] : [keys.verifierSigner, keys.verifierGas];
    const call = verifyCall({ vid, receiveUln, header, payloadHash, confirmations, expiration: EXPIRATION });
    const signed = await signDvnCall({ call, signers: [privateKeyToAccount(signer.privateKey)] });
    const to = submitter ?? address;
    verifications.push(callOf({ from, address: to, abi: dvnAbi, functionName: "execute", args: [[signed]] }));
  }
  const verified = await dst.send(verifications);
  for (const { logs, transactionHash: hash } of verified) {
    // The DVN reports its failures as events of a successful transaction.
    if (parseEventLogs({ abi: receiveUlnAbi, eventName: "PayloadVerified", logs }).length === 0) {
      throw new NotDeliveredError("A DVN did not verify the packet.", { details: { guid, hash } });
    }
  }
  return verified.reduce((sum, { gasUsed }) => sum + Number(gasUsed), 0);
}

/** Commits and receives, each in a transaction. */
export async function receivePacket({
  network: { keys },
  dst,
  packet,
}: {
  network: BenchNetwork;
  dst: Site;
  packet: Packet;
}): Promise<ReceiveGas> {
  const { header, payloadHash, srcEid, sender, nonce, receiverAddress, guid, message } = packet;
  const { receiveUln, endpoint } = dst.chain.layerZero;
  const from = keys.relayer;
  const [commit, receive] = await dst.send([
    callOf({
      from,
      address: receiveUln,
      abi: receiveUlnAbi,
      functionName: "commitVerification",
      args: [header, payloadHash],
    }),
    callOf({
      from,
      address: endpoint,
      abi: endpointAbi,
      functionName: "lzReceive",
      args: [{ srcEid, sender, nonce }, receiverAddress, guid, message, "0x"],
    }),
  ]);
  return { commit: Number(commit?.gasUsed), receive: Number(receive?.gasUsed) };
}
