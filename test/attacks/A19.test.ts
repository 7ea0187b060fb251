/** A19: the relayer's key in a thief's hands, who calls every function of every contract with it. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { devnetTokenAbi } from "@weighlock/core/abi/devnetToken.ts";
import { dvnSubmitterAbi } from "@weighlock/core/abi/dvnSubmitter.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { tipJarAbi } from "@weighlock/core/abi/tipJar.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import { pathByName } from "@weighlock/core/deployment.ts";
import { dvnAbi } from "@weighlock/devnet/layerzero/abi.ts";
import { layerZeroArtifact } from "@weighlock/devnet/layerzero/artifacts.ts";
import { ADMIN_ROLE as DVN_ADMIN } from "@weighlock/devnet/layerzero/dvnAdmin.ts";
import { safeArtifact } from "@weighlock/devnet/safe/artifacts.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { asCouncil } from "@weighlock/devnet/weighlock/authority.ts";
import { COUNCIL_ROLE } from "@weighlock/devnet/weighlock/contracts.ts";
import {
  type Abi,
  type AbiFunction,
  type Address,
  CallExecutionError,
  encodeFunctionData,
  erc20Abi,
  parseEther,
  zeroHash,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll } from "vitest";
import { argumentsFor, type Wishes } from "./support/arguments.ts";
import { authorityOf } from "./support/authority.ts";
import { DEPOSITED, fundVaults } from "./support/fixture.ts";
import { holdingsOf, USDC } from "./support/holdings.ts";
import { type AttackNetwork, type Chain, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";

const cleanup = createCleanup();
let network: AttackNetwork;

beforeAll(async () => {
  network = await startNetwork({ cleanup });
  await fundVaults(network);
});
afterAll(() => cleanup.run());

type Target = { address: Address; abi: Abi };

function targetsOf(chain: Chain): Target[] {
  const { endpoint, sendUln, receiveUln, executor, dvns } = chain.layerZero;
  return [
    { address: chain.gateway, abi: gatewayAbi },
    { address: chain.accessManager, abi: accessManagerAbi },
    { address: chain.pauseController, abi: pauseControllerAbi },
    ...[chain.council, chain.guardian].flatMap((address) => [
      { address, abi: safeArtifact("Safe").abi },
      { address, abi: safeArtifact("CompatibilityFallbackHandler").abi },
    ]),
    { address: chain.tipJar, abi: tipJarAbi },
    { address: pathByName(chain, "layerzero").address, abi: layerZeroPathAbi },
    { address: pathByName(chain, "watcher").address, abi: watcherPathAbi },
    chain.role === "hub"
      ? { address: chain.clearingHouse, abi: clearingHouseAbi }
      : { address: chain.vault, abi: collateralVaultAbi },
    ...chain.assets.flatMap(({ token }) => (token === null ? [] : [{ address: token, abi: devnetTokenAbi }])),
    ...dvns.flatMap(({ address, submitter }) => [
      { address, abi: layerZeroArtifact("DVN").abi },
      ...(submitter === undefined ? [] : [{ address: submitter, abi: dvnSubmitterAbi }]),
    ]),
    { address: endpoint, abi: layerZeroArtifact("EndpointV2").abi },
    { address: sendUln, abi: layerZeroArtifact("SendUln302").abi },
    { address: receiveUln, abi: layerZeroArtifact("ReceiveUln302").abi },
    { address: executor, abi: layerZeroArtifact("Executor").abi },
  ];
}

/** Himself with the highest roles; and every call or message that he can wrap being a transfer out of the vault. */
function wishesOf(chain: Chain, thief: Address): Wishes[] {
  const peer = network.chains.find(({ role }) => role !== chain.role);
  const vault = chain.role === "vault" ? chain.vault : chain.gateway;
  const token = chain.assets.find(({ id }) => id === USDC)?.token ?? chain.gateway;
  const loot = encodeFunctionData({ abi: erc20Abi, functionName: "transferFrom", args: [vault, thief, DEPOSITED] });
  const common = { eid: peer?.eid ?? 0, asset: USDC, amount: DEPOSITED };
  return [
    { ...common, who: thief, role: 0n, word: DVN_ADMIN, data: "0x" },
    { ...common, who: token, role: COUNCIL_ROLE, word: zeroHash, data: loot },
    { ...common, who: thief, role: 2n, word: thief, data: loot },
  ];
}

