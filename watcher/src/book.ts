/** All that one watcher knows: every lane, filled by the logs of every source. */

import type { Common } from "@weighlock/core/common.ts";
import { decodeLog, type GatewayEvent, type RawLog } from "./decode.ts";
import { lanesBetween, type WatchedChain } from "./deployment.ts";
import { Evidence } from "./evidence.ts";
import { createWatchedLane, type Side, type WatchedLane } from "./watchedLane.ts";

export type Book = {
  lanes: readonly WatchedLane[];
  /** Finalized logs of the chain's gateway, in order, as one source tells them. Throws LogUnreadableError, Evidence. */
  hear(chain: WatchedChain, source: number, logs: readonly RawLog[]): void;
  /** Nothing more is signed that rests on this chain. */
  breakChain(chain: WatchedChain, evidence: Evidence): void;
  /** Whether a source has told more than the others by so much that it should wait for them. */
  isAhead(chain: WatchedChain, source: number): boolean;
};

/** Boundaries kept for a source that the others have not told yet. */
const MAX_WAITING = 4_096;

export function createBook({
  common,
  chains,
  sourcesOf,
}: {
  common: Pick<Common, "logger" | "metrics">;
  chains: readonly WatchedChain[];
  /** How many sources a chain is read from. */
  sourcesOf: (chain: WatchedChain) => number;
}): Book {
  const { logger, metrics } = common;
  const refused = refusedCounter(metrics);
  const isRefused = metrics.gauge({
    name: "watcher_lane_refused",
    help: "1 while the watcher signs nothing for this lane because evidence stands against it.",
    labels: ["lane"],
  });

  const lanes = lanesBetween(chains).map((lane) => {
    isRefused.set({ lane: lane.name }, 0);
    return createWatchedLane({
      lane,
      sources: { src: sourcesOf(lane.src), dst: sourcesOf(lane.dst) },
      onEvidence: (side, evidence) => refuse(lane.src.eid, lane.dst.eid, side, evidence),
    });
  });
  const laneOf = (srcEid: number, dstEid: number) =>
    lanes.find(({ src, dst }) => src.eid === srcEid && dst.eid === dstEid);

  function refuse(srcEid: number, dstEid: number, side: Side, evidence: Evidence): void {
    // What a gateway executed is the ack of the lane that it writes; its log is the head of the same lane and what the
    // opposite lane's acks are compared with.
    const forward = laneOf(srcEid, dstEid);
    const backward = laneOf(dstEid, srcEid);
    const { reason, shortMessage, details } = evidence;
    for (const lane of side === "src" ? [forward, backward] : [backward]) {
      if (!lane) continue;
      isRefused.set({ lane: lane.name }, 1);
      refused.inc({ lane: lane.name, reason });
      logger.error({ lane: lane.name, reason, fact: shortMessage, ...details }, logMessages[reason]);
    }
  }

  function route(chain: WatchedChain, source: number, event: GatewayEvent): void {
    const hear = (side: Side, lane: WatchedLane | undefined) => lane?.hear(side, source, event);
    if (event.type === "opened") {
      hear("src", laneOf(chain.eid, event.eid));
      hear("dst", laneOf(event.eid, chain.eid));
    } else if (event.type === "executed") {
      hear("dst", laneOf(event.srcEid, chain.eid));
    } else {
      hear("src", laneOf(chain.eid, event.dstEid));
    }
  }

  /** Which sides of which lanes are read from a chain. */
  function sidesOf(chain: WatchedChain): { lane: WatchedLane; side: Side }[] {
    return lanes.flatMap((lane): { lane: WatchedLane; side: Side }[] => {
      if (lane.src.eid === chain.eid) return [{ lane, side: "src" }];
      return lane.dst.eid === chain.eid ? [{ lane, side: "dst" }] : [];
    });
  }

  return {
    lanes,
    hear(chain, source, logs) {
      for (const log of logs) {
        if (log.address.toLowerCase() !== chain.gateway.toLowerCase()) {
          throw new Evidence("source-broken", "The source answers with another contract's logs.", {
            chain: chain.name,
            expected: chain.gateway,
            actual: log.address,
          });
        }
        route(chain, source, decodeLog(log));
      }
    },
    breakChain(chain, evidence) {
      for (const { lane, side } of sidesOf(chain)) lane.breakSide(side, evidence);
    },
    isAhead: (chain, source) =>
      sidesOf(chain).some(
        ({ lane, side }) => lane.evidence(side) === undefined && lane.waiting(side, source) > MAX_WAITING,
      ),
  };
}

export function refusedCounter(metrics: Common["metrics"]) {
  return metrics.counter({
    name: "watcher_refused_total",
    help: "Refusals to sign: evidence found, and requests turned down because of it.",
    labels: ["lane", "reason"],
  });
}

const logMessages = {
  "log-mismatch": "refusing lane: log mismatch",
  "false-ack": "refusing lane: false ack",
  "sources-disagree": "refusing lane: sources disagree",
  "source-broken": "refusing lane: source broken",
} as const;
