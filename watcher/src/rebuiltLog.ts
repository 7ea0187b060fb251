/** One lane's log made again from what its gateway posted, as one source tells it. */

import type { Hex } from "viem";
import type { Boundary } from "./boundaries.ts";
import { Evidence } from "./evidence.ts";
import { EMPTY_ROOT, nextHead, nextRoot } from "./hashing.ts";

/** A window holds 1 to 128 entries. */
const MAX_WINDOW = 128n;

export type RebuiltLog = {
  post(entry: { index: bigint; entry: Hex }): void;
  /** Returns the watcher's own head; what the gateway claims is only compared with it. */
  seal(claimed: { count: bigint; root: Hex; head: Hex }): Boundary;
};

/** Its functions throw Evidence. */
export function createRebuiltLog({ genesis }: { genesis: Hex }): RebuiltLog {
  let posted = 0n;
  let sealed = 0n;
  let root = EMPTY_ROOT;
  let head = genesis;

  return {
    post({ index, entry }) {
      if (index !== posted) {
        throw mismatch("Entries are missing or repeated in the source's history", { expected: posted, actual: index });
      }
      root = nextRoot(posted === sealed ? EMPTY_ROOT : root, entry);
      posted += 1n;
    },
    seal(claimed) {
      const { count } = claimed;
      if (count !== posted || count <= sealed || count - sealed > MAX_WINDOW) {
        throw mismatch("A window was sealed that is not the entries after the last seal", { sealed, posted, count });
      }
      if (claimed.root !== root) {
        throw mismatch("A sealed root is not the hash of its entries", { count, expected: root, actual: claimed.root });
      }
      const own = nextHead({ head, root, count });
      if (claimed.head !== own) {
        throw mismatch("A sealed head is not the hash of its log", { count, expected: own, actual: claimed.head });
      }
      head = own;
      sealed = count;
      root = EMPTY_ROOT;
      return { count, head };
    },
  };
}

function mismatch(fact: string, details: Readonly<Record<string, unknown>>): Evidence {
  return new Evidence("log-mismatch", `${fact}; nothing more is signed for this lane.`, details);
}
