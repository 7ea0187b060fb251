/** The history that followed journals hold, so that nothing old is read again at each block. */

import type { EntryWords } from "@weighlock/core/entry.ts";
import { createLogHistory, type History } from "./history.ts";
import type { Journal } from "./journal.ts";
import type { EntryReading } from "./reading.ts";

/** Entries of executed indexes, which are final: by lane and index. It outlives one look. */
export type WordsCache = Map<string, EntryWords>;

export function createLiveHistory({
  journalOf,
  cache,
}: {
  journalOf: (eid: number) => Journal;
  cache: WordsCache;
}): History {
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
    everStruck: async ({ src, dst }) => journalOf(dst.deployment.eid).struck(src.deployment.eid, dst.blockNumber),
    async wordsAt(lane, index) {
      const key = `${lane.src.deployment.eid}:${lane.dst.deployment.eid}:${index}`;
      const words = cache.get(key) ?? (await logs.wordsAt(lane, index));
      if (words !== undefined) cache.set(key, words);
      return words;
    },
  };
}
