/**
 * Two paths are owned and say that a vault gives back what was never released to it. The hub asks its own log: nothing is
 * credited, the lane is halted there in that transaction, no monitor ever signs for it, and it is closed.
 */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { NETWORK } from "@weighlock/devnet/spec.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { carry } from "../attacks/support/carry.ts";
import { releaseEntry } from "../attacks/support/entries.ts";
import { depositAs, fundVaults } from "../attacks/support/fixture.ts";
import { holdingsOf, ledgerOf, ONE } from "../attacks/support/holdings.ts";
import { forceWindow, haltOf } from "../attacks/support/liars.ts";
import { type AttackNetwork, refusalOf, send, startNetwork } from "../attacks/support/network.ts";
import { withdrawCall } from "../attacks/support/releases.ts";
import { returnedOf, settleAll } from "../attacks/support/returns.ts";
import { councilDoes, guardianDoes, pass, reconcile, Scope } from "../attacks/support/roles.ts";
import { balancesOf, bystanders, fundBystanders, residualOf } from "../attacks/support/story.ts";
import type { Ends } from "../attacks/support/words.ts";

const cleanup = createCleanup();
const [FALSE_RETURN, CLOSED] = [2, 4];
let network: AttackNetwork;

beforeAll(async () => {
  network = await startNetwork({ cleanup, spec: NETWORK });
  await fundVaults(network);
  await fundBystanders(network);
});
afterAll(() => cleanup.run());

test("a return of what was never released: halted by the hub's own log, never credited, closed", async () => {
  const { alpha, beta, hub, keys } = network;
  const [trader] = keys.traders;
  if (trader === undefined) throw new RangeError("the network has no trader");
  const ends: Ends = { src: alpha, dst: hub };
  const thief = await network.newAccount();
  const untouched = await balancesOf(network, [...bystanders(network), trader.address]);

  // Attack: verifiers and watchers sign a Returned of a release beyond all that the hub has posted.
  const never = releaseEntry({ eid: alpha.eid, owner: thief.address, amount: 500n * ONE });
  const forgery = returnedOf(never, 1_000_000n);
  const { blockNumber: shown, refusal } = await forceWindow(network, ends, [forgery], thief);
  expect(refusal, "two paths execute what they like").toBeUndefined();
  expect(await ledgerOf(network, thief.address), "a Returned has no money in it").toBe(0n);

  // Halt: anybody settles it.
  await settleAll(network);
  const halted = await hub.client.getBlockNumber();
  expect(await haltOf(hub, alpha.eid)).toBe(FALSE_RETURN);
  expect(Number(halted - shown), "blocks from the lie to the halt").toBeLessThanOrEqual(6);
  expect(await holdingsOf(network, [thief.address])).toBe(0n);

  // What comes in is halted; the guardian stops what goes out, of this vault alone.
  await guardianDoes(network, {
    chain: hub,
    address: hub.pauseController,
    abi: pauseControllerAbi,
    functionName: "freeze",
    args: [Scope.Out, alpha.eid],
  });
  const withdrawal = withdrawCall(network, trader, alpha, { recipient: trader.address, amount: ONE });
  expect(await refusalOf(withdrawal)).toBe("LaneIsPaused");
  expect(await balancesOf(network, [...bystanders(network), trader.address])).toEqual(untouched);

  // The executed log is not alpha's: no monitor signs, however long the council waits.
  const controller = { chain: hub, address: hub.pauseController, abi: pauseControllerAbi } as const;
  await councilDoes(network, { ...controller, functionName: "proposeResume", args: [Scope.Halt, alpha.eid] });
  await pass(hub, BigInt(NETWORK.resumeDelay));
  await expect(reconcile({ dst: hub, src: alpha, scope: Scope.Halt })).rejects.toThrow("what alpha never sealed");

  for (const [chain, eid] of [
    [hub, alpha.eid],
    [alpha, hub.eid],
  ] as const) {
    const close = { chain, address: chain.gateway, abi: gatewayAbi, functionName: "closeLane", args: [eid] } as const;
    await councilDoes(network, close);
    expect(await haltOf(chain, eid)).toBe(CLOSED);
  }
  await expect(depositAs({ trader, vault: alpha, amount: ONE })).rejects.toThrow();
  expect(await residualOf(network), "every unit is where it was").toBe(0n);
  expect(await balancesOf(network, [...bystanders(network), trader.address])).toEqual(untouched);

  // The other vault's lane is as it was.
  await send(withdrawCall(network, trader, beta, { recipient: trader.address, amount: ONE }));
  await carry(network, { src: hub, dst: beta });
  expect(await haltOf(hub, beta.eid)).toBe(0);
});
