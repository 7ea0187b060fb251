/** A packet that no endpoint sent, with a commitment to a window that no gateway sealed. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { createChain } from "@weighlock/core/chains.ts";
import { type Commitment, encodeCommitment } from "@weighlock/core/commitment.ts";
import { type ChainDeployment, pathByName } from "@weighlock/core/deployment.ts";
import type { EntryWords } from "@weighlock/core/entry.ts";
import { type Boundary, headOf, rootOf } from "@weighlock/core/laneLog.ts";
import { pad } from "viem";
import { endpointAbi } from "./abi.ts";
import { decodePacket, encodePacket, type Packet } from "./packet.ts";

/** What the source would say had the entries been posted; its acknowledgement is true, so that nothing else is wrong. */
export async function forgeCommitment({
  src,
  dst,
  entries,
}: {
  src: ChainDeployment;
  dst: ChainDeployment;
  entries: readonly EntryWords[];
}): Promise<{ commitment: Commitment; base: Boundary }> {
  const { client } = await createChain(src);
  const gateway = { address: src.gateway, abi: gatewayAbi } as const;
  const [[, count, head], [ackCount, ackHead], [lane]] = await Promise.all([
    client.readContract({ ...gateway, functionName: "outbox", args: [dst.eid] }),
    client.readContract({ ...gateway, functionName: "inbox", args: [dst.eid] }),
    client.readContract({ ...gateway, functionName: "laneIds", args: [dst.eid] }),
  ]);
  const forged = count + BigInt(entries.length);
  const commitment = {
    lane,
    count: forged,
    head: headOf({ head, root: rootOf(entries), count: forged }),
    ackCount,
    ackHead,
  };
  return { commitment, base: { count, head } };
}

/**
 * The destination's endpoint delivers in the order of nonces, so it takes the next that it has not verified. A genuine
 * packet of that nonce will not be delivered after; a later one carries what it said.
 */
export async function forgePacket({
  src,
  dst,
  commitment,
  nonce,
}: {
  src: ChainDeployment;
  dst: ChainDeployment;
  commitment: Commitment;
  /** Another than the next. */
  nonce?: bigint;
}): Promise<Packet> {
  const { client } = await createChain(dst);
  const sender = pad(pathByName(src, "layerzero").address, { size: 32 });
  const { address: path } = pathByName(dst, "layerzero");
  const inbound = await client.readContract({
    address: dst.layerZero.endpoint,
    abi: endpointAbi,
    functionName: "inboundNonce",
    args: [path, src.eid, sender],
  });
  const receiver = pad(path, { size: 32 });
  return decodePacket(
    encodePacket({
      nonce: nonce ?? inbound + 1n,
      srcEid: src.eid,
      sender,
      dstEid: dst.eid,
      receiver,
      message: encodeCommitment(commitment),
    }),
  );
}
