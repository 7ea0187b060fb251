/** What could not be done at first is finished by the relayer: paid when its reason is gone, or given back and credited. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { type Chain, createChain } from "@weighlock/core/chains.ts";
import { createCommon } from "@weighlock/core/common.ts";
import { type HubDeployment, hubOf, keyOf, type VaultDeployment, vaultsOf } from "@weighlock/core/deployment.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import { createSender } from "@weighlock/core/sender.ts";
import { type Devnet, devnetUp } from "@weighlock/devnet/devnet.ts";
import { createCleanup, temporaryFolder } from "@weighlock/devnet/testing.ts";
import { readDeploymentState } from "@weighlock/monitor/read.ts";
import { reconcile } from "@weighlock/monitor/reconcile.ts";
import { type Address, erc20Abi, type Hex, maxUint256, zeroHash } from "viem";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const cleanup = createCleanup();
const WAIT = { timeout: 60_000, interval: 250 };
const USDC = 1;
const AMOUNT = 5_000_000n;
/** PUSH0 PUSH0 REVERT: a token that refuses everything. */
const REFUSES: Hex = "0x5f5ffd";
const common = createCommon({ service: "test", logLevel: "silent", signals: false });
let devnet: Devnet;
let hub: HubDeployment;
let alpha: VaultDeployment;
let hubChain: Chain;
let vaultChain: Chain;
let token: Address;
let trader: { vault: ReturnType<typeof createSender>; hub: ReturnType<typeof createSender> };

beforeAll(async () => {
  devnet = await devnetUp({ dir: await temporaryFolder({ cleanup }), blockTime: 0.5 });
  cleanup.add(() => devnet.stop());
  cleanup.add(() => common.shutdown.stop("test"));
  const { deployment } = devnet;
  hub = hubOf(deployment);
  [alpha] = vaultsOf(deployment) as [VaultDeployment];
  [vaultChain, hubChain] = await Promise.all([createChain(alpha), createChain(hub)]);
  token = alpha.assets.find(({ id }) => id === USDC)?.token as Address;
  const { privateKey } = keyOf(deployment, "trader");
  trader = {
    vault: createSender({ common, chain: vaultChain, privateKey }),
    hub: createSender({ common, chain: hubChain, privateKey }),
  };
  const vault = { address: alpha.vault, abi: collateralVaultAbi } as const;
  await trader.vault.write({
    address: token,
    abi: erc20Abi,
    functionName: "approve",
    args: [alpha.vault, maxUint256],
  });
  const args = [USDC, 4n * AMOUNT, trader.vault.address, 0n, trader.vault.address, false] as const;
  await trader.vault.write({ ...vault, functionName: "deposit", args });
  await vi.waitFor(async () => expect(await balance()).toBe(4n * AMOUNT), WAIT);
});

afterAll(() => cleanup.run());

function balance(): Promise<bigint> {
  return hubChain.client.readContract({
    address: hub.clearingHouse,
    abi: clearingHouseAbi,
    functionName: "balanceOf",
    args: [accountOf({ owner: trader.hub.address }), USDC],
  });
}

async function withdraw(recipient: Address): Promise<void> {
  const args = [0n, alpha.eid, USDC, AMOUNT, recipient] as const;
  await trader.hub.write({ address: hub.clearingHouse, abi: clearingHouseAbi, functionName: "withdraw", args });
}

function parkOf(index: bigint): Promise<Hex> {
  const args = [hub.eid, index] as const;
  return vaultChain.client.readContract({
    address: alpha.vault,
    abi: collateralVaultAbi,
    functionName: "parkOf",
    args,
  });
}

async function residuals(): Promise<bigint[]> {
  return reconcile(await readDeploymentState({ deployment: devnet.deployment })).map(({ residual }) => residual);
}

const setCode = (code: Hex) =>
  vaultChain.client.request<{ Method: "anvil_setCode"; Parameters: [Address, Hex]; ReturnType: null }>({
    method: "anvil_setCode",
    params: [token, code],
  });

test("a parked release is paid as soon as its token takes it again", async () => {
  const recipient: Address = "0x00000000000000000000000000000000000f1001";
  const code = (await vaultChain.client.getCode({ address: token })) ?? "0x";
  await setCode(REFUSES);
  await withdraw(recipient);
  await vi.waitFor(async () => expect(await parkOf(0n)).not.toBe(zeroHash), WAIT);
  await setCode(code);
  await vi.waitFor(async () => expect(await parkOf(0n)).toBe(zeroHash), WAIT);
  const paid = { address: token, abi: erc20Abi, functionName: "balanceOf", args: [recipient] } as const;
  expect(await vaultChain.client.readContract(paid)).toBe(AMOUNT);
  expect(await residuals()).toEqual([0n, 0n]);
});

test("what is more than an account's share of the bucket waits for its time, and is paid then by the relayer", async () => {
  const recipient: Address = "0x00000000000000000000000000000000000f1003";
  // Of a full bucket an account has a quarter.
  const { share, capacity } = { share: 25n, capacity: 2_000_000_000n };
  const amount = (capacity * share) / 100n + AMOUNT;
  const credited = await balance();
  await trader.vault.write({
    ...{ address: alpha.vault, abi: collateralVaultAbi, functionName: "deposit" },
    args: [USDC, amount, trader.vault.address, 0n, trader.vault.address, false],
  });
  await vi.waitFor(async () => expect(await balance()).toBe(credited + amount), WAIT);
  await trader.hub.write({
    ...{ address: hub.clearingHouse, abi: clearingHouseAbi, functionName: "withdraw" },
    args: [0n, alpha.eid, USDC, amount, recipient],
  });
  await vi.waitFor(async () => expect(await parkOf(1n)).not.toBe(zeroHash), WAIT);
  expect(await residuals()).toEqual([0n, 0n]);
  await vaultChain.client.request<{ Method: "evm_increaseTime"; Parameters: [number]; ReturnType: Hex }>({
    method: "evm_increaseTime",
    params: [600],
  });
  await vi.waitFor(async () => expect(await parkOf(1n)).toBe(zeroHash), WAIT);
  const paid = { address: token, abi: erc20Abi, functionName: "balanceOf", args: [recipient] } as const;
  expect(await vaultChain.client.readContract(paid)).toBe(amount);
  expect(await residuals()).toEqual([0n, 0n]);
});

test("one that stays refused for a week is given back and credited to its account", async () => {
  const before = await balance();
  // The vault can't pay itself: its balance would not move.
  await withdraw(alpha.vault);
  await vi.waitFor(async () => expect(await parkOf(2n)).not.toBe(zeroHash), WAIT);
  expect(await balance()).toBe(before - AMOUNT);
  expect(await residuals()).toEqual([0n, 0n]);
  await vaultChain.client.request<{ Method: "evm_increaseTime"; Parameters: [number]; ReturnType: Hex }>({
    method: "evm_increaseTime",
    params: [7 * 24 * 3_600],
  });
  await vi.waitFor(async () => expect(await balance()).toBe(before), WAIT);
  expect(await parkOf(2n)).toBe(zeroHash);
  expect(await residuals()).toEqual([0n, 0n]);
  const isReturned = await hubChain.client.readContract({
    address: hub.clearingHouse,
    abi: clearingHouseAbi,
    functionName: "isReturned",
    args: [alpha.eid, 2n],
  });
  expect(isReturned).toBe(true);
});
