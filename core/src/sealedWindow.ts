/** The whole sealed window that holds one entry of a lane, as `settleReturned` asks for it: read back from events. */

import { type Address, getAbiItem, type Hex } from "viem";
import { gatewayAbi } from "./abi/gateway.ts";
import type { ChainClient } from "./chains.ts";
import type { EntryWords } from "./entry.ts";
import { RetryableError } from "./errors.ts";
import { headOf, rootOf } from "./laneLog.ts";
import { readRanges } from "./ranges.ts";

export type SealedWindow = {
  /** Where it starts: entries have the indices `previousCount` to `previousCount + entries.length − 1`. */
  previousCount: bigint;
  entries: readonly EntryWords[];
};

const WindowSealed = getAbiItem({ abi: gatewayAbi, name: "WindowSealed" });
const EntryPosted = getAbiItem({ abi: gatewayAbi, name: "EntryPosted" });

/**
 * Undefined when no seal has closed over the entry yet.
 * @throws RetryableError when the node's events don't hash to the gateway's own sealed heads: ask another node.
 */
export async function readSealedWindow({
  client,
  gateway,
  deployBlock,
  dstEid,
  index,
}: {
  client: ChainClient;
  gateway: Address;
  /** No seal is older. */
  deployBlock: bigint;
  dstEid: number;
  index: bigint;
}): Promise<SealedWindow | undefined> {
  const span = { from: deployBlock, to: await client.getBlockNumber({ cacheTime: 0 }) };
  const seals = await readRanges({
    ...span,
    newestFirst: true,
    read: (fromBlock, toBlock) =>
      client.getLogs({ address: gateway, event: WindowSealed, args: { dstEid }, fromBlock, toBlock, strict: true }),
    isEnough: (found) => found.some(({ args }) => args.count <= index),
  });
  const counts = [0n, ...seals.map(({ args }) => args.count)];
  const count = counts.filter((each) => each > index).reduce<bigint | undefined>(least, undefined);
  if (count === undefined) return undefined;
  const previousCount = counts.filter((each) => each <= index).reduce((a, b) => (a > b ? a : b));

  const indexes = Array.from({ length: Number(count - previousCount) }, (_, i) => previousCount + BigInt(i));
  const posted = await readRanges({
    ...span,
    newestFirst: true,
    read: (fromBlock, toBlock) =>
      client.getLogs({
        address: gateway,
        event: EntryPosted,
        args: { dstEid, index: indexes },
        fromBlock,
        toBlock,
        strict: true,
      }),
    isEnough: (found) => found.length === indexes.length,
  });
  const entries = posted.sort((a, b) => (a.args.index < b.args.index ? -1 : 1)).map(({ args }) => args.entry);
  const sealedHead = (at: bigint): Promise<Hex> =>
    client.readContract({ address: gateway, abi: gatewayAbi, functionName: "sealedHead", args: [dstEid, at] });
  const [before, head] = await Promise.all([sealedHead(previousCount), sealedHead(count)]);
  if (headOf({ head: before, root: rootOf(entries), count }) !== head) {
    throw new RetryableError("The node's events don't hash to what the gateway has sealed; ask another node.", {
      details: { gateway, dstEid, previousCount, count },
    });
  }
  return { previousCount, entries };
}

function least(a: bigint | undefined, b: bigint): bigint {
  return a === undefined || b < a ? b : a;
}
