/** A03: one deposit, made to count more than once. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layout } from "@weighlock/core/abi/layout.ts";
import type { Commitment } from "@weighlock/core/commitment.ts";
import type { EntryWords } from "@weighlock/core/entry.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { afterAll, beforeAll } from "vitest";
import { BOTH_PATHS, pendingWindows, seal } from "./support/carry.ts";
import { depositAs, fundVaults } from "./support/fixture.ts";
import { ledgerOf, ONE } from "./support/holdings.ts";
import { type AttackNetwork, refusalOf, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { laneSlot, patch } from "./support/storage.ts";
import { attestByNetwork, attestByWatchers, type Ends, truth } from "./support/words.ts";

const cleanup = createCleanup();
const AMOUNT = 100n * ONE;
let network: AttackNetwork;

beforeAll(async () => {
  network = await startNetwork({ cleanup });
  await fundVaults(network);
});
afterAll(() => cleanup.run());

type Executed = Ends & { commitment: Commitment; counts: readonly bigint[]; entries: readonly EntryWords[] };

/** A true deposit of the thief's own money, carried to the hub once. */
async function carryOnce(thief: DevAccount): Promise<Executed> {
  const ends: Ends = { src: network.alpha, dst: network.hub };
  await depositAs({ trader: thief, vault: network.alpha, amount: AMOUNT });
  await seal(network, ends);
  const pending = await pendingWindows(ends);
  const commitment = await truth(ends);
  await attestByNetwork(network, ends, commitment);
  await attestByWatchers(network, ends, commitment);
  await send(executeCall({ ...ends, ...pending, commitment }, thief));
  return { ...ends, ...pending, commitment };
}

function executeCall({ src, dst, counts, entries }: Executed, from: DevAccount) {
  return {
    chain: dst,
    from,
    address: dst.gateway,
    abi: gatewayAbi,
    functionName: "execute",
    args: [src.eid, counts, entries, "0x", BOTH_PATHS],
  } as const;
}

/** Every word again, over each path and by other watchers, and the same execution after each. */
function replay(weaken: (executed: Executed) => Promise<void>): Promise<Outcome> {
  return network.rehearse(async () => {
    const [, thief] = network.keys.traders;
    const [first, , third] = network.keys.watchers;
    if (!thief || !first || !third) throw new RangeError("the network has too few keys");
    const executed = await carryOnce(thief);
    const credited = await ledgerOf(network, thief.address);
    await weaken(executed);
    const { commitment } = executed;
    await refusalOf(executeCall(executed, thief));
    await attestByWatchers(network, executed, commitment);
    await refusalOf(executeCall(executed, thief));
    await attestByWatchers(network, executed, commitment, [first, third]);
    await attestByNetwork(network, executed, commitment);
    await refusalOf(executeCall(executed, thief));
    const loss = (await ledgerOf(network, thief.address)) - credited;
    return { succeeded: loss > 0n, loss };
  });
}

/** Sets the hub's count of executed entries of the lane back to what it was before the deposit. */
async function forgetExecution({ src, dst, counts, entries }: Executed): Promise<void> {
  const value = (counts.at(-1) ?? 0n) - BigInt(entries.length);
  const { offset, bytes } = layout.Gateway.structs.Counters.executed;
  await patch({ client: dst.client, address: dst.gateway, slot: laneSlot(src.eid, "counters"), offset, bytes, value });
}

const attack = {
  class: "A03",
  name: "a deposit's commitment, packet, signatures and execution are all brought again",
  direction: "alpha → hub",
  path: "both",
} as const;
attackTest({ ...attack, defence: "on", run: () => replay(async () => undefined) });
attackTest({
  ...attack,
  defence: { off: "the count of executed entries set back in storage" },
  run: () => replay(forgetExecution),
});
