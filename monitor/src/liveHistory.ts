/** The history that followed journals hold, so that nothing old is read again at each block. */

import { createLogHistory, type History } from "./history.ts";
import type { Journal } from "./journal.ts";
import type { EntryReading } from "./reading.ts";

export function createLiveHistory({ journalOf }: { journalOf: (eid: number) => Journal }): History {
  const logs = createLogHistory();
  return {
    async entries(lane, from, to) {
      const journal = journalOf(lane.src.deployment.eid);
      const heard: EntryReading[] = [];
      let next = from;
      for (; next < to; next++) {
        const entry = journal.posted(lane.dst.deployment.eid, next);
        if (entry === undefined) break;
        heard.push(entry);
      }
      // The destination executed what the source posted after its journal's last block.
      return next === to ? heard : [...heard, ...(await logs.entries(lane, next, to))];
    },
    everParked: async ({ src, dst }) => journalOf(dst.deployment.eid).parked(src.deployment.eid, dst.blockNumber),
  };
}
