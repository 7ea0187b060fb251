/** The hashes of docs/messages.md, made from whole words: the watcher's own, shared with nobody. */

import { type Address, type Hex, hexToBytes, keccak256, pad, stringToHex, toHex } from "viem";

export type LaneEnd = { chainId: number; eid: number; gateway: Address };

const LANE_TAG = pad(stringToHex("weighlock.lane.v1"), { dir: "right", size: 32 });
const ZERO_WORD: Hex = `0x${"00".repeat(32)}`;

/** The root of a window that holds nothing yet. */
export const EMPTY_ROOT = ZERO_WORD;

/** The lane's id, which is also the head of its empty log. */
export function laneGenesis({ epoch, src, dst }: { epoch: bigint; src: LaneEnd; dst: LaneEnd }): Hex {
  const end = ({ chainId, eid, gateway }: LaneEnd) => [uintWord(chainId), uintWord(eid), pad(gateway, { size: 32 })];
  return hashWords([LANE_TAG, uintWord(epoch), ...end(src), ...end(dst)]);
}

/** `entry` is its three words, 96 bytes. */
export function nextRoot(root: Hex, entry: Hex): Hex {
  return hashWords([root, entry]);
}

export function nextHead({ head, root, count }: { head: Hex; root: Hex; count: bigint }): Hex {
  return hashWords([head, root, uintWord(count)]);
}

function uintWord(value: number | bigint): Hex {
  return toHex(value, { size: 32 });
}

function hashWords(words: readonly Hex[]): Hex {
  return keccak256(hexToBytes(`0x${words.map((word) => word.slice(2)).join("")}`));
}
