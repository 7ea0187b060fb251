/** Gateway logs, read word by word. Nothing is taken on trust: a log of another shape is an error, never a guess. */

import { FatalError } from "@weighlock/core/errors.ts";
import { type Address, getAddress, type Hex, keccak256, stringToHex } from "viem";

export type GatewayEvent =
  | { type: "opened"; eid: number; chainId: bigint; peer: Address; epoch: bigint; outLane: Hex; inLane: Hex }
  /** `entry` is its three words, 96 bytes. */
  | { type: "posted"; dstEid: number; index: bigint; entry: Hex }
  /** `root` and `head` are what the gateway says; the watcher makes its own. */
  | { type: "sealed"; dstEid: number; count: bigint; root: Hex; head: Hex }
  | { type: "executed"; srcEid: number; count: bigint; head: Hex };

export type RawLog = { address: Address; topics: readonly Hex[]; data: Hex };

export class LogUnreadableError extends FatalError {
  override name = "LogUnreadableError";
}

const topicOf = (signature: string) => keccak256(stringToHex(signature));

export const TOPICS = {
  opened: topicOf("LaneOpened(uint32,uint256,address,uint256,bytes32,bytes32)"),
  posted: topicOf("EntryPosted(uint32,uint64,(uint256,bytes32,bytes32))"),
  sealed: topicOf("WindowSealed(uint32,uint64,bytes32,bytes32)"),
  executed: topicOf("WindowExecuted(uint32,uint64,bytes32,uint8)"),
} as const;

/** Throws LogUnreadableError for every other log, shape or field range. */
export function decodeLog(log: RawLog): GatewayEvent {
  const [topic, firstTopic, secondTopic] = log.topics;
  const read = (topics: number, words: number) => {
    if (log.topics.length !== topics || log.data.length !== 2 + 64 * words || !/^0x[0-9a-f]*$/i.test(log.data)) {
      throw unreadable(log, "it has not the shape of its event");
    }
    return Array.from({ length: words }, (_, word): Hex => `0x${log.data.slice(2 + 64 * word, 66 + 64 * word)}`);
  };
  const uint = (word: Hex | undefined, bits: number): bigint => {
    if (word === undefined || !/^0x[0-9a-f]{64}$/i.test(word)) throw unreadable(log, "a word is missing");
    const value = BigInt(word);
    if (value >> BigInt(bits) !== 0n) throw unreadable(log, `a value does not fit its ${bits} bits`);
    return value;
  };
  const eid = (word: Hex | undefined) => Number(uint(word, 32));
  const address = (word: Hex | undefined) => getAddress(`0x${uint(word, 160).toString(16).padStart(40, "0")}`);

  switch (topic) {
    case TOPICS.opened: {
      const [chainId, peer, epoch, outLane, inLane] = read(2, 5) as [Hex, Hex, Hex, Hex, Hex];
      return {
        type: "opened",
        eid: eid(firstTopic),
        chainId: uint(chainId, 256),
        peer: address(peer),
        epoch: uint(epoch, 256),
        outLane,
        inLane,
      };
    }
    case TOPICS.posted: {
      read(3, 3);
      return { type: "posted", dstEid: eid(firstTopic), index: uint(secondTopic, 64), entry: log.data };
    }
    case TOPICS.sealed: {
      const [root, head] = read(3, 2) as [Hex, Hex];
      return { type: "sealed", dstEid: eid(firstTopic), count: uint(secondTopic, 64), root, head };
    }
    case TOPICS.executed: {
      const [head, paths] = read(3, 2) as [Hex, Hex];
      uint(paths, 8);
      return { type: "executed", srcEid: eid(firstTopic), count: uint(secondTopic, 64), head };
    }
    default:
      throw unreadable(log, "it is another event");
  }
}

function unreadable(log: RawLog, fact: string): LogUnreadableError {
  return new LogUnreadableError(`A gateway's log can't be read: ${fact}; compare the deployment and the node.`, {
    details: { address: log.address, topics: log.topics, data: log.data },
  });
}
