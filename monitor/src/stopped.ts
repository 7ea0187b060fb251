/** Pauses in force and halts, as the gateway says now of what its logs say was once stopped. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { Stop } from "./journal.ts";
import type { Pin } from "./pin.ts";

/** `until` of a pause, in Unix seconds; `reason` of a halt. */
export type Stopped = Stop & { chain: string; until?: bigint; reason?: number };

export async function readStopped(
  { deployment, client, blockNumber }: Pin,
  stops: readonly Stop[],
): Promise<Stopped[]> {
  const gateway = { address: deployment.gateway, abi: gatewayAbi, blockNumber } as const;
  const { timestamp } = await client.getBlock({ blockNumber });
  const found = await Promise.all(
    stops.map(async ({ eid, what }): Promise<Stopped | undefined> => {
      if (what === "halt") {
        const reason = await client.readContract({ ...gateway, functionName: "haltOf", args: [eid] });
        return reason === 0 ? undefined : { chain: deployment.name, eid, what, reason };
      }
      const args = [eid, what === "in" ? 0 : 1] as const;
      const until = await client.readContract({ ...gateway, functionName: "pausedUntil", args });
      return until > timestamp ? { chain: deployment.name, eid, what, until } : undefined;
    }),
  );
  return found.filter((each) => each !== undefined);
}
