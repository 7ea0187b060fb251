/** How far the log of every lane has come, and waiting for it. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { type LaneDeployment, lanesOf } from "@weighlock/core/deployment.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import { nextBlock } from "@weighlock/devnet/transactor.ts";
import type { Site } from "./site.ts";

export type Delivery = { executed: bigint; sealed: bigint; posted: bigint };

/** Summed over the lanes. */
export async function readDelivery({
  site,
  lanes = lanesOf(site.deployment),
}: {
  site: Site;
  lanes?: readonly LaneDeployment[];
}): Promise<Delivery> {
  const each = await Promise.all(
    lanes.map(async ({ src, dst }): Promise<Delivery> => {
      const [[posted, sealed], [executed]] = await Promise.all([
        site.clientOf(src).readContract({
          address: src.gateway,
          abi: gatewayAbi,
          functionName: "outbox",
          args: [dst.eid],
        }),
        site.clientOf(dst).readContract({
          address: dst.gateway,
          abi: gatewayAbi,
          functionName: "inbox",
          args: [src.eid],
        }),
      ]);
      return { executed, sealed, posted };
    }),
  );
  return each.reduce((sum, { executed, sealed, posted }) => ({
    executed: sum.executed + executed,
    sealed: sum.sealed + sealed,
    posted: sum.posted + posted,
  }));
}

/** Resolves with the first reading that `isEnough`, looked at once in each block of the hub. */
export async function untilDelivery({
  site,
  lanes,
  isEnough,
  timeoutMs,
  onProgress = () => undefined,
}: {
  site: Site;
  lanes?: readonly LaneDeployment[];
  isEnough: (delivery: Delivery) => boolean;
  timeoutMs: number;
  onProgress?: (delivery: Delivery) => void;
}): Promise<Delivery> {
  const deadline = AbortSignal.timeout(timeoutMs);
  for (;;) {
    const delivery = await readDelivery({ site, ...(lanes && { lanes }) });
    onProgress(delivery);
    if (isEnough(delivery)) return delivery;
    if (deadline.aborted) {
      throw new FatalError(
        "The entries were not executed in time; look at the services' logs and at: npx weighlock status",
        { details: { ...delivery, seconds: timeoutMs / 1000 } },
      );
    }
    await nextBlock(site.clientOf(site.hub));
  }
}

/** Every lane has executed all that was posted. */
export const isDelivered = ({ executed, posted }: Delivery) => executed === posted;
