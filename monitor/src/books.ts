/** Reads the books: a vault's, the hub's of the lane from it, and the ledger's totals. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { AssetDeployment, HubDeployment, VaultDeployment } from "@weighlock/core/deployment.ts";
import { erc20Abi } from "viem";
import type { Pin } from "./pin.ts";
import type { AssetReading, VaultAssetReading } from "./reading.ts";

export async function readVaultAsset({
  vault: { deployment, client, blockNumber },
  hub,
  asset,
}: {
  vault: Pin<VaultDeployment>;
  hub: Pin<HubDeployment>;
  asset: number;
}): Promise<VaultAssetReading> {
  const onVault = { address: deployment.vault, abi: collateralVaultAbi, blockNumber } as const;
  const onHub = { address: hub.deployment.clearingHouse, abi: clearingHouseAbi, blockNumber: hub.blockNumber } as const;
  const args = [deployment.eid, asset] as const;
  const [[deposited, released], { token, scale }, [, queued], [credited, authorised], suspense] = await Promise.all([
    client.readContract({ ...onVault, functionName: "book", args: [asset] }),
    client.readContract({ ...onVault, functionName: "assetOf", args: [asset] }),
    client.readContract({ ...onVault, functionName: "bucketOf", args: [asset] }),
    hub.client.readContract({ ...onHub, functionName: "laneBook", args }),
    hub.client.readContract({ ...onHub, functionName: "suspense", args }),
  ]);
  const held = await client.readContract({
    address: token,
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [deployment.vault],
    blockNumber,
  });
  const figures = { deposited, released, queued, held, scale, token, credited, authorised, suspense };
  return { chain: deployment.name, asset, ...figures };
}

export async function readAsset({
  hub,
  asset: { id, symbol, canonicalDecimals },
}: {
  hub: Pin<HubDeployment>;
  asset: AssetDeployment;
}): Promise<AssetReading> {
  const totalLedger = await hub.client.readContract({
    address: hub.deployment.clearingHouse,
    abi: clearingHouseAbi,
    functionName: "totalLedger",
    args: [id],
    blockNumber: hub.blockNumber,
  });
  return { asset: id, symbol, canonicalDecimals, totalLedger };
}
