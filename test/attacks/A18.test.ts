/** A18: a stranger is first: commits, delivers and executes with too little gas, with value, with data of his own. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { pathByName } from "@weighlock/core/deployment.ts";
import { endpointAbi, receiveUlnAbi } from "@weighlock/devnet/layerzero/abi.ts";
import { forgePacket } from "@weighlock/devnet/layerzero/forgedPacket.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { zeroHash } from "viem";
import { afterAll, beforeAll } from "vitest";
import { harness } from "./support/artifacts.ts";
import { seal } from "./support/carry.ts";
import { DEPOSITED, depositAs, fundVaults } from "./support/fixture.ts";
import { type AttackNetwork, refusalOf, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { type Ends, truth, verifyByDvns } from "./support/words.ts";

const cleanup = createCleanup();
const LAYER_ZERO = 0;
let guarded: AttackNetwork;
let unguarded: AttackNetwork;

beforeAll(async () => {
  const LayerZeroPath = harness("SwallowingPath");
  [guarded, unguarded] = await Promise.all([
    startNetwork({ cleanup }),
    startNetwork({ cleanup, replaced: { hub: { LayerZeroPath }, alpha: { LayerZeroPath } } }),
  ]);
  await Promise.all([fundVaults(guarded), fundVaults(unguarded)]);
});
afterAll(() => cleanup.run());

/**
 * A true packet, verified by all. The stranger commits it and delivers it with every amount of gas from too little on;
 * then honest hands try all that there is. It succeeds if the packet's word can never be heard any more.
 */
function starve(network: AttackNetwork, ends: Ends): Promise<Outcome> {
  return network.rehearse(async () => {
    const { src, dst } = ends;
    const thief = await network.newAccount();
    const [trader] = network.keys.traders;
    if (!trader) throw new RangeError("the network has no trader");
    await depositAs({ trader, vault: network.alpha, amount: DEPOSITED });
    await seal(network, ends);
    const commitment = await truth(ends);
    const packet = await forgePacket({ src, dst, commitment });
    await verifyByDvns(network, dst, packet);
    const { header, payloadHash, sender, nonce, receiverAddress, guid, message } = packet;
    const byThief = { chain: dst, from: thief } as const;
    await refusalOf({
      ...byThief,
      address: dst.layerZero.receiveUln,
      abi: receiveUlnAbi,
      functionName: "commitVerification",
      args: [header, payloadHash],
    });
    const deliver = {
      address: dst.layerZero.endpoint,
      abi: endpointAbi,
      functionName: "lzReceive",
      args: [{ srcEid: src.eid, sender, nonce }, receiverAddress, guid, message, "0xdeadbeef"],
    } as const;
    await refusalOf({ ...byThief, ...deliver, value: 1n });
    for (let gas = 60_000n; gas <= 180_000n; gas += 4_000n) await refusalOf({ ...byThief, ...deliver, gas });

    const path = { chain: dst, from: network.keys.relayer, address: pathByName(dst, "layerzero").address } as const;
    const args = [src.eid, nonce, guid, message] as const;
    await refusalOf({ ...path, abi: layerZeroPathAbi, functionName: "deliver", args });
    await refusalOf({ ...path, abi: layerZeroPathAbi, functionName: "attestVerified", args });
    const [head] = await dst.client.readContract({
      address: dst.gateway,
      abi: gatewayAbi,
      functionName: "attestation",
      args: [src.eid, LAYER_ZERO, commitment.count],
    });
    return { succeeded: head === zeroHash, loss: 0n };
  });
}

const attack = {
  class: "A18",
  name: "a stranger delivers a true packet first, with too little gas, value and foreign data",
  direction: "alpha → hub",
  path: "layerzero",
} as const;
const lane = (network: AttackNetwork): Ends => ({ src: network.alpha, dst: network.hub });
attackTest({ ...attack, defence: "on", run: () => starve(guarded, lane(guarded)) });
attackTest({
  ...attack,
  defence: { off: "a path that swallows a failed attestation" },
  run: () => starve(unguarded, lane(unguarded)),
});
