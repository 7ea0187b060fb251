/** The append-only log of a lane: roots, heads and suffixes, as docs/messages.md defines them. */

import { type Address, concat, type Hex, keccak256, numberToHex, pad, size, slice, stringToHex, zeroHash } from "viem";
import type { EntryWords } from "./entry.ts";
import { FatalError } from "./errors.ts";
import { checkBytes, checkUint } from "./uint.ts";

export const LANE_LABEL = "weighlock.lane.v1";
export const EMPTY_ROOT: Hex = zeroHash;
/** Entries in a full window. */
export const MAX_WINDOW = 128;
const NODE_BYTES = 40;
const LANE_TAG = stringToHex(LANE_LABEL, { size: 32 });

export type Lane = {
  /** 0 for a pair's first lane; a replaced lane gets the next. */
  epoch: bigint;
  srcChainId: number | bigint;
  srcEid: number;
  srcGateway: Address;
  dstChainId: number | bigint;
  dstEid: number;
  dstGateway: Address;
};

/** A sealed window: the root of its entries and the lane's count at its end. */
export type WindowNode = { root: Hex; count: bigint };

/** A point of a lane's log between two windows. */
export type Boundary = { count: bigint; head: Hex };

export class SuffixLengthError extends FatalError {
  override name = "SuffixLengthError";
}
export class SuffixCountError extends FatalError {
  override name = "SuffixCountError";
}

/** The lane's id, which is also the head of its empty log at count 0. */
export function laneId(lane: Lane): Hex {
  return hashWords([
    LANE_TAG,
    word(checkUint("epoch", lane.epoch, 256)),
    word(checkUint("srcChainId", lane.srcChainId, 256)),
    word(checkUint("srcEid", lane.srcEid, 32)),
    pad(checkBytes("srcGateway", lane.srcGateway, 20), { size: 32 }),
    word(checkUint("dstChainId", lane.dstChainId, 256)),
    word(checkUint("dstEid", lane.dstEid, 32)),
    pad(checkBytes("dstGateway", lane.dstGateway, 20), { size: 32 }),
  ]);
}

/** The root after one more entry. */
export function nextRoot(root: Hex, entry: EntryWords): Hex {
  return hashWords([
    checkBytes("root", root, 32),
    word(checkUint("word", entry.word, 256)),
    checkBytes("account", entry.account, 32),
    checkBytes("party", entry.party, 32),
  ]);
}

/** The root of `entries`, appended to a window whose root so far is `from`. */
export function rootOf(entries: readonly EntryWords[], from: Hex = EMPTY_ROOT): Hex {
  return entries.reduce(nextRoot, from);
}

/** The head after sealing a window: `head` is the one before it, `count` the lane's count at its end. */
export function headOf({ head, root, count }: { head: Hex; root: Hex; count: bigint }): Hex {
  return hashWords([checkBytes("head", head, 32), checkBytes("root", root, 32), word(checkUint("count", count, 64))]);
}

/** 40 bytes a node: root ‖ count. Throws SuffixCountError unless counts rise. */
export function encodeSuffix(nodes: readonly WindowNode[]): Hex {
  checkRising(nodes);
  return concat([
    "0x",
    ...nodes.flatMap(({ root, count }) => [checkBytes("root", root, 32), numberToHex(count, { size: 8 })]),
  ]);
}

/** Throws SuffixLengthError or SuffixCountError. */
export function decodeSuffix(suffix: Hex): WindowNode[] {
  const bytes = size(suffix);
  if (bytes % NODE_BYTES !== 0 || suffix.length % 2 !== 0) {
    throw new SuffixLengthError(`A suffix is a multiple of ${NODE_BYTES} bytes.`, { details: { bytes } });
  }
  const nodes: WindowNode[] = [];
  for (let at = 0; at < bytes; at += NODE_BYTES) {
    nodes.push({ root: slice(suffix, at, at + 32), count: BigInt(slice(suffix, at + 32, at + NODE_BYTES)) });
  }
  checkRising(nodes);
  return nodes;
}

/** Every boundary that `nodes` (or an encoded suffix) reaches from `from`, in order; `from` is not among them. */
export function walkSuffix(from: Boundary, nodes: Hex | readonly WindowNode[]): Boundary[] {
  const windows = typeof nodes === "string" ? decodeSuffix(nodes) : nodes;
  checkRising(windows, from.count);
  let { head } = from;
  return windows.map(({ root, count }) => {
    head = headOf({ head, root, count });
    return { count, head };
  });
}

/** A suffix alone does not say where it starts, so without `from` its first window's size can't be judged. */
function checkRising(nodes: readonly WindowNode[], from?: bigint): void {
  let previous = from;
  nodes.forEach(({ count }, position) => {
    checkUint("count", count, 64);
    const isWindow = previous === undefined ? count > 0n : count > previous && count - previous <= MAX_WINDOW;
    if (!isWindow) {
      throw new SuffixCountError(`A suffix's counts rise by 1 to ${MAX_WINDOW}; node ${position} breaks that.`, {
        details: { position, previous, count },
      });
    }
    previous = count;
  });
}

function word(value: bigint): Hex {
  return numberToHex(value, { size: 32 });
}

function hashWords(words: readonly Hex[]): Hex {
  return keccak256(concat(words));
}
