/** What of an asset may be withdrawn from which vault, now. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { type AssetDeployment, chainByEid, hubOf } from "@weighlock/core/deployment.ts";
import { formatUnits } from "./amount.ts";
import type { Network } from "./network.ts";

export type Availability = {
  chain: string;
  /** Canonical units. */
  amount: bigint;
  quantity: string;
};

export async function availabilityOf({
  network,
  asset: { id, canonicalDecimals },
}: {
  network: Network;
  asset: Pick<AssetDeployment, "id" | "canonicalDecimals">;
}): Promise<Availability[]> {
  const hub = hubOf(network.deployment);
  const { client } = await network.connect(hub);
  const view = { address: hub.clearingHouse, abi: clearingHouseAbi } as const;
  const [eids, amounts] = await client.readContract({ ...view, functionName: "availability", args: [id] });
  return eids.map((eid, i) => {
    const amount = amounts[i] ?? 0n;
    const chain = chainByEid(network.deployment, eid).name;
    return { chain, amount, quantity: formatUnits(amount, canonicalDecimals) };
  });
}
