/** Whether the hub served a request from a vault's chain, and as which release. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { chainByEid, type HubDeployment } from "@weighlock/core/deployment.ts";
import { type Address, isAddressEqual, type Log, parseEventLogs } from "viem";
import { laneName } from "./input.ts";
import { type LaneReader, maxOf, type Place, placeOf } from "./laneReader.ts";
import type { Network } from "./network.ts";
import type { Outcome } from "./outcome.ts";
import { refusalReason } from "./reasons.ts";

/** Each entry from the vault ends in exactly one of these in the transaction that executes it, in the log's order. */
const ENDS = ["Credited", "EntryHeld", "RequestRefused", "Withdrawn"] as const;

/**
 * A release does not name its request. But in the transaction that executes both, the ends come in the order of the
 * entries, so that the one of `index` is found by counting back from the end.
 */
export async function outcomeOfRequest({
  network,
  reader,
  hub,
  index,
  executed,
}: {
  network: Network;
  reader: LaneReader;
  hub: HubDeployment;
  index: bigint;
  executed: Place;
}): Promise<Outcome | undefined> {
  const { src, dstClient } = reader;
  const { logs } = await dstClient.getTransactionReceipt({ hash: executed.transactionHash });
  const by = (address: Address) => (log: Log) => isAddressEqual(log.address, address);
  const counts = parseEventLogs({
    ...{ abi: gatewayAbi, eventName: "WindowExecuted", logs: logs.filter(by(hub.gateway)) },
    args: { srcEid: src.eid },
  }).map(({ args }) => args.count);
  const ends = parseEventLogs({
    ...{ abi: clearingHouseAbi, eventName: [...ENDS], logs: logs.filter(by(hub.clearingHouse)) },
  }).filter(({ args }) => !("srcEid" in args) || args.srcEid === src.eid);
  const end = ends.at(Number(index - maxOf(counts)));
  if (end?.eventName === "RequestRefused" && end.args.index === index) {
    return { type: "refused", reason: refusalReason(end.args.reason), waitsFor: [], ...placeOf(executed) };
  }
  if (end?.eventName !== "Withdrawn") return undefined;
  const dst = chainByEid(network.deployment, end.args.dstEid);
  return { type: "served", as: `${laneName({ src: hub, dst })}:${end.args.index}`, waitsFor: [], ...placeOf(executed) };
}
