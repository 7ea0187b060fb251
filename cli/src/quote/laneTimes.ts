/** How long settlements of a lane have taken lately, and how far its source's finality is behind. */

import type { LaneReader } from "../laneReader.ts";

/** Of the entry of each window that had waited longest. */
export type LaneTimes = { windows: number; medianSeconds: number; slowestSeconds: number; newest: Date };

export type Finality = { chain: string; latest: bigint; final: bigint; secondsBehind: number };

/** Of the last windows that were executed; undefined before the first. */
export async function readLaneTimes({
  reader,
  windows = 10,
}: {
  reader: LaneReader;
  windows?: number;
}): Promise<LaneTimes | undefined> {
  const found = (await reader.newestExecutions(windows + 1)).slice(-windows - 1);
  if (found.length === 0) return undefined;
  // A window starts where the one before it ended; the lane's first starts at zero.
  const isFromStart = found.length <= windows;
  const ends = isFromStart ? found : found.slice(1);
  const starts = [...(isFromStart ? [0n] : []), ...found.map(({ args }) => args.count)].slice(0, ends.length);
  const posted = new Map((await reader.postedOf(starts)).map((log) => [log.args.index, log]));
  const seconds = await Promise.all(
    ends.map(async (end, i) => {
      const first = posted.get(starts[i] ?? 0n);
      const [executed, at] = await Promise.all([reader.dstPlace(end), first && reader.srcPlace(first)]);
      // The two chains' clocks may differ.
      return at && Math.max(0, (executed.at.getTime() - at.at.getTime()) / 1000);
    }),
  );
  const sorted = seconds.filter((each) => each !== undefined).sort((a, b) => a - b);
  const last = ends.at(-1);
  if (sorted.length === 0 || last === undefined) return undefined;
  return {
    windows: sorted.length,
    medianSeconds: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0,
    slowestSeconds: sorted.at(-1) ?? 0,
    newest: (await reader.dstPlace(last)).at,
  };
}

export async function readFinality({ src, srcClient }: LaneReader): Promise<Finality> {
  const [latest, final] = await Promise.all([srcClient.getBlock(), srcClient.getBlock({ blockTag: "finalized" })]);
  return {
    chain: src.name,
    latest: latest.number,
    final: final.number,
    secondsBehind: Number(latest.timestamp - final.timestamp),
  };
}
