/** A27: a thief's contract stands at the owner's address, on a vault's chain. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { assetById } from "@weighlock/core/deployment.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { type Address, encodeFunctionData, erc20Abi, type Hex } from "viem";
import { afterAll, beforeAll, expect } from "vitest";
import { harness } from "./support/artifacts.ts";
import { carry } from "./support/carry.ts";
import { requestEntry } from "./support/entries.ts";
import { DEPOSITED, depositAs, fundVaults } from "./support/fixture.ts";
import { holdingsOf, USDC } from "./support/holdings.ts";
import { fickleToken, putCode } from "./support/hostile.ts";
import { forceWindow } from "./support/liars.ts";
import { type AttackNetwork, refusalOf, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { parksOf, returnCall, withdrawCall } from "./support/releases.ts";

const cleanup = createCleanup();
const VAULTS = ["alpha", "beta"] as const;
type Vault = (typeof VAULTS)[number];
let guarded: AttackNetwork;
let credulous: AttackNetwork;
/** The hub takes a contract's address for the same owner's everywhere. */
let trusting: AttackNetwork;

beforeAll(async () => {
  const CollateralVault = harness("CredulousVault");
  [guarded, credulous, trusting] = await Promise.all([
    startNetwork({ cleanup }),
    startNetwork({ cleanup, replaced: { alpha: { CollateralVault }, beta: { CollateralVault } } }),
    startNetwork({ cleanup, replaced: { hub: { ClearingHouse: harness("TrustingClearingHouse") } } }),
  ]);
  await Promise.all([guarded, credulous, trusting].map(fundVaults));
});
afterAll(() => cleanup.run());

/** An owner with money on the hub, at whose address on the vault's chain a thief has put a contract of his. */
async function settle(network: AttackNetwork, at: Vault): Promise<DevAccount> {
  const [trader] = network.keys.traders;
  if (trader === undefined) throw new RangeError("the network has no trader");
  const owner = await network.newAccount();
  const vault = network[at];
  await depositAs({ trader, vault, amount: DEPOSITED, owner: owner.address });
  await carry(network, { src: vault, dst: network.hub });
  await putCode({ network, chain: vault, address: owner.address, artifact: harness("Puppet") });
  return owner;
}

/** What the thief has his contract do, where the owner's address is. */
function puppetCall(network: AttackNetwork, at: Vault, owner: Address, from: DevAccount, target: Address, data: Hex) {
  const { abi } = harness("Puppet");
  return { chain: network[at], from, address: owner, abi, functionName: "run", args: [target, data] } as const;
}

/** By calling, and by a signature that his contract confirms (ERC-1271), to his contract's own address. */
function requestFor(network: AttackNetwork, at: Vault): Promise<Outcome> {
  return network.rehearse(async () => {
    const owner = await settle(network, at);
    const thief = await network.newAccount();
    const vault = network[at];
    const request = {
      owner: owner.address,
      subaccount: 0n,
      dstEid: vault.eid,
      asset: USDC,
      amount: DEPOSITED,
      recipient: owner.address,
    };
    const { timestamp } = await vault.client.getBlock();
    const deadline = timestamp + 3_600n;
    const data = [
      encodeFunctionData({ abi: collateralVaultAbi, functionName: "requestWithdrawal", args: [request] }),
      encodeFunctionData({
        abi: collateralVaultAbi,
        functionName: "requestWithdrawalSigned",
        args: [request, owner.address, 1n, deadline, `0x${"11".repeat(65)}`],
      }),
    ];
    for (const each of data) await refusalOf(puppetCall(network, at, owner.address, thief, vault.vault, each));
    await carry(network, { src: vault, dst: network.hub });
    await carry(network, { src: network.hub, dst: vault });
    await takeTokens(network, at, owner.address, thief);
    const loss = await holdingsOf(network, [thief.address]);
    return { succeeded: loss > 0n, loss };
  });
}

/** Whatever has come to his contract is the thief's. */
async function takeTokens(network: AttackNetwork, at: Vault, owner: Address, thief: DevAccount): Promise<void> {
  const { client, ...chain } = network[at];
  const { token } = assetById(chain, USDC);
  if (!token) throw new RangeError(`${at} has no token of asset ${USDC}`);
  const amount = await client.readContract({ address: token, abi: erc20Abi, functionName: "balanceOf", args: [owner] });
  const data = encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [thief.address, amount] });
  await send(puppetCall(network, at, owner, thief, token, data));
}

/**
 * Two paths say that a contract with money on the hub has asked to be paid at its own address behind another vault, where the
 * thief has put a contract of his.
 */
