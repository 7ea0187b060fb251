/** Which paths have attested how much of a lane, as its destination's gateway says. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { ChainClient } from "@weighlock/core/chains.ts";
import { type Hex, zeroHash } from "viem";
import type { Lane } from "./lanes.ts";
import type { AttestedCount } from "./record.ts";
import type { Counters } from "./state.ts";

export type Attestation = { path: number; count: bigint; head: Hex };

export const hasPath = (mask: number, path: number): boolean => ((mask >> path) & 1) === 1;

/** Each enabled path's highest count above what is executed, from the logs alone. */
export function highestAttested(
  attestations: readonly AttestedCount[],
  { executed, enabled }: { executed: bigint; enabled: number },
): { path: number; count: bigint }[] {
  const highest = new Map<number, bigint>();
  for (const { path, count } of attestations) {
    if (count <= executed || !hasPath(enabled, path)) continue;
    if (count > (highest.get(path) ?? 0n)) highest.set(path, count);
  }
  return [...highest].map(([path, count]) => ({ path, count }));
}

// Each is a read of the gateway; far fewer are ever under way.
const MAX_HIGHEST = 24;
const MAX_LOWEST = 8;

/** Each enabled path's counts above what is executed; of very many, the highest and the lowest. */
export function attestedCounts(
  attestations: readonly AttestedCount[],
  { executed, enabled }: { executed: bigint; enabled: number },
): { path: number; count: bigint }[] {
  const ofPaths = new Map<number, Set<bigint>>();
  for (const { path, count } of attestations) {
    if (count > executed && hasPath(enabled, path)) ofPaths.set(path, (ofPaths.get(path) ?? new Set()).add(count));
  }
  return [...ofPaths].flatMap(([path, counts]) => {
    const falling = [...counts].sort((a, b) => Number(b - a));
    const isFew = falling.length <= MAX_HIGHEST + MAX_LOWEST;
    const kept = isFew ? falling : [...falling.slice(0, MAX_HIGHEST), ...falling.slice(-MAX_LOWEST)];
    return kept.map((count) => ({ path, count }));
  });
}

/**
 * The two paths, one of them a network, that together reach furthest, highest first; undefined while there are none.
 */
export function choosePair<Attested extends { path: number; count: bigint }>(
  attested: readonly Attested[],
  networks: Counters["networks"],
): readonly [Attested, Attested] | undefined {
  const byCount = attested.toSorted((a, b) => Number(b.count - a.count));
  const network = byCount.find(({ path }) => hasPath(networks, path));
  const other = byCount.find(({ path }) => path !== network?.path);
  if (network === undefined || other === undefined) return undefined;
  return network.count >= other.count ? [network, other] : [other, network];
}

/** What the gateway has recorded; undefined when that path did not attest that count. */
export async function readAttestation({
  client,
  lane,
  path,
  count,
}: {
  client: ChainClient;
  lane: Lane;
  path: number;
  count: bigint;
}): Promise<Attestation | undefined> {
  const [head] = await client.readContract({
    address: lane.dst.gateway,
    abi: gatewayAbi,
    functionName: "attestation",
    args: [lane.src.eid, path, count],
  });
  return head === zeroHash ? undefined : { path, count, head };
}
