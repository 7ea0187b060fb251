/** A17: a message read as something else: entries of every kind and shape, meant to reach what only roles may do. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { packEntry, partyOf } from "@weighlock/core/entry.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { asCouncil } from "@weighlock/devnet/weighlock/authority.ts";
import { ADMIN_ROLE } from "@weighlock/devnet/weighlock/contracts.ts";
import { encodeFunctionData } from "viem";
import { afterAll, beforeAll } from "vitest";
import { harness } from "./support/artifacts.ts";
import { execution } from "./support/carry.ts";
import { fundVaults } from "./support/fixture.ts";
import { holdingsOf, USDC } from "./support/holdings.ts";
import { type AttackNetwork, refusalOf, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { attestByNetwork, attestByWatchers, type Ends, forged } from "./support/words.ts";

const cleanup = createCleanup();
let guarded: AttackNetwork;
/** The hub's app obeys a kind of entry that grants roles. */
let unguarded: AttackNetwork;

beforeAll(async () => {
  [guarded, unguarded] = await Promise.all([
    startNetwork({ cleanup }),
    startNetwork({ cleanup, replaced: { hub: { ClearingHouse: harness("ObedientClearingHouse") } } }),
  ]);
  // The hub's app never has a role; here it has the greatest, so that only what it does with messages protects it.
  await Promise.all([guarded, unguarded].map(makeAppAdmin));
  await fundVaults(guarded);
});
afterAll(() => cleanup.run());

async function makeAppAdmin({ hub, deployment: { keys } }: AttackNetwork): Promise<void> {
  const data = encodeFunctionData({
    abi: accessManagerAbi,
    functionName: "grantRole",
    args: [ADMIN_ROLE, hub.clearingHouse, 0],
  });
  await asCouncil({ chain: hub, keys, to: hub.accessManager, data });
}

/** Both paths are owned and say whatever entries the thief likes: every kind, every field pointing at him. */
function sayEverything(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { hub, alpha } = network;
    const thief = await network.newAccount();
    const ends: Ends = { src: alpha, dst: hub };
    // A deposit is left out: two owned paths can forge one, which is another class.
    const kinds = [0, 2, 3, 4, 5, 6, 7, 8, 9, 127, 254, 255];
    const entries = kinds.flatMap((kind) =>
      [0, 1].map((spare) =>
        packEntry({
          kind,
          asset: USDC,
          eid: alpha.eid,
          ref: ADMIN_ROLE,
          amount: (1n << 128n) - 1n,
          spare,
          account: `0x${"ff".repeat(32)}`,
          party: partyOf(thief.address),
        }),
      ),
    );
    const commitment = await forged(ends, entries);
    await attestByNetwork(network, ends, commitment);
    await attestByWatchers(network, ends, commitment);
    const refusal = await refusalOf(execution(ends, { counts: [commitment.count], entries }, thief));
    if (refusal !== undefined) throw new Error(`the entries were not executed: ${refusal}`);
    const [isAdmin] = await hub.client.readContract({
      address: hub.accessManager,
      abi: accessManagerAbi,
      functionName: "hasRole",
      args: [ADMIN_ROLE, thief.address],
    });
    return { succeeded: isAdmin, loss: await holdingsOf(network, [thief.address]) };
  });
}

const attack = {
  class: "A17",
  name: "entries of every kind and shape point at the administrator's powers",
  direction: "alpha → hub",
  path: "both",
} as const;
attackTest({ ...attack, defence: "on", run: () => sayEverything(guarded) });
attackTest({
  ...attack,
  defence: { off: "a clearing house with a kind of entry that grants roles" },
  run: () => sayEverything(unguarded),
});
