/** How full the buckets are: out of each vault, and into the hub on each lane. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { HubDeployment, VaultDeployment } from "@weighlock/core/deployment.ts";
import type { Pin } from "./pin.ts";

export type BucketReading = {
  chain: string;
  /** `src→dst`: the bucket bounds what this lane brings. */
  lane: string;
  asset: number;
  /** Canonical units; a second. */
  capacity: bigint;
  refill: bigint;
  /** When it will be full again: seconds of `clock`, 64.64 fixed point. */
  fullAt: bigint;
  clock: bigint;
};

export async function readBuckets({
  vaults,
  hub,
}: {
  vaults: readonly Pin<VaultDeployment>[];
  hub: Pin<HubDeployment>;
}): Promise<BucketReading[]> {
  const both = vaults.flatMap((vault) =>
    vault.deployment.assets.map(({ id }) =>
      Promise.all([readOut({ vault, hub, asset: id }), readIn({ vault, hub, asset: id })]),
    ),
  );
  return (await Promise.all(both)).flat();
}

type Of = { vault: Pin<VaultDeployment>; hub: Pin<HubDeployment>; asset: number };

async function readOut({ vault: { deployment, client, blockNumber }, hub, asset }: Of): Promise<BucketReading> {
  const view = { address: deployment.vault, abi: collateralVaultAbi, args: [asset], blockNumber } as const;
  const [[fullAt], { limit }, clock] = await Promise.all([
    client.readContract({ ...view, functionName: "bucketOf" }),
    client.readContract({ ...view, functionName: "rulesOf" }),
    client.readContract({ ...view, functionName: "clockOf" }),
  ]);
  const { capacity, refill } = limit;
  const lane = `${hub.deployment.name}→${deployment.name}`;
  return { chain: deployment.name, lane, asset, capacity, refill, fullAt, clock };
}

async function readIn({ vault, hub: { deployment, client, blockNumber }, asset }: Of): Promise<BucketReading> {
  const args = [vault.deployment.eid, asset] as const;
  const view = { address: deployment.clearingHouse, abi: clearingHouseAbi, args, blockNumber } as const;
  const [fullAt, [, { capacity, refill }], clock] = await Promise.all([
    client.readContract({ ...view, functionName: "bucketOf" }),
    client.readContract({ ...view, functionName: "limitsNow" }),
    client.readContract({ ...view, functionName: "clockOf" }),
  ]);
  const lane = `${vault.deployment.name}→${deployment.name}`;
  return { chain: deployment.name, lane, asset, capacity, refill, fullAt, clock };
}
