/** A14: words and windows in another order than they were made. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layout } from "@weighlock/core/abi/layout.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { afterAll, beforeAll } from "vitest";
import { BOTH_PATHS, pendingWindows, seal } from "./support/carry.ts";
import { DEPOSITED, depositAs, fundVaults } from "./support/fixture.ts";
import { USDC } from "./support/holdings.ts";
import { type AttackNetwork, refusalOf, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { laneSlot, patch, slotOf } from "./support/storage.ts";
import { attestByNetwork, attestByWatchers, type Ends, truth } from "./support/words.ts";

const cleanup = createCleanup();
let network: AttackNetwork;

beforeAll(async () => {
  network = await startNetwork({ cleanup });
  await fundVaults(network);
});
afterAll(() => cleanup.run());

/**
 * Two windows, each with one trader's deposit; their commitments arrive in reverse, and somebody executes the second alone.
 * Succeeds where the second trader is credited and the first never will be.
 */
function overtake(isPatched: boolean): Promise<Outcome> {
  return network.rehearse(async () => {
    const { alpha, hub, keys } = network;
    const ends: Ends = { src: alpha, dst: hub };
    const [first, second] = keys.traders.slice(1, 3);
    if (first === undefined || second === undefined) throw new RangeError("the network has too few traders");
    await depositAs({ trader: first, vault: alpha, amount: DEPOSITED });
    await seal(network, ends);
    const earlier = await truth(ends);
    await depositAs({ trader: second, vault: alpha, amount: DEPOSITED });
    await seal(network, ends);
    const later = await truth(ends);
    for (const commitment of [later, earlier]) {
      await attestByNetwork(network, ends, commitment);
      await attestByWatchers(network, ends, commitment);
    }
    if (isPatched) await pretendExecuted(earlier.count, earlier.head);
    const { counts, entries } = await pendingWindows(ends);
    const at = { chain: hub, from: keys.relayer, address: hub.gateway, abi: gatewayAbi } as const;
    await refusalOf({
      ...at,
      functionName: "execute",
      args: [alpha.eid, counts.slice(-1), entries.slice(-1), "0x", BOTH_PATHS],
    });
    // The honest way after it: everything that is left.
    const rest = await pendingWindows(ends);
    if (rest.counts.length > 0) {
      await refusalOf({
        ...at,
        functionName: "execute",
        args: [alpha.eid, rest.counts, rest.entries, "0x", BOTH_PATHS],
      });
    }
    const [a, b] = await Promise.all([first, second].map(({ address }) => balanceOf(address)));
    return { succeeded: a === 0n && b === DEPOSITED, loss: DEPOSITED - (a ?? 0n) };
  });
}

function balanceOf(owner: `0x${string}`): Promise<bigint> {
  const { client, clearingHouse: address } = network.hub;
  return client.readContract({
    address,
    abi: clearingHouseAbi,
    functionName: "balanceOf",
    args: [accountOf({ owner }), USDC],
  });
}

/** As if the gateway took a window for the next that isn't. */
async function pretendExecuted(count: bigint, head: `0x${string}`): Promise<void> {
  const { hub, alpha } = network;
  const { client, gateway: address } = hub;
  const { offset, bytes } = layout.Gateway.structs.Counters.executed;
  await patch({ client, address, slot: laneSlot(alpha.eid, "counters"), offset, bytes, value: count });
  const heads = slotOf(alpha.eid, layout.Gateway.variables.executedHead.slot);
  await patch({ client, address, slot: slotOf(count, heads), value: BigInt(head) });
}

const attack = {
  class: "A14",
  name: "commitments arrive in reverse, and a later window is executed first",
  direction: "alpha → hub",
  path: "both",
} as const;
attackTest({ ...attack, defence: "on", run: () => overtake(false) });
attackTest({
  ...attack,
  defence: { off: "the executed count moved on in storage" },
  run: () => overtake(true),
});
