/** A16: words of one lane taken for another's: chain ids, eids, gateways and domains mixed up. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layout } from "@weighlock/core/abi/layout.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import { pathByName } from "@weighlock/core/deployment.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { signCommitment } from "@weighlock/watcher/signature.ts";
import { concat } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll } from "vitest";
import { BOTH_PATHS, pendingWindows, seal } from "./support/carry.ts";
import { depositAs, fundVaults } from "./support/fixture.ts";
import { ledgerOf, ONE } from "./support/holdings.ts";
import { type AttackNetwork, refusalOf, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { laneSlot, patch, slotOf } from "./support/storage.ts";
import { attestByNetwork, attestByWatchers, type Ends, truth } from "./support/words.ts";

const cleanup = createCleanup();
const AMOUNT = 100n * ONE;
let network: AttackNetwork;

beforeAll(async () => {
  network = await startNetwork({ cleanup });
  await fundVaults(network);
});
afterAll(() => cleanup.run());

/** The thief's true deposit on alpha is brought to the hub as if it had been made on beta, over both paths. */
function asBeta(weaken: () => Promise<void>): Promise<Outcome> {
  return network.rehearse(async () => {
    const [, thief] = network.keys.traders;
    if (!thief) throw new RangeError("the network has no second trader");
    await weaken();
    await depositAs({ trader: thief, vault: network.alpha, amount: AMOUNT });
    const told: Ends = { src: network.alpha, dst: network.hub };
    const taken: Ends = { src: network.beta, dst: network.hub };
    await seal(network, told);
    const { counts, entries } = await pendingWindows(told);
    const commitment = await truth(told);
    await attestByNetwork(network, taken, commitment);
    await attestByWatchers(network, taken, commitment);
    const refusal = await refusalOf({
      chain: network.hub,
      from: thief,
      address: network.hub.gateway,
      abi: gatewayAbi,
      functionName: "execute",
      args: [network.beta.eid, counts, entries, "0x", BOTH_PATHS],
    });
    // Executed over beta's lane it would be held there, and once more over its own: any effect is one too many.
    return { succeeded: refusal === undefined, loss: await ledgerOf(network, thief.address) };
  });
}

/** On the hub the two lanes have one log: alpha's id and executed head are beta's as well. */
async function oneLogForBoth(): Promise<void> {
  const { hub, alpha, beta } = network;
  const at = { address: hub.gateway, abi: gatewayAbi } as const;
  const [, inLane] = await hub.client.readContract({ ...at, functionName: "laneIds", args: [alpha.eid] });
  const [executed, head] = await hub.client.readContract({ ...at, functionName: "inbox", args: [alpha.eid] });
  const onHub = { client: hub.client, address: hub.gateway } as const;
  await patch({ ...onHub, slot: laneSlot(beta.eid, "inLane"), value: BigInt(inLane) });
  const heads = slotOf(beta.eid, layout.Gateway.variables.executedHead.slot);
  await patch({ ...onHub, slot: slotOf(executed, heads), value: BigInt(head) });
  // And the acknowledgements of what beta has said, which alpha's word does not have.
  const outHead = await hub.client.readContract({ ...at, functionName: "sealedHead", args: [alpha.eid, 0n] });
  const sealed = slotOf(beta.eid, layout.Gateway.variables.sealedHead.slot);
  await patch({ ...onHub, slot: slotOf(0n, sealed), value: BigInt(outHead) });
}

/** Watchers' signatures for one chain's path brought to another's: the same commitment, another domain. */
function otherDomain(signedFor: "alpha" | "hub"): Promise<Outcome> {
  return network.rehearse(async () => {
    const thief = await network.newAccount();
    await depositAs({ trader: network.keys.traders[0] ?? thief, vault: network.alpha, amount: AMOUNT });
    const ends: Ends = { src: network.alpha, dst: network.hub };
    await seal(network, ends);
    const commitment = await truth(ends);
    const { chainId } = network[signedFor];
    const watcherPath = pathByName(network[signedFor], "watcher").address;
    const signers = network.keys.watchers.slice(0, 2).sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
    const signatures = await Promise.all(
      signers.map(({ privateKey }) =>
        signCommitment({ account: privateKeyToAccount(privateKey), commitment, dst: { chainId, watcherPath } }),
      ),
    );
    const refusal = await refusalOf({
      chain: network.hub,
      from: thief,
      address: pathByName(network.hub, "watcher").address,
      abi: watcherPathAbi,
      functionName: "attest",
      args: [network.alpha.eid, commitment, concat(signatures)],
    });
    return { succeeded: refusal === undefined, loss: 0n };
  });
}

const replayed = {
  class: "A16",
  name: "a true deposit on alpha is brought as one on beta",
  direction: "beta → hub",
  path: "both",
} as const;
attackTest({ ...replayed, defence: "on", run: () => asBeta(async () => undefined) });
attackTest({ ...replayed, defence: { off: "both lanes of the hub with one id" }, run: () => asBeta(oneLogForBoth) });

const domain = {
  class: "A16",
  name: "watchers' signatures for another chain's path",
  direction: "alpha → hub",
  path: "watcher",
} as const;
attackTest({ ...domain, defence: "on", run: () => otherDomain("alpha") });
attackTest({ ...domain, defence: { off: "signed for this very path" }, run: () => otherDomain("hub") });
