/** An honest trader's money in both vaults, credited on the hub: what there is to take. */

import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { assetById, type VaultDeployment } from "@weighlock/core/deployment.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { type Address, erc20Abi } from "viem";
import { carry } from "./carry.ts";
import { ONE, USDC } from "./holdings.ts";
import { type AttackNetwork, type Chain, send } from "./network.ts";

export const DEPOSITED = 1_000n * ONE;

export async function fundVaults(network: AttackNetwork): Promise<DevAccount> {
  const [trader] = network.keys.traders;
  if (trader === undefined) throw new RangeError("the network has no trader");
  for (const vault of [network.alpha, network.beta]) {
    await depositAs({ trader, vault, amount: DEPOSITED });
    await carry(network, { src: vault, dst: network.hub });
  }
  return trader;
}

/** Canonical units, to the depositor's own account unless told. */
export async function depositAs({
  trader,
  vault,
  amount,
  assetId = USDC,
  owner = trader.address,
}: {
  trader: DevAccount;
  vault: Chain<VaultDeployment>;
  amount: bigint;
  assetId?: number;
  owner?: Address;
}): Promise<void> {
  const asset = assetById(vault, assetId);
  if (!asset.token) throw new RangeError(`${vault.name} has no token of asset ${assetId}`);
  const local = amount * 10n ** BigInt(asset.decimals - asset.canonicalDecimals);
  const by = { chain: vault, from: trader } as const;
  await send({ ...by, address: asset.token, abi: erc20Abi, functionName: "approve", args: [vault.vault, local] });
  const args = [assetId, local, owner, 0n, trader.address, false] as const;
  await send({ ...by, address: vault.vault, abi: collateralVaultAbi, functionName: "deposit", args });
}
