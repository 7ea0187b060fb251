/** Boundaries on which all sources of a chain agree: one becomes known when the last source tells the same. */

import { type Boundaries, type Boundary, createBoundaries } from "./boundaries.ts";
import { Evidence } from "./evidence.ts";

export type Agreement = {
  agreed: Boundaries;
  /** What a source read next. Throws Evidence when it differs from what another read at the same place. */
  offer(source: number, boundary: Boundary): void;
  /** Boundaries of a source that the others have not told yet. */
  waiting(source: number): number;
};

/** Honest sources tell prefixes of one list, so they are compared in order, and no answer outvotes another. */
export function createAgreement({ sources }: { sources: number }): Agreement {
  const agreed = createBoundaries();
  const queues: Boundary[][] = Array.from({ length: sources }, () => []);

  function settle(): void {
    for (;;) {
      const firsts = queues.map((queue) => queue[0]);
      const [first] = firsts;
      if (first === undefined || firsts.some((boundary) => boundary === undefined)) return;
      if (firsts.some((boundary) => boundary?.count !== first.count || boundary.head !== first.head)) {
        throw new Evidence("sources-disagree", "The chain's sources tell different histories; compare the nodes.", {
          told: firsts,
        });
      }
      if (first.count <= agreed.lastCount()) {
        throw new Evidence("log-mismatch", "A boundary came after a later one; compare the chain's nodes.", {
          last: agreed.lastCount(),
          count: first.count,
        });
      }
      agreed.push(first);
      for (const queue of queues) queue.shift();
    }
  }

  return {
    agreed,
    offer(source, boundary) {
      queues[source]?.push(boundary);
      settle();
    },
    waiting: (source) => queues[source]?.length ?? 0,
  };
}
