/** Reads what the dispatch policy judges. */

import type { ChainClient } from "@weighlock/core/chains.ts";
import { leastOf } from "../bigints.ts";
import type { DispatchSituation } from "../dispatchPolicy.ts";
import { hasPath } from "./attested.ts";
import { MOST_WINDOWS, nextBoundary } from "./boundary.ts";
import type { LaneChains } from "./chains.ts";
import type { Lane } from "./lanes.ts";
import type { LaneRecord } from "./record.ts";
import { readCounters, readPathCounters } from "./state.ts";

export type LaneSituation = DispatchSituation & {
  sealed: bigint;
  /** Mask of the message networks that the lane may be dispatched over. */
  networks: number;
};

export type SituationReader = () => Promise<LaneSituation>;

/** One for each lane: it remembers since when something is not acknowledged. */
export function createSituationReader({
  lane,
  record,
  chains: { src, dst },
}: {
  lane: Lane;
  record: LaneRecord;
  chains: LaneChains;
}): SituationReader {
  const { client } = src.chain;
  let unacknowledged: { since: bigint; sentAckCount: bigint } | undefined;
  const at = { client, gateway: lane.src.gateway, eid: lane.dst.eid };
  /** The destination is asked only where it matters: a lane has seldom so many windows. */
  async function boundary(networks: number): Promise<bigint | undefined> {
    if (record.windowsAfter(0n).length <= MOST_WINDOWS) return undefined;
    const there = { client: dst.chain.client, gateway: lane.dst.gateway, eid: lane.src.eid };
    const { executed } = await readCounters(there);
    return nextBoundary({ record, executed, networks });
  }

  return async () => {
    const [{ posted, sealed, executed, enabled, networks: ofNetworks }, { timestamp: now }] = await Promise.all([
      readCounters(at),
      client.getBlock(),
    ]);
    const networks = enabled & ofNetworks;
    const indices = [0, 1, 2, 3, 4, 5, 6, 7].filter((path) => hasPath(networks, path));
    const sent = await Promise.all(indices.map((path) => readPathCounters({ ...at, path })));
    const sentCount = leastOf(
      sent.map((each) => each.sentCount),
      posted,
    );
    const sentAckCount = leastOf(
      sent.map((each) => each.sentAckCount),
      executed,
    );

    if (executed <= sentAckCount) unacknowledged = undefined;
    else if (unacknowledged?.sentAckCount !== sentAckCount) unacknowledged = { since: now, sentAckCount };
    const oldest = posted > sentCount ? record.entry(sentCount) : undefined;
    const oldestPostedAt = oldest && (await postedAt({ client, block: oldest.block }));
    // An entry that was not followed yet is new; one that a pruned record lost has been executed.
    const isFollowed = oldest !== undefined || posted <= sentCount;
    return {
      posted,
      sealed,
      networks,
      executed,
      sentCount,
      sentAckCount,
      now,
      oldestPostedAt: isFollowed ? oldestPostedAt : now,
      unacknowledgedSince: unacknowledged?.since,
      boundary: await boundary(networks),
    };
  };
}

async function postedAt({ client, block }: { client: ChainClient; block: bigint }): Promise<bigint> {
  const { timestamp } = await client.getBlock({ blockNumber: block });
  return timestamp;
}
