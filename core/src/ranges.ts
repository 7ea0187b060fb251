/** Reads a long range of blocks in parts that the node accepts. */

import { HttpRequestError } from "viem";

const FIRST_SIZE = 10_000n;
const LEAST_SIZE = 16n;

/** In block order. Stops as soon as `isEnough`; `newestFirst` starts at the end. */
export async function readRanges<Item>({
  from,
  to,
  read,
  newestFirst = false,
  isEnough = () => false,
}: {
  from: bigint;
  to: bigint;
  read: (fromBlock: bigint, toBlock: bigint) => Promise<readonly Item[]>;
  newestFirst?: boolean;
  isEnough?: (items: readonly Item[]) => boolean;
}): Promise<Item[]> {
  let items: Item[] = [];
  let size = FIRST_SIZE;
  let low = from;
  let high = to;
  while (low <= high) {
    const first = newestFirst && high - size + 1n > low ? high - size + 1n : low;
    const last = newestFirst ? high : low + size - 1n < high ? low + size - 1n : high;
    let part: readonly Item[];
    try {
      part = await read(first, last);
    } catch (error) {
      // A node that is away won't answer a smaller question either.
      if (size <= LEAST_SIZE || error instanceof HttpRequestError) throw error;
      size /= 4n;
      continue;
    }
    items = newestFirst ? [...part, ...items] : [...items, ...part];
    if (isEnough(items)) break;
    if (newestFirst) high = first - 1n;
    else low = last + 1n;
  }
  return items;
}
