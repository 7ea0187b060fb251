/** Whether a lane's tip jar pays for a dispatch now. The contract judges again: others dispatch too. */

import { tipJarAbi } from "@weighlock/core/abi/tipJar.ts";
import type { ChainClient } from "@weighlock/core/chains.ts";
import type { Lane } from "./lane/lanes.ts";

export async function isPaidByJar({
  client,
  lane,
  posted,
  now,
  fee,
}: {
  /** The source's. */
  client: ChainClient;
  lane: Lane;
  posted: bigint;
  /** The source's clock, in seconds. */
  now: bigint;
  /** What the networks take, in wei. */
  fee: bigint;
}): Promise<boolean> {
  const jar = { address: lane.src.tipJar, abi: tipJarAbi } as const;
  const [[held, paidCount, paidAt], interval] = await Promise.all([
    client.readContract({ ...jar, functionName: "jarOf", args: [lane.dst.eid] }),
    client.readContract({ ...jar, functionName: "interval" }),
  ]);
  // A jar pays for what a network charges for; one that is free is nobody's loss.
  return fee > 0n && held >= fee && posted > paidCount && now >= paidAt + interval;
}