/**
 * Calls everything there is on one chain, contract by contract, and sends what does not revert, but nothing that undoes
 * what another call has reached.
 */
async function callEverything(chain: Chain, thief: Address): Promise<void> {
  const account = privateKeyToAccount(network.keys.relayer.privateKey);
  const wishes = wishesOf(chain, thief);
  for (const { address, abi } of targetsOf(chain)) {
    const requests = abi
      .filter((item): item is AbiFunction => item.type === "function")
      .filter(({ stateMutability }) => stateMutability === "nonpayable" || stateMutability === "payable")
      .filter(({ name }) => !/^(revoke|renounce|remove)/.test(name))
      .flatMap((item) =>
        wishes.map((each) => ({
          account,
          to: address,
          data: encodeFunctionData({ abi: [item], args: argumentsFor(item.inputs, each) }),
          value: item.stateMutability === "payable" ? parseEther("1") : 0n,
          gas: 5_000_000n,
        })),
      );
    const areRefused = await Promise.all(requests.map((request) => isRefused(chain, request)));
    for (const request of requests.filter((_, i) => !areRefused[i])) {
      // What another of them has made impossible is mined as a failure.
      const hash = await chain.client.sendTransaction({ ...request, chain: null });
      await chain.client.waitForTransactionReceipt({ hash });
    }
  }
}

async function isRefused({ client }: Chain, request: Parameters<Chain["client"]["call"]>[0]): Promise<boolean> {
  try {
    await client.call(request);
    return false;
  } catch (error) {
    if (error instanceof CallExecutionError) return true;
    throw error;
  }
}

/** What is lost is what the key owned itself: its gas. */
function stealKey(prepare: () => Promise<void> = async () => {}): Promise<Outcome> {
  return network.rehearse(async () => {
    await prepare();
    const thief = await network.newAccount();
    const who = [thief.address, network.keys.relayer.address];
    const before = await authorityOf(network, who);
    await Promise.all(network.chains.map((chain) => callEverything(chain, thief.address)));
    const after = await authorityOf(network, who);
    return { succeeded: after !== before, loss: await holdingsOf(network, who) };
  });
}

/** Our DVN's admin without the contract that stands before it. */
async function makeDvnAdmin(): Promise<void> {
  for (const chain of network.chains) {
    for (const { address, submitter } of chain.layerZero.dvns) {
      if (submitter === undefined) continue;
      await chain.client.impersonateAccount({ address: submitter });
      await chain.client.setBalance({ address: submitter, value: parseEther("1") });
      const data = encodeFunctionData({
        abi: dvnAbi,
        functionName: "grantRole",
        args: [DVN_ADMIN, network.keys.relayer.address],
      });
      const hash = await chain.client.sendTransaction({ account: submitter, chain: null, to: address, data });
      await chain.client.waitForTransactionReceipt({ hash });
    }
  }
}

/** As if somebody had saved himself the trouble of a key for each role. */
async function makeCouncil(): Promise<void> {
  const { keys } = network.deployment;
  const args = [COUNCIL_ROLE, network.keys.relayer.address, 0] as const;
  const data = encodeFunctionData({ abi: accessManagerAbi, functionName: "grantRole", args });
  for (const chain of network.chains) {
    await asCouncil({ chain, keys, to: chain.accessManager, data });
  }
}

const ATTACK = {
  class: "A19",
  name: "a thief with the relayer's key calls every function of every contract",
  direction: "any",
  path: "none",
} as const;
attackTest({ ...ATTACK, defence: "on", run: () => stealKey() });
attackTest({
  ...ATTACK,
  defence: { off: "the key is our DVN's admin, not behind its submitter" },
  run: () => stealKey(makeDvnAdmin),
});
attackTest({ ...ATTACK, defence: { off: "the key is in the council" }, run: () => stealKey(makeCouncil) });
