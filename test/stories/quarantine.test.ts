/** A pauser puts an honest word into quarantine: a false alarm, which the council clears on the monitors' word. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { attest, execution } from "../attacks/support/carry.ts";
import { depositAs, fundVaults } from "../attacks/support/fixture.ts";
import { ONE } from "../attacks/support/holdings.ts";
import { type AttackNetwork, refusalOf, send, startNetwork } from "../attacks/support/network.ts";
import {
  councilDoes,
  guardianDoes,
  pass,
  pauserDoes,
  reconcile,
  refusalBy,
  resume,
  Scope,
  signReconciliation,
} from "../attacks/support/roles.ts";
import { balancesOf, bystanders, expectAlive, fundBystanders, residualOf } from "../attacks/support/story.ts";
import { type Ends, truth } from "../attacks/support/words.ts";

const cleanup = createCleanup();
const A_WEEK = 604_800n;
let network: AttackNetwork;

beforeAll(async () => {
  network = await startNetwork({ cleanup });
  await fundVaults(network);
  await fundBystanders(network);
});
afterAll(() => cleanup.run());

test("a quarantine holds the pause past its day, and ends by the council, the guardians and the monitors together", async () => {
  const { alpha, hub, keys } = network;
  const ends: Ends = { src: alpha, dst: hub };
  const [trader] = keys.traders;
  if (trader === undefined) throw new RangeError("the network has no trader");
  const untouched = await balancesOf(network, bystanders(network));
  await depositAs({ trader, vault: alpha, amount: ONE });
  const pending = await attest(network, ends);
  const { count, head } = await truth(ends);
  const controller = { chain: hub, address: hub.pauseController, abi: pauseControllerAbi } as const;

  // The pauser: quarantine. A week later it still holds.
  const { blockNumber: stopped } = await pauserDoes(network, {
    ...controller,
    functionName: "quarantine",
    args: [alpha.eid, 0, count, head],
  });
  await pass(hub, A_WEEK);
  expect(await refusalOf(execution(ends, pending, keys.relayer))).toBe("LaneIsPaused");

  // The council proposes; a guardian says no, once.
  const propose = { ...controller, functionName: "proposeResume", args: [Scope.In, alpha.eid] } as const;
  await councilDoes(network, propose);
  await guardianDoes(network, { ...controller, functionName: "vetoResume", args: [Scope.In, alpha.eid] });
  const delay = await hub.client.readContract({ ...controller, functionName: "resumeDelay" });
  await pass(hub, delay);
  const found = await reconcile({ dst: hub, src: alpha, scope: Scope.In });
  const signatures = await signReconciliation(network, hub, found);
  const end = { ...controller, functionName: "resume", args: [Scope.In, alpha.eid, found, signatures] } as const;
  expect(await refusalBy(() => councilDoes(network, end))).toBe("ResumeNotProposed");

  // It proposes again, and forgets the quarantine.
  await councilDoes(network, propose);
  await pass(hub, delay);
  const fresh = await reconcile({ dst: hub, src: alpha, scope: Scope.In });
  const again = [Scope.In, alpha.eid, fresh, await signReconciliation(network, hub, fresh)] as const;
  expect(await refusalBy(() => councilDoes(network, { ...end, args: again }))).toBe("QuarantineNotEmpty");

  // The council: lift-quarantine, propose-resume, six hours, resume.
  await councilDoes(network, { ...controller, functionName: "liftQuarantine", args: [alpha.eid, 0, count] });
  await resume(network, { dst: hub, src: alpha, scope: Scope.In });
  const resumed = await hub.client.getBlockNumber();
  await send(execution(ends, pending, keys.relayer));

  await expectAlive(network);
  expect(await residualOf(network)).toBe(0n);
  expect(await balancesOf(network, bystanders(network))).toEqual(untouched);
  expect(
    await hub.client.readContract({
      address: hub.gateway,
      abi: gatewayAbi,
      functionName: "quarantined",
      args: [alpha.eid],
    }),
  ).toBe(0n);
  expect(Number(resumed - stopped), "blocks, of which the waits are one each").toBeLessThanOrEqual(14);
});
