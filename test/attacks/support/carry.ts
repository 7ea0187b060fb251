/** Honest hands: seal, attest by both paths and execute, from what the source's events say. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
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

/** Everything posted, sealed and attested by both paths: what is left to execute. */
export async function attest(network: AttackNetwork, ends: Ends) {
  await seal(network, ends);
  const pending = await pendingWindows(ends);
  if (pending.counts.length === 0) return pending;
  const commitment = await truth(ends);
  await attestByNetwork(network, ends, commitment);
  await attestByWatchers(network, ends, commitment);
  return pending;
}

/** The execution of windows that both paths have attested. */
export function execution(
  { src, dst }: Ends,
  { counts, entries }: Awaited<ReturnType<typeof pendingWindows>>,
  from: DevAccount,
) {
  const args = [src.eid, counts, entries, "0x", BOTH_PATHS] as const;
  return { chain: dst, from, address: dst.gateway, abi: gatewayAbi, functionName: "execute", args } as const;
}

/** Carries all that is posted, from end to end. */
export async function carry(network: AttackNetwork, ends: Ends): Promise<void> {
  const pending = await attest(network, ends);
  if (pending.counts.length > 0) await send(execution(ends, pending, network.keys.relayer));
}
