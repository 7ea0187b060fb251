/** Gateway logs and histories made by hand, for tests. */

import { type Address, encodeAbiParameters, type Hex, numberToHex } from "viem";
import { type RawLog, TOPICS } from "../decode.ts";
import type { Lane, WatchedChain } from "../deployment.ts";
import { EMPTY_ROOT, laneGenesis, nextHead, nextRoot } from "../hashing.ts";

const word = (value: bigint | number): Hex => numberToHex(value, { size: 32 });

export function testChain(name: string, role: "hub" | "vault", digit: number): WatchedChain {
  const gateway: Address = `0x${String(digit).repeat(40)}`;
  return { name, role, chainId: 100 + digit, eid: 40_000 + digit, gateway, deployBlock: 0, watcherPath: gateway };
}

export const HUB = testChain("hub", "hub", 1);
export const ALPHA = testChain("alpha", "vault", 2);
export const TO_HUB: Lane = { name: "alpha→hub", src: ALPHA, dst: HUB };
export const TO_ALPHA: Lane = { name: "hub→alpha", src: HUB, dst: ALPHA };

export const entryOf = (value: number): Hex => `0x${[value, 2, 3].map((each) => word(each).slice(2)).join("")}`;

export function openedLog(
  at: WatchedChain,
  peer: WatchedChain,
  change: { outLane?: Hex; epoch?: bigint } = {},
): RawLog {
  const data = encodeAbiParameters(
    [{ type: "uint256" }, { type: "address" }, { type: "uint256" }, { type: "bytes32" }, { type: "bytes32" }],
    [
      BigInt(peer.chainId),
      peer.gateway,
      change.epoch ?? 0n,
      change.outLane ?? laneGenesis({ epoch: 0n, src: at, dst: peer }),
      laneGenesis({ epoch: 0n, src: peer, dst: at }),
    ],
  );
  return { address: at.gateway, topics: [TOPICS.opened, word(peer.eid)], data };
}

export function postedLog({ src, dst }: Lane, index: bigint | number, entry: Hex): RawLog {
  return { address: src.gateway, topics: [TOPICS.posted, word(dst.eid), word(index)], data: entry };
}

export function sealedLog({ src, dst }: Lane, count: bigint | number, root: Hex, head: Hex): RawLog {
  const data: Hex = `${root}${head.slice(2)}`;
  return { address: src.gateway, topics: [TOPICS.sealed, word(dst.eid), word(count)], data };
}

export function executedLog({ src, dst }: Lane, count: bigint | number, head: Hex): RawLog {
  const data: Hex = `${head}${word(3).slice(2)}`;
  return { address: dst.gateway, topics: [TOPICS.executed, word(src.eid), word(count)], data };
}

/** A lane's honest logs: `windows` are the numbers of entries in each. Heads by count, 0 included. */
export function honestLog(lane: Lane, windows: readonly number[], firstValue = 1) {
  let head = laneGenesis({ epoch: 0n, ...lane });
  let count = 0;
  const logs: RawLog[] = [];
  const heads = new Map<number, Hex>([[0, head]]);
  for (const size of windows) {
    let root = EMPTY_ROOT;
    for (let i = 0; i < size; i += 1) {
      const entry = entryOf(firstValue + count);
      logs.push(postedLog(lane, count, entry));
      root = nextRoot(root, entry);
      count += 1;
    }
    head = nextHead({ head, root, count: BigInt(count) });
    heads.set(count, head);
    logs.push(sealedLog(lane, count, root, head));
  }
  return { logs, heads };
}