function forgeRequest(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { alpha, beta, hub } = network;
    const owner = await settle(network, "beta");
    await putCode({ network, chain: hub, address: owner.address, artifact: harness("Puppet") });
    const thief = await network.newAccount();
    const request = requestEntry({ eid: beta.eid, owner: owner.address, amount: DEPOSITED });
    const { refusal } = await forceWindow(network, { src: alpha, dst: hub }, [request], thief);
    expect(refusal, "two paths execute what they like").toBeUndefined();
    await carry(network, { src: hub, dst: beta });
    await takeTokens(network, "beta", owner.address, thief);
    const loss = await holdingsOf(network, [thief.address]);
    return { succeeded: loss > 0n, loss };
  });
}

/** The owner's payment to somebody waits in the vault; the thief gives it back in his name, so that it is never made. */
function returnFor(network: AttackNetwork, at: Vault): Promise<Outcome> {
  return network.rehearse(async () => {
    const owner = await settle(network, at);
    const [thief, payee] = [await network.newAccount(), await network.newAccount()];
    const vault = network[at];
    const token = await fickleToken(network, vault);
    await send({ ...token, functionName: "setBlacklisted", args: [payee.address, true] });
    await send(withdrawCall(network, owner, vault, { recipient: payee.address, amount: DEPOSITED }));
    await carry(network, { src: network.hub, dst: vault });
    const [park] = await parksOf(vault);
    if (park === undefined) throw new Error("the release is not parked");
    const { abi, functionName, args } = returnCall(vault, thief, park);
    const data = encodeFunctionData({ abi, functionName, args });
    const refusal = await refusalOf(puppetCall(network, at, owner.address, thief, vault.vault, data));
    return { succeeded: refusal === undefined, loss: await holdingsOf(network, [thief.address]) };
  });
}

/** Who the owner has named on the hub is believed, nobody else: the thief asks as controller of an owner who named none. */
function askAsController(network: AttackNetwork, weaken?: (owner: DevAccount, thief: DevAccount) => Promise<unknown>) {
  return network.rehearse(async (): Promise<Outcome> => {
    const owner = await settle(network, "alpha");
    const thief = await network.newAccount();
    await weaken?.(owner, thief);
    const { alpha, hub } = network;
    const request = {
      owner: owner.address,
      subaccount: 0n,
      dstEid: alpha.eid,
      asset: USDC,
      amount: DEPOSITED,
      recipient: thief.address,
    };
    const at = { address: alpha.vault, abi: collateralVaultAbi, functionName: "requestWithdrawal" } as const;
    await send({ chain: alpha, from: thief, ...at, args: [request] });
    await carry(network, { src: alpha, dst: hub });
    await carry(network, { src: hub, dst: alpha });
    const loss = await holdingsOf(network, [thief.address]);
    return { succeeded: loss > 0n, loss };
  });
}

/** The owner trusts the thief's address on alpha. */
function nameController({ hub, alpha }: AttackNetwork) {
  return (owner: DevAccount, thief: DevAccount) => {
    const at = { address: hub.clearingHouse, abi: clearingHouseAbi, functionName: "setController" } as const;
    return send({ chain: hub, from: owner, ...at, args: [alpha.eid, thief.address] });
  };
}

const OFF = { off: "a vault that believes any contract at the owner's address" };
for (const at of VAULTS) {
  const request = {
    class: "A27",
    name: "a thief's contract at the owner's address asks for the owner's money",
    direction: `${at} → hub`,
    path: "none",
  } as const;
  attackTest({ ...request, defence: "on", run: () => requestFor(guarded, at) });
  attackTest({ ...request, defence: OFF, run: () => requestFor(credulous, at) });
  const giveBack = { ...request, name: "a thief's contract at the owner's address gives back the owner's payment" };
  attackTest({ ...giveBack, defence: "on", run: () => returnFor(guarded, at) });
  attackTest({ ...giveBack, defence: OFF, run: () => returnFor(credulous, at) });
}
const FORGED_REQUEST = {
  class: "A27",
  name: "a contract's request that was never made pays the thief who has its address elsewhere",
  direction: "alpha → hub",
  path: "both",
} as const;
attackTest({ ...FORGED_REQUEST, defence: "on", run: () => forgeRequest(guarded) });
const TRUSTING = { off: "a hub that takes a contract's address for the same owner's everywhere" };
attackTest({ ...FORGED_REQUEST, defence: TRUSTING, run: () => forgeRequest(trusting) });
const CONTROLLER = {
  class: "A27",
  name: "a thief asks as controller of somebody else's account",
  direction: "alpha → hub",
  path: "none",
} as const;
attackTest({ ...CONTROLLER, defence: "on", run: () => askAsController(guarded) });
attackTest({
  ...CONTROLLER,
  defence: { off: "an owner who has registered the thief as controller" },
  run: () => askAsController(guarded, nameController(guarded)),
});
