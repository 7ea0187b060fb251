/** Puts a gateway's logs into the records of the lanes that start or end there. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { type Log, parseEventLogs, toEventSelector } from "viem";
import type { Lane } from "./lanes.ts";
import type { DispatchRecord, LaneRecord } from "./record.ts";

export type LaneWithRecord = { lane: Lane; record: LaneRecord };

const EVENTS = ["EntryPosted", "WindowSealed", "Dispatched", "Attested", "WindowExecuted"] as const;

/** The first topics of the events that `recordLogs` reads. */
export const GATEWAY_TOPICS = EVENTS.map((name) => {
  const event = gatewayAbi.find((item) => item.type === "event" && item.name === name);
  if (event?.type !== "event") throw new TypeError(`the gateway has no event ${name}`);
  return toEventSelector(event);
});

/** `logs` are one chain's, in order. Returns the lanes that one of them is about. */
export function recordLogs({
  eid,
  lanes,
  logs,
}: {
  /** The chain's own. */
  eid: number;
  lanes: readonly LaneWithRecord[];
  logs: readonly Log<bigint, number, false>[];
}): Set<Lane> {
  const touched = new Set<Lane>();
  const outgoing = new Map(lanes.filter(({ lane }) => lane.src.eid === eid).map((each) => [each.lane.dst.eid, each]));
  const incoming = new Map(lanes.filter(({ lane }) => lane.dst.eid === eid).map((each) => [each.lane.src.eid, each]));
  const parsed = parseEventLogs({ abi: gatewayAbi, eventName: [...EVENTS], logs: [...logs] });
  for (const { eventName, args, blockNumber: block, blockHash } of parsed) {
    const found = "dstEid" in args ? outgoing.get(args.dstEid) : incoming.get(args.srcEid);
    if (found === undefined) continue;
    const { lane, record } = found;
    touched.add(lane);
    if (eventName === "EntryPosted") record.posted({ index: args.index, entry: args.entry, block });
    else if (eventName === "WindowSealed")
      record.sealed({ count: args.count, root: args.root, head: args.head, block });
    else if (eventName === "Dispatched") record.dispatched({ ...pickDispatch(args), block, blockHash });
    else if (eventName === "Attested") record.attested({ count: args.count, path: args.path, block });
  }
  return touched;
}

function pickDispatch({ count, head, ackCount, ackHead, paths }: Omit<DispatchRecord, "block" | "blockHash">) {
  return { count, head, ackCount, ackHead, paths };
}
