/** One canonical unit more in a vault's book than was deposited: what a bug or a thief would leave behind. */

import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { layout } from "@weighlock/core/abi/layout.ts";
import { createChain } from "@weighlock/core/chains.ts";
import { type Deployment, vaultsOf } from "@weighlock/core/deployment.ts";
import { encodeAbiParameters, type Hex, keccak256, toHex } from "viem";

const ASSET = 1;

/** Of the first vault's first asset. */
export async function corruptBook(deployment: Deployment): Promise<void> {
  const [vault] = vaultsOf(deployment);
  if (vault === undefined) throw new Error("the deployment has no vault");
  const { client } = await createChain({ name: vault.name, chainId: vault.chainId, rpcUrl: vault.rpcUrl });
  const { slot } = layout.CollateralVault.variables.book;
  const key = keccak256(encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [BigInt(ASSET), BigInt(slot)]));
  const word = await client.getStorageAt({ address: vault.vault, slot: key });
  if (word === undefined) throw new Error("the node shows no storage");
  await client.request<{ Method: "anvil_setStorageAt"; Parameters: [Hex, Hex, Hex]; ReturnType: boolean }>({
    method: "anvil_setStorageAt",
    params: [vault.vault, key, toHex(BigInt(word) + 1n, { size: 32 })],
  });
  const [deposited] = await client.readContract({
    address: vault.vault,
    abi: collateralVaultAbi,
    functionName: "book",
    args: [ASSET],
  });
  if (deposited !== (BigInt(word) & ((1n << 128n) - 1n)) + 1n) throw new Error("the book is not where the layout says");
}
