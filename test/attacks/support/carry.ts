/** Honest hands: seal, attest by both paths and execute, from what the source's events say. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { getAbiItem } from "viem";
import { type AttackNetwork, send } from "./network.ts";
import { attestByNetwork, attestByWatchers, type Ends, truth } from "./words.ts";

const EntryPosted = getAbiItem({ abi: gatewayAbi, name: "EntryPosted" });
const WindowSealed = getAbiItem({ abi: gatewayAbi, name: "WindowSealed" });
export const BOTH_PATHS = 3;

export async function seal(network: AttackNetwork, { src, dst }: Ends): Promise<void> {
  const at = { address: src.gateway, abi: gatewayAbi } as const;
  const [posted, sealed] = await src.client.readContract({ ...at, functionName: "outbox", args: [dst.eid] });
  if (posted === sealed) return;
  await send({ chain: src, from: network.keys.relayer, ...at, functionName: "seal", args: [dst.eid] });
}

/** What `execute` takes for everything that is sealed and not executed. */
export async function pendingWindows({ src, dst }: Ends) {
  const [executed] = await dst.client.readContract({
    address: dst.gateway,
    abi: gatewayAbi,
    functionName: "inbox",
    args: [src.eid],
  });
  const logsOf = { address: src.gateway, args: { dstEid: dst.eid }, fromBlock: 0n, strict: true } as const;
  const [posted, seals] = await Promise.all([
    src.client.getLogs({ ...logsOf, event: EntryPosted }),
    src.client.getLogs({ ...logsOf, event: WindowSealed }),
  ]);
  const counts = seals.map(({ args }) => args.count).filter((count) => count > executed);
  const end = counts.at(-1) ?? executed;
  const entries = posted.filter(({ args }) => args.index >= executed && args.index < end).map(({ args }) => args.entry);
  return { counts, entries };
}

/** Carries all that is posted, from end to end. */
export async function carry(network: AttackNetwork, ends: Ends): Promise<void> {
  const { src, dst } = ends;
  await seal(network, ends);
  const { counts, entries } = await pendingWindows(ends);
  if (counts.length === 0) return;
  const commitment = await truth(ends);
  await attestByNetwork(network, ends, commitment);
  await attestByWatchers(network, ends, commitment);
  await send({
    chain: dst,
    from: network.keys.relayer,
    address: dst.gateway,
    abi: gatewayAbi,
    functionName: "execute",
    args: [src.eid, counts, entries, "0x", BOTH_PATHS],
  });
}
