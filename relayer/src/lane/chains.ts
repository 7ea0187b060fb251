/** The two ends of a lane: each chain, who sends there, and what is followed there. */

import type { Chain } from "@weighlock/core/chains.ts";
import type { Sender } from "@weighlock/core/sender.ts";
import type { ChainFeed } from "../chainFeed.ts";

export type LaneEnd = {
  chain: Chain;
  sender: Sender;
  feed: Pick<ChainFeed, "tip" | "finalized" | "isCaughtUp" | "rescan">;
};
export type LaneChains = { src: LaneEnd; dst: LaneEnd };
