/** Commits a verified packet to the destination's endpoint and delivers it. Both are open to anyone. */

import type { Common } from "@weighlock/core/common.ts";
import { RetryableError } from "@weighlock/core/errors.ts";
import type { Job } from "./jobs.ts";
import type { LaneChains } from "./lane/chains.ts";
import type { Lane } from "./lane/lanes.ts";
import { endpointAbi, receiveUlnAbi } from "./layerzero/abi.ts";
import { readDelivery } from "./layerzero/delivery.ts";
import type { Packet } from "./layerzero/packet.ts";
import { findSentPackets } from "./layerzero/sentPackets.ts";

export type Committer = (job: Job<"commit">) => Promise<void>;

/** `verify` has not been said by every DVN yet, or an earlier nonce is not committed. */
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
  const delivered = common.metrics.counter({
    name: "delivered_packets_total",
    help: "LayerZero packets delivered to their path.",
    labels: ["lane"],
  });
  const { endpoint, receiveUln } = lane.dst.layerZero;
  const receiver = lane.layerZero.dst.address;

  async function packetOf({ blockNumber, nonce }: Job<"commit">): Promise<Packet | undefined> {
    const { number: latest } = await src.chain.client.getBlock();
    if (blockNumber > latest) return undefined;
    const { hash } = await src.chain.client.getBlock({ blockNumber });
    const packets = await findSentPackets({ client: src.chain.client, lane, blockHash: hash });
    return packets.find((packet) => packet.nonce === nonce);
  }

  async function deliver(packet: Packet): Promise<void> {
    const { guid, message, nonce, sender, srcEid } = packet;
    const { transactionHash: hash, gasUsed } = await dst.sender.write({
      address: endpoint,
      abi: endpointAbi,
      functionName: "lzReceive",
      args: [{ srcEid, sender, nonce }, receiver, guid, message, "0x"],
      label: `lzReceive ${lane.name}`,
    });
    delivered.inc({ lane: lane.name });
    logger.info({ guid, nonce, hash, gasUsed }, "delivered");
  }

  async function commit({ guid, nonce, header, payloadHash }: Packet): Promise<void> {
    const { transactionHash: hash, gasUsed } = await dst.sender.write({
      address: receiveUln,
      abi: receiveUlnAbi,
      functionName: "commitVerification",
      args: [header, payloadHash],
      label: `commit ${lane.name}`,
    });
    logger.info({ guid, nonce, hash, gasUsed }, "committed");
  }

  return async (job) => {
    const packet = await packetOf(job);
    if (packet === undefined) {
      logger.warn({ job }, "dropped a commit job: that block sent no such packet");
      return;
    }
    const { guid, nonce } = packet;
    const delivery = await readDelivery({ client: dst.chain.client, lane, packet });
    if (delivery === "delivered") return;
    if (delivery === "sent") {
      throw new PacketNotVerifiableError("The packet is not verified by every DVN yet.", { details: { guid, nonce } });
    }
    // Sent one behind the other, for one block: the sender estimates the second on top of the first.
    const [committing, delivering] = await Promise.allSettled([
      delivery === "verifiable" ? commit(packet) : undefined,
      deliver(packet),
    ]);
    // Somebody else may have committed it meanwhile.
    if (delivering.status === "rejected")
      throw committing.status === "rejected" ? committing.reason : delivering.reason;
  };
}
