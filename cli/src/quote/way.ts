/** The way that a settlement would take: its lane, who must attest it, who pays for carrying it, and how long it takes. */

import type { LaneDeployment } from "@weighlock/core/deployment.ts";
import { type LaneOverview, readLane } from "../laneOverview.ts";
import { createLaneReader, type LanePath } from "../laneReader.ts";
import { secondsOf, untilOf } from "../lockWords.ts";
import type { Network } from "../network.ts";
import { REQUIRED_PATHS } from "../settlement.ts";
import { type Finality, type LaneTimes, readFinality, readLaneTimes } from "./laneTimes.ts";

export type Way = {
  lane: LaneOverview;
  paths: LanePath[];
  /** How many of them must attest, a message network among them. */
  required: number;
  /** Measured; absent before the lane's first settlement. */
  times?: LaneTimes;
  finality: Finality;
  /** What keeps an entry from being posted, or from ever being executed. */
  obstacles: string[];
  /** What ends by itself. */
  delays: string[];
};

export async function readWay({ network, lane }: { network: Network; lane: LaneDeployment }): Promise<Way> {
  const reader = await createLaneReader({ network, lane });
  const [overview, paths, times, finality] = await Promise.all([
    readLane({ network, lane }),
    reader.paths(),
    readLaneTimes({ reader }),
    readFinality(reader),
  ]);
  const { halt, postingStopped, executionPausedUntil } = overview;
  const { src, dst } = lane;
  return {
    lane: overview,
    paths,
    required: REQUIRED_PATHS,
    ...(times && { times }),
    finality,
    obstacles: [
      ...(postingStopped === "" ? [] : [`${src.name} takes nothing for ${dst.name} now: ${postingStopped}`]),
      ...(halt === "" ? [] : [`${dst.name} executes nothing from ${src.name}: halted (${halt})`]),
    ],
    delays: executionPausedUntil
      ? [`${dst.name} executes nothing from ${src.name}: paused ${untilOf(secondsOf(executionPausedUntil))}`]
      : [],
  };
}
