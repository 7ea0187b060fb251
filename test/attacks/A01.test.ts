/** A01: a message that nobody sent, or that skips its verification. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { layout } from "@weighlock/core/abi/layout.ts";
import { encodeCommitment } from "@weighlock/core/commitment.ts";
import { pathByName, type VaultDeployment } from "@weighlock/core/deployment.ts";
import { accountOf, EntryKind, type EntryWords, packEntry, partyOf } from "@weighlock/core/entry.ts";
import { formatEvm } from "@weighlock/core/interop.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { type Address, pad, parseEventLogs, zeroHash } from "viem";
import { afterAll, beforeAll } from "vitest";
import { harness } from "./support/artifacts.ts";
import { carry, seal } from "./support/carry.ts";
import { DEPOSITED, depositAs, fundVaults } from "./support/fixture.ts";
import { holdingsOf, ONE, USDC } from "./support/holdings.ts";
import { type AttackNetwork, type Chain, refusalOf, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { laneSlot, patch } from "./support/storage.ts";
import { attestByNetwork, attestByWatchers, type Ends, forged, truth } from "./support/words.ts";

const cleanup = createCleanup();
const LAYER_ZERO = 1;
const WATCHERS = 2;
const OFF = {
  layerzero: { off: "a gateway that believes one path" },
  watcher: { off: "a gateway that believes one path, with the watchers' marked as a network in storage" },
} as const;
let guarded: AttackNetwork;
/** The hub's and alpha's gateways believe one path, and take the watchers' for a network. */
let unguarded: AttackNetwork;

beforeAll(async () => {
  const Gateway = harness("OnePathGateway");
  [guarded, unguarded] = await Promise.all([
    startNetwork({ cleanup }),
    startNetwork({ cleanup, replaced: { hub: { Gateway }, alpha: { Gateway } } }),
  ]);
  await Promise.all([fundVaults(guarded), fundVaults(unguarded)]);
  const { hub, alpha } = unguarded;
  await Promise.all([believeWatchers(hub, alpha.eid), believeWatchers(alpha, hub.eid)]);
});
afterAll(() => cleanup.run());

async function believeWatchers({ client, gateway: address }: Chain, eid: number): Promise<void> {
  const { offset, bytes } = layout.Gateway.structs.Counters.networks;
  const value = BigInt(LAYER_ZERO | WATCHERS);
  await patch({ client, address, slot: laneSlot(eid, "counters"), offset, bytes, value });
}

function forgedDeposit(vault: Chain<VaultDeployment>, owner: Address): EntryWords {
  return packEntry({
    kind: EntryKind.Deposit,
    asset: USDC,
    eid: vault.eid,
    ref: 0n,
    amount: DEPOSITED,
    spare: 0,
    account: accountOf({ owner }),
    party: partyOf(owner),
  });
}

function forgedRelease(vault: Chain<VaultDeployment>, recipient: Address): EntryWords {
  return packEntry({
    kind: EntryKind.Release,
    asset: USDC,
    eid: vault.eid,
    ref: 0n,
    amount: DEPOSITED,
    spare: 0,
    account: accountOf({ owner: recipient }),
    party: partyOf(recipient),
  });
}

/** Executes the forged window with each mask of paths; says whether one of them went through. */
async function executeByAnyMask(
  { src, dst }: Ends,
  from: DevAccount,
  entry: EntryWords,
  count: bigint,
): Promise<boolean> {
  for (const paths of [LAYER_ZERO, WATCHERS, LAYER_ZERO | WATCHERS]) {
    const refusal = await refusalOf({
      chain: dst,
      from,
      address: dst.gateway,
      abi: gatewayAbi,
      functionName: "execute",
      args: [src.eid, [count], [entry], "0x", paths],
    });
    if (refusal === undefined) return true;
  }
  return false;
}

type Speak = typeof attestByNetwork;
/** Who of the two paths lies, and who stays honest. */
const PATHS: Record<"layerzero" | "watcher", { lie: Speak; honest: Speak }> = {
  layerzero: { lie: attestByNetwork, honest: attestByWatchers },
  watcher: { lie: attestByWatchers, honest: attestByNetwork },
};

/** What comes next is honest: the other path speaks of the same count, and the lie is evidence. */
async function exposeBy(network: AttackNetwork, ends: Ends, honest: Speak, attestedBlock: bigint) {
  await seal(network, ends);
  const { blockNumber, logs } = await honest(network, ends, await truth(ends));
  const halted = parseEventLogs({ abi: gatewayAbi, eventName: "LaneHalted", logs });
  const blocks = halted.length === 0 ? null : Number(blockNumber - attestedBlock);
  return { blocksToDetect: blocks, blocksToHalt: blocks };
}

/**
 * A deposit that never happened, attested by one path. What is credited is withdrawn from the other vault: on the lied-about
 * lane the hub would acknowledge what was never posted, and halt it.
 */
