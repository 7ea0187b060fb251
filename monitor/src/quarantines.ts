/** Attestations in quarantine, as the gateway says now of what its logs say was once put there. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { Quarantine } from "./journal.ts";
import type { Pin } from "./pin.ts";

export type StandingQuarantine = Omit<Quarantine, "block"> & {
  chain: string;
  /** Since it was put there, of the chain's clock. */
  seconds: bigint;
};

export async function readQuarantines(
  { deployment, client, blockNumber }: Pin,
  ever: readonly Quarantine[],
): Promise<StandingQuarantine[]> {
  if (ever.length === 0) return [];
  const gateway = { address: deployment.gateway, abi: gatewayAbi, blockNumber } as const;
  // Of one that was lifted and put there again, the last counts.
  const last = new Map(ever.map((each) => [`${each.srcEid}:${each.path}:${each.count}`, each]));
  const { timestamp: now } = await client.getBlock({ blockNumber });
  const found = await Promise.all(
    [...last.values()].map(async ({ block, ...quarantine }): Promise<StandingQuarantine | undefined> => {
      const { srcEid, path, count } = quarantine;
      const [isThere, [, enabled]] = await Promise.all([
        client.readContract({ ...gateway, functionName: "isQuarantined", args: [srcEid, path, count] }),
        client.readContract({ ...gateway, functionName: "pathsOf", args: [srcEid] }),
      ]);
      // What a disabled path attested is void, and holds nothing.
      if (!isThere || ((enabled >> path) & 1) === 0) return undefined;
      const { timestamp } = await client.getBlock({ blockNumber: block });
      return { ...quarantine, chain: deployment.name, seconds: now - timestamp };
    }),
  );
  return found.filter((each) => each !== undefined);
}
