/** Lanes as a table, and what stops them as lines under it. */

import { formatEther } from "viem";
import type { LaneOverview } from "./laneOverview.ts";
import { secondsOf, untilOf } from "./lockWords.ts";
import { haltEnd } from "./reasons.ts";
import { formatTable } from "./table.ts";

export function renderLanes(lanes: readonly LaneOverview[]): string[] {
  const paths = lanes[0]?.attested.map(({ path }) => path) ?? [];
  const right = paths.map(() => "right" as const);
  return [
    ...formatTable(
      [
        [
          "lane",
          "posted",
          "sealed",
          "dispatched",
          ...paths.map((name) => `attested ${name}`),
          "executed",
          "acknowledged",
          "heads",
          "halt",
          "tip jar, ETH",
        ],
        ...lanes.map((lane) => [
          lane.lane,
          String(lane.posted),
          String(lane.sealed),
          String(lane.dispatched),
          ...paths.map((name) => String(lane.attested.find(({ path }) => path === name)?.count ?? "-")),
          String(lane.executed),
          String(lane.acknowledged),
          lane.headsEqual ? "equal" : "DIFFER",
          lane.halt === "" ? "-" : lane.halt,
          formatEther(lane.tipJar.held),
        ]),
      ],
      ["left", "right", "right", "right", ...right, "right", "right", "left", "left", "right"],
    ),
    ...lanes.flatMap(stopsOf).map((line) => `✗ ${line}`),
  ];
}

/** Each thing that keeps the lane from moving, as a line. */
export function stopsOf({ lane, halt, executionPausedUntil, postingStopped, headsEqual }: LaneOverview): string[] {
  const heads = headsEqual ? [] : [`${lane}: the executed head is not the source's; tell the operators at once`];
  const posting = postingStopped === "" ? [] : [`${lane}: nothing new is posted: ${postingStopped}`];
  const until = executionPausedUntil && untilOf(secondsOf(executionPausedUntil));
  const pause = until === undefined ? [] : [`${lane}: nothing is executed: paused ${until}`];
  const halted = halt === "" ? [] : [`${lane}: nothing is executed: halted (${halt})${haltEnd(halt)}`];
  return [...heads, ...posting, ...pause, ...halted];
}
