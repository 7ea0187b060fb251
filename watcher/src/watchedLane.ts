/**
 * What is known of one lane: its log made again from the source gateway's entries, and how far the destination gateway
 * has executed it. Everything is finalized and agreed by all sources of the chain it was read from.
 */

import { type Hex, isAddressEqual } from "viem";
import { type Agreement, createAgreement } from "./agreement.ts";
import type { GatewayEvent } from "./decode.ts";
import type { Lane } from "./deployment.ts";
import { Evidence } from "./evidence.ts";
import { laneGenesis } from "./hashing.ts";
import { createRebuiltLog } from "./rebuiltLog.ts";

/** Which gateway told it: the one that writes the log, or the one that executes it. */
export type Side = "src" | "dst";

export type WatchedLane = Lane & {
  /** Lane id and head of the empty log. */
  genesis: Hex;
  /** Takes one event of this lane. After the first evidence of a side, what that side tells is no longer heard. */
  hear(side: Side, source: number, event: GatewayEvent): void;
  /** Undefined while that count is not sealed in finalized history. */
  sealedHead(count: bigint): Hex | undefined;
  /** Undefined while it is not an executed boundary in finalized history, or not compared with the log yet. */
  executedHead(count: bigint): Hex | undefined;
  /** The newest counts that `sealedHead` and `executedHead` know. */
  newest(): { sealed: bigint; executed: bigint };
  /** Why nothing is signed that rests on the log, or on its execution. */
  evidence(side: Side): Evidence | undefined;
  /** A source broke: stops both sides that were read from it. */
  breakSide(side: Side, evidence: Evidence): void;
  /** Boundaries of this source that wait for the other sources. */
  waiting(side: Side, source: number): number;
};

const EPOCH = 0n;

/** `sources`: how many nodes each end is read from. `onEvidence` is told once for each side. */
export function createWatchedLane({
  lane,
  sources,
  onEvidence,
}: {
  lane: Lane;
  sources: Record<Side, number>;
  onEvidence: (side: Side, evidence: Evidence) => void;
}): WatchedLane {
  const { src, dst } = lane;
  const genesis = laneGenesis({ epoch: EPOCH, src, dst });
  const logs = Array.from({ length: sources.src }, () => createRebuiltLog({ genesis }));
  const boundaries: Record<Side, Agreement> = {
    src: createAgreement({ sources: sources.src }),
    dst: createAgreement({ sources: sources.dst }),
  };
  const opened: Record<Side, Set<number>> = { src: new Set(), dst: new Set() };
  const evidence: Partial<Record<Side, Evidence>> = {};
  /** Executed boundaries that equal the log's. */
  let compared = 0;

  function open(side: Side, source: number, event: GatewayEvent & { type: "opened" }): void {
    const peer = side === "src" ? dst : src;
    const claimed = side === "src" ? event.outLane : event.inLane;
    const isExpected =
      event.chainId === BigInt(peer.chainId) &&
      isAddressEqual(event.peer, peer.gateway) &&
      event.epoch === EPOCH &&
      claimed === genesis;
    if (!isExpected || opened[side].has(source)) {
      throw new Evidence("log-mismatch", "The gateway opened another lane than the deployment says.", {
        expected: { chainId: peer.chainId, peer: peer.gateway, epoch: EPOCH, lane: genesis },
        actual: { chainId: event.chainId, peer: event.peer, epoch: event.epoch, lane: claimed },
      });
    }
    opened[side].add(source);
  }

  function apply(side: Side, source: number, event: GatewayEvent): void {
    if (event.type !== "opened" && !opened[side].has(source)) {
      throw new Evidence("log-mismatch", "The lane was used before it was opened; check the deploy block.", {
        event: event.type,
      });
    }
    switch (event.type) {
      case "opened":
        open(side, source, event);
        break;
      case "posted":
        logs[source]?.post(event);
        break;
      case "sealed": {
        const own = logs[source]?.seal(event);
        if (own) boundaries.src.offer(source, own);
        break;
      }
      case "executed":
        boundaries.dst.offer(source, event);
    }
  }

  /** An executed boundary above the newest seal waits: the other chain may be read more slowly. */
  function compare(): void {
    const sealed = boundaries.src.agreed;
    const executed = boundaries.dst.agreed;
    for (let next = executed.at(compared); next; next = executed.at(compared)) {
      if (next.count > sealed.lastCount()) return;
      const own = sealed.at(sealed.find(next.count))?.head;
      if (own !== next.head) {
        throw new Evidence("false-ack", "False ack: the gateway executed what the opposite gateway never sealed.", {
          executedBy: dst.name,
          count: next.count,
          expected: own,
          actual: next.head,
        });
      }
      compared += 1;
    }
  }

  function attempt(side: Side, step: () => void): void {
    if (evidence[side]) return;
    try {
      step();
    } catch (error) {
      if (!(error instanceof Evidence)) throw error;
      evidence[side] = error;
      onEvidence(side, error);
    }
  }

  return {
    ...lane,
    genesis,
    hear(side, source, event) {
      attempt(side, () => apply(side, source, event));
      attempt("dst", compare);
    },
    sealedHead(count) {
      if (opened.src.size < sources.src) return undefined;
      if (count === 0n) return genesis;
      return boundaries.src.agreed.at(boundaries.src.agreed.find(count))?.head;
    },
    executedHead(count) {
      if (opened.dst.size < sources.dst) return undefined;
      if (count === 0n) return genesis;
      const position = boundaries.dst.agreed.find(count);
      return position >= 0 && position < compared ? boundaries.dst.agreed.at(position)?.head : undefined;
    },
    newest: () => ({
      sealed: boundaries.src.agreed.lastCount(),
      executed: boundaries.dst.agreed.at(compared - 1)?.count ?? 0n,
    }),
    evidence: (side) => evidence[side],
    breakSide(side, found) {
      attempt(side, () => {
        throw found;
      });
    },
    waiting: (side, source) => boundaries[side].waiting(source),
  };
}
