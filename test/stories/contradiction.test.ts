/** One path of three lies on a quiet lane, where nobody speaks of the same count: anybody shows it by the third one's word. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seal } from "../attacks/support/carry.ts";
import { depositEntry } from "../attacks/support/entries.ts";
import { depositAs, fundVaults } from "../attacks/support/fixture.ts";
import { holdingsOf, ONE } from "../attacks/support/holdings.ts";
import { contradictAt, haltOf } from "../attacks/support/liars.ts";
import { type AttackNetwork, refusalOf, startNetwork } from "../attacks/support/network.ts";
import { guardianDoes, resume, Scope } from "../attacks/support/roles.ts";
import { balancesOf, bystanders, expectAlive, fundBystanders, residualOf } from "../attacks/support/story.ts";
import { addThirdPaths, attestByThird, carryBy, THIRD_PATH, type ThirdPaths } from "../attacks/support/thirdPath.ts";
import { attestByNetwork, type Ends, forged, truth } from "../attacks/support/words.ts";

const cleanup = createCleanup();
const [LAYER_ZERO, WATCHERS] = [0, 1];
const CONTRADICTION = 1;
let network: AttackNetwork;
let third: ThirdPaths;

beforeAll(async () => {
  network = await startNetwork({ cleanup });
  third = await addThirdPaths(network);
  await fundVaults(network);
  await fundBystanders(network);
});
afterAll(() => cleanup.run());

/** As honest hands carry it without the owned path. */
function bring(ends: Ends): Promise<void> {
  return carryBy(network, third, ends, [WATCHERS, THIRD_PATH]);
}

test("a lie on a quiet lane: shown by anyone, its path ended by the guardian, resumed by the council", async () => {
  const { alpha, hub, keys } = network;
  const ends: Ends = { src: alpha, dst: hub };
  const [trader] = keys.traders;
  if (trader === undefined) throw new RangeError("the network has no trader");
  const thief = await network.newAccount();
  const untouched = await balancesOf(network, bystanders(network));

  // Attack: every verifier of the LayerZero path signs two deposits that never were, as one window.
  const lie = depositEntry({ eid: alpha.eid, owner: thief.address, amount: 500n * ONE });
  const commitment = await forged(ends, [lie, lie]);
  const { blockNumber: shown } = await attestByNetwork(network, ends, commitment);

  // The honest log jumps over the count that was lied about: three deposits, one window.
  for (let i = 0; i < 3; ++i) await depositAs({ trader, vault: alpha, amount: ONE });
  await seal(network, ends);
  await attestByThird(network, third, ends, await truth(ends));
  expect(await haltOf(hub, alpha.eid), "no two speak of one count").toBe(0);

  // Halt: weighlock contradict
  const halted = await contradictAt(network, ends, {
    path: THIRD_PATH,
    count: commitment.count,
    otherPath: LAYER_ZERO,
  });
  expect(await haltOf(hub, alpha.eid)).toBe(CONTRADICTION);
  expect(
    await refusalOf({
      chain: hub,
      from: keys.relayer,
      address: hub.gateway,
      abi: gatewayAbi,
      functionName: "execute",
      args: [alpha.eid, [commitment.count], [lie, lie], "0x", 1],
    }),
  ).toBe("LaneIsHalted");

  // The guardian: weighlock guardian disable-path. The council: propose-resume, six hours, resume.
  await guardianDoes(network, {
    chain: hub,
    address: hub.gateway,
    abi: gatewayAbi,
    functionName: "disablePath",
    args: [alpha.eid, LAYER_ZERO],
  });
  await resume(network, { dst: hub, src: alpha, scope: Scope.Halt });
  const resumed = await hub.client.getBlockNumber();

  // Recovery: the same gateways, vault and clearing house go on.
  await bring(ends);
  await expectAlive(network, async (each) => {
    // The other direction was never stopped, nor was its path.
    await bring(each);
  });
  expect(await holdingsOf(network, [thief.address])).toBe(0n);
  expect(await residualOf(network)).toBe(0n);
  expect(await balancesOf(network, bystanders(network))).toEqual(untouched);
  expect(Number(halted - shown), "blocks from the lie to the halt").toBeLessThanOrEqual(2);
  expect(
    Number(resumed - halted),
    "blocks from the halt to the resumption, of which the delay is one",
  ).toBeLessThanOrEqual(6);
});