function forgeIn(network: AttackNetwork, path: keyof typeof PATHS): Promise<Outcome> {
  return network.rehearse(async () => {
    const { lie, honest } = PATHS[path];
    const { hub, alpha, beta } = network;
    const thief = await network.newAccount();
    const [trader] = network.keys.traders;
    const ends: Ends = { src: alpha, dst: hub };
    const entry = forgedDeposit(alpha, thief.address);
    const commitment = await forged(ends, [entry]);
    const { blockNumber } = await lie(network, ends, commitment);
    const succeeded = await executeByAnyMask(ends, thief, entry, commitment.count);
    if (succeeded) {
      const args = [0n, beta.eid, USDC, DEPOSITED, thief.address] as const;
      const at = { address: hub.clearingHouse, abi: clearingHouseAbi, functionName: "withdraw" } as const;
      await send({ chain: hub, from: thief, ...at, args });
      await carry(network, { src: hub, dst: beta });
      return { succeeded, loss: await holdingsOf(network, [thief.address]) };
    }
    if (trader !== undefined) await depositAs({ trader, vault: alpha, amount: DEPOSITED });
    const blocks = await exposeBy(network, ends, honest, blockNumber);
    return { succeeded, loss: await holdingsOf(network, [thief.address]), ...blocks };
  });
}

/** A release that the hub never made, attested by one path. */
function forgeOut(network: AttackNetwork, path: keyof typeof PATHS): Promise<Outcome> {
  return network.rehearse(async () => {
    const { lie, honest } = PATHS[path];
    const { hub, alpha } = network;
    const thief = await network.newAccount();
    const [trader] = network.keys.traders;
    const ends: Ends = { src: hub, dst: alpha };
    const entry = forgedRelease(alpha, thief.address);
    const commitment = await forged(ends, [entry]);
    const { blockNumber } = await lie(network, ends, commitment);
    const succeeded = await executeByAnyMask(ends, thief, entry, commitment.count);
    const loss = await holdingsOf(network, [thief.address]);
    if (succeeded || trader === undefined) return { succeeded, loss };
    const args = [0n, alpha.eid, USDC, ONE, trader.address] as const;
    const at = { address: hub.clearingHouse, abi: clearingHouseAbi, functionName: "withdraw" } as const;
    await send({ chain: hub, from: trader, ...at, args });
    return { succeeded, loss, ...(await exposeBy(network, ends, honest, blockNumber)) };
  });
}

/** Every entrance without its guard: the gateway, the path, the endpoint. Says whether one let the word in. */
function enterUnverified(network: AttackNetwork, { src, dst }: Ends): Promise<Outcome> {
  return network.rehearse(async () => {
    const thief = await network.newAccount();
    const entry = forgedDeposit(network.alpha, thief.address);
    const commitment = await forged({ src, dst }, [entry]);
    const payload = encodeCommitment(commitment);
    const path = pathByName(dst, "layerzero").address;
    const origin = { srcEid: src.eid, sender: pad(pathByName(src, "layerzero").address, { size: 32 }), nonce: 1n };
    const by = { chain: dst, from: thief } as const;
    const refusals = [
      await refusalOf({
        ...by,
        address: dst.gateway,
        abi: gatewayAbi,
        functionName: "receiveMessage",
        args: [zeroHash, formatEvm({ chainId: src.chainId, address: src.gateway }), payload],
      }),
      await refusalOf({
        ...by,
        address: path,
        abi: layerZeroPathAbi,
        functionName: "lzReceive",
        args: [origin, zeroHash, payload, thief.address, "0x"],
      }),
      await refusalOf({
        ...by,
        address: path,
        abi: layerZeroPathAbi,
        functionName: "deliver",
        args: [src.eid, 99n, zeroHash, payload],
      }),
      await refusalOf({
        ...by,
        address: path,
        abi: layerZeroPathAbi,
        functionName: "attestVerified",
        args: [src.eid, 99n, zeroHash, payload],
      }),
    ];
    return {
      succeeded: refusals.includes(undefined),
      loss: await holdingsOf(network, [thief.address]),
    };
  });
}

for (const path of ["layerzero", "watcher"] as const) {
  const who = path === "layerzero" ? "all verifiers of the network path" : "threshold watchers";
  const deposit = {
    class: "A01",
    name: `${who} sign a deposit that never happened`,
    direction: "alpha → hub",
    path,
  } as const;
  attackTest({ ...deposit, defence: "on", run: () => forgeIn(guarded, path) });
  attackTest({ ...deposit, defence: OFF[path], run: () => forgeIn(unguarded, path) });
  const release = {
    class: "A01",
    name: `${who} sign a release that nobody made`,
    direction: "hub → alpha",
    path,
  } as const;
  attackTest({ ...release, defence: "on", run: () => forgeOut(guarded, path) });
  attackTest({ ...release, defence: OFF[path], run: () => forgeOut(unguarded, path) });
}
attackTest({
  class: "A01",
  name: "a stranger calls every entrance with a word that nobody verified",
  direction: "alpha → hub",
  path: "layerzero",
  defence: "on",
  run: () => enterUnverified(guarded, { src: guarded.alpha, dst: guarded.hub }),
});
