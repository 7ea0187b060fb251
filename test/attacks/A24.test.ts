/** A24: the keys of the council; what its delay and the guardian's veto are for. */

import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { NETWORK } from "@weighlock/devnet/spec.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { encodeFunctionData } from "viem";
import { afterAll, beforeAll, expect } from "vitest";
import { releaseEntry } from "./support/entries.ts";
import { tokensOf, USDC } from "./support/holdings.ts";
import { DEEP, forceWindow, fundDeeply, retryAll, TO_PAUSE, vaultBound } from "./support/liars.ts";
import { type AttackNetwork, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { councilSchedules, guardianCancels, pass } from "./support/roles.ts";

const cleanup = createCleanup();
let guarded: AttackNetwork;
/** The council waits for nothing. */
let hasty: AttackNetwork;

beforeAll(async () => {
  [guarded, hasty] = await Promise.all([
    startNetwork({ cleanup, spec: NETWORK }),
    startNetwork({ cleanup, spec: { ...NETWORK, councilDelay: 0 } }),
  ]);
  await Promise.all([fundDeeply(guarded), fundDeeply(hasty)]);
});
afterAll(() => cleanup.run());

/** With the council's keys the limits are raised to all there is; with two paths owned as well, all is released. */
function raiseLimits(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { hub, alpha } = network;
    const thief = await network.newAccount();
    const current = await alpha.client.readContract({
      address: alpha.vault,
      abi: collateralVaultAbi,
      functionName: "rulesOf",
      args: [USDC],
    });
    const most = 10n ** 23n;
    const rules = { ...current, limit: { capacity: most, refill: 10n ** 18n, large: most, share: 100 } };
    const call = {
      chain: alpha,
      address: alpha.vault,
      abi: collateralVaultAbi,
      functionName: "loosenAsset",
      args: [USDC, rules],
    } as const;
    const data = encodeFunctionData(call);
    // A guardian who reads what was scheduled says no; it needs time for that.
    const { timestamp } = await alpha.client.getBlock();
    const raised = await councilSchedules(network, call, async () => {
      const { timestamp: scheduledAt } = await alpha.client.getBlock();
      if (network === hasty) return;
      expect(scheduledAt - timestamp).toBeLessThan(TO_PAUSE);
      await guardianCancels(network, { chain: alpha, address: alpha.vault, data });
    }).then(
      () => true,
      () => false,
    );
    const forgery = releaseEntry({ eid: alpha.eid, owner: thief.address, amount: DEEP });
    await forceWindow(network, { src: hub, dst: alpha }, [forgery], thief);
    await pass(alpha, TO_PAUSE);
    await retryAll(alpha, thief);
    const [loss, bound] = [await tokensOf(alpha, thief.address), vaultBound(TO_PAUSE)];
    return { succeeded: raised && loss > bound, loss, bound };
  });
}

const attack = {
  class: "A24",
  name: "the council's keys raise a vault's limits before verifiers and watchers forge",
  direction: "hub → alpha",
  path: "both",
} as const;
attackTest({ ...attack, defence: "on", run: () => raiseLimits(guarded) });
attackTest({ ...attack, defence: { off: "a council without a delay" }, run: () => raiseLimits(hasty) });
