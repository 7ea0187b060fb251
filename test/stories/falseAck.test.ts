/** One path acknowledges what was never said: nothing more is posted to that peer, until the path is ended. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { keccak256, toHex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { depositAs, fundVaults } from "../attacks/support/fixture.ts";
import { ONE } from "../attacks/support/holdings.ts";
import { haltOf } from "../attacks/support/liars.ts";
import { type AttackNetwork, refusalOf, startNetwork } from "../attacks/support/network.ts";
import { withdrawCall } from "../attacks/support/releases.ts";
import { guardianDoes, resume, Scope } from "../attacks/support/roles.ts";
import { balancesOf, bystanders, expectAlive, fundBystanders, residualOf } from "../attacks/support/story.ts";
import { addThirdPaths, carryBy, THIRD_PATH, type ThirdPaths } from "../attacks/support/thirdPath.ts";
import { attestByWatchers, type Ends, truth } from "../attacks/support/words.ts";

const cleanup = createCleanup();
const FALSE_ACK = 3;
const [LAYER_ZERO, WATCHERS] = [0, 1];
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
  return carryBy(network, third, ends, [LAYER_ZERO, THIRD_PATH]);
}

test("a false acknowledgement stops value to that peer; the path is ended, and the lane goes on", async () => {
  const { alpha, hub, keys } = network;
  const ends: Ends = { src: alpha, dst: hub };
  const [trader] = keys.traders;
  if (trader === undefined) throw new RangeError("the network has no trader");
  const untouched = await balancesOf(network, bystanders(network));

  // Attack: threshold watchers say that alpha has executed what the hub never sealed.
  const honest = await truth(ends);
  const lie = { ...honest, ackCount: honest.ackCount + 5n, ackHead: keccak256(toHex("never sealed")) };
  const { blockNumber: halted } = await attestByWatchers(network, ends, lie);
  expect(await haltOf(hub, alpha.eid)).toBe(FALSE_ACK);
  const withdrawal = withdrawCall(network, trader, alpha, { recipient: trader.address, amount: ONE });
  expect(await refusalOf(withdrawal)).toBe("LaneIsHalted");
  // The other vault's lane is not stopped.
  expect(
    await refusalOf(withdrawCall(network, trader, network.beta, { recipient: trader.address, amount: ONE })),
  ).toBeUndefined();
  await bring({ src: hub, dst: network.beta });

  await guardianDoes(network, {
    chain: hub,
    address: hub.gateway,
    abi: gatewayAbi,
    functionName: "disablePath",
    args: [alpha.eid, WATCHERS],
  });
  await resume(network, { dst: hub, src: alpha, scope: Scope.Halt });
  const resumed = await hub.client.getBlockNumber();

  await depositAs({ trader, vault: alpha, amount: ONE });
  await bring(ends);
  await expectAlive(network, bring);
  expect(await residualOf(network)).toBe(0n);
  expect(await balancesOf(network, bystanders(network))).toEqual(untouched);
  expect(Number(resumed - halted), "blocks from the halt to the resumption").toBeLessThanOrEqual(10);
});
