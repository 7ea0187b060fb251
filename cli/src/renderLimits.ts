/** Limits as a table: a line for each lane and asset. */

import { formatUnits } from "./amount.ts";
import type { LaneOverview } from "./laneOverview.ts";
import type { AssetLimits } from "./limits.ts";
import { secondsOf, untilOf } from "./lockWords.ts";
import { formatTable } from "./table.ts";

export function renderLimits(lanes: readonly Pick<LaneOverview, "lane" | "limits">[]): string[] {
  const rows = lanes.flatMap(({ lane, limits }) => limits.map((each) => rowOf(lane, each)));
  const right = Array.from({ length: 9 }, () => "right" as const);
  return [
    ...formatTable(
      [
        [
          "lane",
          "asset",
          "large from",
          "bucket",
          "room now",
          "refill/h",
          "share",
          "owes",
          "cap",
          "loss bound",
          "watchers lost",
        ],
        ...rows,
      ],
      ["left", "left", ...right],
    ),
    ...lanes.flatMap(({ lane, limits }) => limits.flatMap((each) => notesOf(lane, each))),
  ];
}

function rowOf(lane: string, limits: AssetLimits): string[] {
  const { asset, canonicalDecimals, large, capacity, room, refill, sharePercent, cap, exposure, lossBound } = limits;
  const show = (units: bigint | undefined) => (units === undefined ? "-" : formatUnits(units, canonicalDecimals));
  return [
    ...[lane, asset, show(large), show(capacity), show(room), show(refill * 3_600n), `${sharePercent}%`],
    ...[show(exposure), show(cap), show(lossBound.monitorsHonest), show(lossBound.watchersLost)],
  ];
}

function notesOf(lane: string, { asset, canonicalDecimals, pausedUntil, rising, queued }: AssetLimits): string[] {
  const show = (units: bigint) => formatUnits(units, canonicalDecimals);
  return [
    ...(pausedUntil ? [`✗ ${lane}: ${asset} is paused ${untilOf(secondsOf(pausedUntil))}`] : []),
    ...(queued ? [`${lane}: ${show(queued)} ${asset} are parked and may still be paid: weighlock parked`] : []),
    ...(rising
      ? [
          `${lane}: the lane is new: ${asset}'s bucket rises to ${show(rising.capacity)}, large to ${show(rising.large)}, cap to ${show(rising.cap)}`,
        ]
      : []),
  ];
}
