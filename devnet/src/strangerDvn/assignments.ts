/** Which packets a DVN was paid to verify. */

import { type Address, isAddressEqual, type Log, parseEventLogs, toEventSelector } from "viem";
import { endpointAbi, sendUlnAbi } from "../layerzero/abi.ts";
import { decodePacket, type Packet } from "../layerzero/packet.ts";

export type Assignment = { packet: Packet; blockNumber: bigint };

type FinalLog = Log<bigint, number, false>;

/** The two events that `findAssignments` reads, as a topic filter. */
export const ASSIGNMENT_TOPICS = [
  toEventSelector("PacketSent(bytes,bytes,address)"),
  toEventSelector("DVNFeePaid(address[],address[],uint256[])"),
];

/**
 * The packets among `logs` that `dvn` was assigned, in order. `logs` are whole blocks, in order.
 * A send emits DVNFeePaid before its PacketSent, in the same transaction; nothing comes between them for one packet.
 */
export function findAssignments({
  logs,
  endpoint,
  sendUln,
  dvn,
  srcEid,
}: {
  logs: readonly FinalLog[];
  endpoint: Address;
  sendUln: Address;
  dvn: Address;
  srcEid: number;
}): Assignment[] {
  const assignments: Assignment[] = [];
  let paid: { transactionHash: string; dvns: readonly Address[] } | undefined;
  for (const log of logs) {
    if (isAddressEqual(log.address, sendUln)) {
      const [event] = parseEventLogs({ abi: sendUlnAbi, eventName: "DVNFeePaid", logs: [log] });
      if (event === undefined) continue;
      const { requiredDVNs, optionalDVNs } = event.args;
      paid = { transactionHash: log.transactionHash, dvns: [...requiredDVNs, ...optionalDVNs] };
    } else if (isAddressEqual(log.address, endpoint)) {
      const [event] = parseEventLogs({ abi: endpointAbi, eventName: "PacketSent", logs: [log] });
      const fee = paid;
      paid = undefined;
      if (event === undefined || fee?.transactionHash !== log.transactionHash) continue;
      if (!isAddressEqual(event.args.sendLibrary, sendUln)) continue;
      if (!fee.dvns.some((each) => isAddressEqual(each, dvn))) continue;
      const packet = decodePacket(event.args.encodedPayload);
      if (packet.srcEid === srcEid) assignments.push({ packet, blockNumber: log.blockNumber });
    }
  }
  return assignments;
}
