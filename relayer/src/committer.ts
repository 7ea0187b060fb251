/**
 * Commits a verified packet to the destination's endpoint and delivers it, in one transaction. Behind a nonce that nobody
 * has verified, where the endpoint delivers nothing, the packet is attested without being delivered. All of it is open to
 * anyone.
 */

import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { decodeCommitment } from "@weighlock/core/commitment.ts";
import type { Common } from "@weighlock/core/common.ts";
import { RetryableError } from "@weighlock/core/errors.ts";
import type { Job } from "./jobs.ts";
import { readAttestation } from "./lane/attested.ts";
import type { LaneChains } from "./lane/chains.ts";
import type { Lane } from "./lane/lanes.ts";
import { readPathCounters } from "./lane/state.ts";
import { isBehindGap, readDelivery } from "./layerzero/delivery.ts";
import type { Packet } from "./layerzero/packet.ts";
import { findSentPackets } from "./layerzero/sentPackets.ts";

export type Committer = (job: Job<"commit">) => Promise<void>;

/** `verify` has not been said by every DVN yet. */
export class PacketNotVerifiableError extends RetryableError {
  override name = "PacketNotVerifiableError";
}

export function createCommitter({
  common,
  lane,
  chains: { src, dst },
}: {
  common: Common;
  lane: Lane;
  chains: LaneChains;
}): Committer {
  const logger = common.logger.child({ lane: lane.name });
  const { client } = dst.chain;
  const delivered = common.metrics.counter({
    name: "delivered_packets_total",
    help: "LayerZero packets delivered to their path.",
    labels: ["lane"],
  });
  const attested = common.metrics.counter({
    name: "attested_packets_total",
    help: "LayerZero packets attested behind a nonce that is not verified.",
    labels: ["lane"],
  });

  async function packetOf({ blockNumber, nonce }: Job<"commit">): Promise<Packet | undefined> {
    const { number: latest } = await src.chain.client.getBlock();
    if (blockNumber > latest) return undefined;
    const { hash } = await src.chain.client.getBlock({ blockNumber });
    const packets = await findSentPackets({ client: src.chain.client, lane, blockHash: hash });
    return packets.find((packet) => packet.nonce === nonce);
  }

  async function send(functionName: "deliver" | "attestVerified", { srcEid, nonce, guid, message }: Packet) {
    const { transactionHash: hash, gasUsed } = await dst.sender.write({
      address: lane.layerZero.dst.address,
      abi: layerZeroPathAbi,
      functionName,
      args: [srcEid, nonce, guid, message],
      label: `${functionName} ${lane.name}`,
    });
    logger.info({ guid, nonce, hash, gasUsed }, functionName === "deliver" ? "delivered" : "attested around a gap");
  }

  /** Whether the gateway has heard over this path all that the packet says. */
  async function isAttested({ message }: Packet): Promise<boolean> {
    const { count, head, ackCount } = decodeCommitment(message);
    const path = lane.layerZero.dst.index;
    const [attestation, acknowledged] = await Promise.all([
      readAttestation({ client, lane, path, count }),
      readPathCounters({ client, gateway: lane.dst.gateway, eid: lane.src.eid, path }),
    ]);
    return attestation?.head === head && acknowledged.ackCount >= ackCount;
  }

  return async (job) => {
    const packet = await packetOf(job);
    if (packet === undefined) {
      logger.warn({ job }, "dropped a commit job: that block sent no such packet");
      return;
    }
    const { guid, nonce } = packet;
    const delivery = await readDelivery({ client, lane, packet });
    if (delivery === "delivered") return;
    if (delivery === "sent") {
      throw new PacketNotVerifiableError("The packet is not verified by every DVN yet.", { details: { guid, nonce } });
    }
    if (await isBehindGap({ client, lane, packet })) {
      // It is looked at again, and delivered, once the gap is gone.
      if (await isAttested(packet)) return;
      await send("attestVerified", packet);
      attested.inc({ lane: lane.name });
      return;
    }
    await send("deliver", packet);
    delivered.inc({ lane: lane.name });
  };
}
