/** Releases and what becomes of them: made on the hub, parked in a vault. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { VaultDeployment } from "@weighlock/core/deployment.ts";
import { type SignedWithdrawal, signWithdrawal, type Withdrawal } from "@weighlock/core/withdrawal.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { type Address, getAbiItem } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { USDC } from "./holdings.ts";
import { type AttackNetwork, type Chain, send } from "./network.ts";

/** Longer than any test. */
const FOREVER = 2n ** 64n;

export type Wish = { recipient: Address; amount: bigint; asset?: number };

/** By the owner's own transaction. */
export function withdrawCall(
  { hub }: AttackNetwork,
  owner: DevAccount,
  vault: Chain<VaultDeployment>,
  { recipient, amount, asset = USDC }: Wish,
) {
  const args = [0n, vault.eid, asset, amount, recipient] as const;
  const at = { address: hub.clearingHouse, abi: clearingHouseAbi, functionName: "withdraw" } as const;
  return { chain: hub, from: owner, ...at, args } as const;
}

export async function signed(
  { hub }: AttackNetwork,
  owner: DevAccount,
  vault: Chain<VaultDeployment>,
  { recipient, amount, asset = USDC, nonce }: Wish & { nonce: bigint },
): Promise<SignedWithdrawal> {
  const withdrawal: Withdrawal = {
    owner: owner.address,
    subaccount: 0n,
    dstEid: vault.eid,
    asset,
    amount,
    recipient,
    maxFee: 0n,
    nonce,
    deadline: FOREVER,
  };
  const signature = await signWithdrawal({ at: hub, withdrawal, account: privateKeyToAccount(owner.privateKey) });
  return { withdrawal, fee: 0n, signature };
}

export function batchCall({ hub }: AttackNetwork, from: DevAccount, items: readonly SignedWithdrawal[]) {
  const at = { address: hub.clearingHouse, abi: clearingHouseAbi, functionName: "withdrawBatch" } as const;
  return { chain: hub, from, ...at, args: [items] } as const;
}

/** All in one transaction, as entries in a row. */
export async function releaseMany(
  network: AttackNetwork,
  owner: DevAccount,
  vault: Chain<VaultDeployment>,
  wishes: readonly Wish[],
): Promise<void> {
  const items = await Promise.all(
    wishes.map((wish, i) => signed(network, owner, vault, { ...wish, nonce: BigInt(i) })),
  );
  await send(batchCall(network, network.keys.operator, items));
}

const ReleaseParked = getAbiItem({ abi: collateralVaultAbi, name: "ReleaseParked" });

/** All that a vault has ever parked. */
export async function parksOf({ client, vault }: Chain<VaultDeployment>) {
  const logs = await client.getLogs({ address: vault, event: ReleaseParked, fromBlock: 0n, strict: true });
  return logs.map(({ args }) => args);
}

export type Park = Awaited<ReturnType<typeof parksOf>>[number];

export function retryCall(
  chain: Chain<VaultDeployment>,
  from: DevAccount,
  { srcEid, index, entry, terms, payee }: Park,
) {
  const at = { address: chain.vault, abi: collateralVaultAbi, functionName: "retry" } as const;
  return { chain, from, ...at, args: [srcEid, index, entry, terms, payee] } as const;
}

export function returnCall(chain: Chain<VaultDeployment>, from: DevAccount, { index, entry, terms, payee }: Park) {
  const at = { address: chain.vault, abi: collateralVaultAbi, functionName: "returnRelease" } as const;
  return { chain, from, ...at, args: [index, entry, terms, payee] } as const;
}
