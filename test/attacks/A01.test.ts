/** A01: a message that nobody sent, or that skips its verification. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { encodeCommitment } from "@weighlock/core/commitment.ts";
import { type HubDeployment, pathByName, type VaultDeployment } from "@weighlock/core/deployment.ts";
import { accountOf, EntryKind, type EntryWords, packEntry, partyOf } from "@weighlock/core/entry.ts";
import { formatEvm } from "@weighlock/core/interop.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { type Address, pad, zeroHash } from "viem";
import { afterAll, beforeAll } from "vitest";
import { harness } from "./support/artifacts.ts";
import { carry } from "./support/carry.ts";
import { DEPOSITED, fundVaults } from "./support/fixture.ts";
import { holdingsOf, USDC } from "./support/holdings.ts";
import { type AttackNetwork, type Chain, refusalOf, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { attestByNetwork, attestByWatchers, type Ends, forged } from "./support/words.ts";

const cleanup = createCleanup();
const LAYER_ZERO = 1;
const WATCHERS = 2;
let guarded: AttackNetwork;
/** The hub's and alpha's gateways believe one path. */
let unguarded: AttackNetwork;

beforeAll(async () => {
  const Gateway = harness("OnePathGateway");
  [guarded, unguarded] = await Promise.all([
    startNetwork({ cleanup }),
    startNetwork({ cleanup, replaced: { hub: { Gateway }, alpha: { Gateway } } }),
  ]);
  await Promise.all([fundVaults(guarded), fundVaults(unguarded)]);
});
afterAll(() => cleanup.run());

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

/**
 * A deposit that never happened, attested by one path. What is credited is withdrawn from the other vault: on the lied-about
 * lane the hub would acknowledge what was never posted, and halt it.
 */
function forgeInto(network: AttackNetwork, attest: typeof attestByNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const thief = await network.newAccount();
    const ends: Ends = { src: network.alpha, dst: network.hub };
    const entry = forgedDeposit(network.alpha, thief.address);
    const commitment = await forged(ends, [entry]);
    await attest(network, ends, commitment);
    const succeeded = await executeByAnyMask(ends, thief, entry, commitment.count);
    if (succeeded) {
      const hub = network.hub as Chain<HubDeployment>;
      const args = [0n, network.beta.eid, USDC, DEPOSITED, thief.address] as const;
      await send({
        chain: hub,
        from: thief,
        address: hub.clearingHouse,
        abi: clearingHouseAbi,
        functionName: "withdraw",
        args,
      });
      await carry(network, { src: hub, dst: network.beta });
    }
    return { succeeded, loss: await holdingsOf(network, [thief.address]) };
  });
}

/** A release that the hub never made, attested by one path. */
function forgeOut(network: AttackNetwork, attest: typeof attestByNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const thief = await network.newAccount();
    const ends: Ends = { src: network.hub, dst: network.alpha };
    const entry = forgedRelease(network.alpha, thief.address);
    const commitment = await forged(ends, [entry]);
    await attest(network, ends, commitment);
    const succeeded = await executeByAnyMask(ends, thief, entry, commitment.count);
    return { succeeded, loss: await holdingsOf(network, [thief.address]) };
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

const OFF = { off: "a gateway that believes one path" };
attackTest({
  class: "A01",
  name: "all verifiers of the network path sign a deposit that never happened",
  direction: "alpha → hub",
  path: "layerzero",
  defence: "on",
  run: () => forgeInto(guarded, attestByNetwork),
});
attackTest({
  class: "A01",
  name: "all verifiers of the network path sign a deposit that never happened",
  direction: "alpha → hub",
  path: "layerzero",
  defence: OFF,
  run: () => forgeInto(unguarded, attestByNetwork),
});
attackTest({
  class: "A01",
  name: "all verifiers of the network path sign a release that nobody made",
  direction: "hub → alpha",
  path: "layerzero",
  defence: "on",
  run: () => forgeOut(guarded, attestByNetwork),
});
attackTest({
  class: "A01",
  name: "all verifiers of the network path sign a release that nobody made",
  direction: "hub → alpha",
  path: "layerzero",
  defence: OFF,
  run: () => forgeOut(unguarded, attestByNetwork),
});
attackTest({
  class: "A01",
  name: "threshold watchers sign a deposit that never happened",
  direction: "alpha → hub",
  path: "watcher",
  defence: "on",
  run: () => forgeInto(guarded, attestByWatchers),
});
attackTest({
  class: "A01",
  name: "a stranger calls every entrance with a word that nobody verified",
  direction: "alpha → hub",
  path: "layerzero",
  defence: "on",
  run: () => enterUnverified(guarded, { src: guarded.alpha, dst: guarded.hub }),
});
