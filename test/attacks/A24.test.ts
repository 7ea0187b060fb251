/** A24: the keys of the council; what its delay and the guardian's veto are for. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { NETWORK } from "@weighlock/devnet/spec.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { ADMIN_ROLE, COUNCIL_ROLE, GUARDIAN_ROLE } from "@weighlock/devnet/weighlock/contracts.ts";
import { toFunctionSelector } from "viem";
import { afterAll, beforeAll } from "vitest";
import { releaseEntry } from "./support/entries.ts";
import { tokensOf, USDC } from "./support/holdings.ts";
import { DEEP, forceWindow, fundDeeply, retryAll, TO_PAUSE, vaultBound } from "./support/liars.ts";
import { type AttackNetwork, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { councilDoes, councilSchedules, guardianCancels, pass, refusalBy } from "./support/roles.ts";

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
    // A guardian who reads what was scheduled says no. Without a delay there is nothing to read.
    const raised =
      network === hasty
        ? await refusalBy(() => councilDoes(network, call))
        : await refusalBy(() => councilSchedules(network, call, () => guardianCancels(network, call)));
    const forgery = releaseEntry({ eid: alpha.eid, owner: thief.address, amount: DEEP });
    await forceWindow(network, { src: hub, dst: alpha }, [forgery], thief);
    await pass(alpha, TO_PAUSE);
    await retryAll(alpha, thief);
    const [loss, bound] = [await tokensOf(alpha, thief.address), vaultBound(TO_PAUSE)];
    return { succeeded: raised === undefined && loss > bound, loss, bound };
  });
}

/** With the council's keys the guardians lose their veto, so that nothing after it can be vetoed. */
function stripGuardian(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { alpha } = network;
    const call = {
      chain: alpha,
      address: alpha.accessManager,
      abi: accessManagerAbi,
      functionName: "setRoleGuardian",
      args: [COUNCIL_ROLE, ADMIN_ROLE],
    } as const;
    await refusalBy(() => councilSchedules(network, call, () => refusalBy(() => guardianCancels(network, call))));
    const guardian = await alpha.client.readContract({
      address: alpha.accessManager,
      abi: accessManagerAbi,
      functionName: "getRoleGuardian",
      args: [COUNCIL_ROLE],
    });
    return { succeeded: guardian !== GUARDIAN_ROLE, loss: 0n };
  });
}

/** As a deployment that left what changes the access manager to its admin alone. */
function stripUnnamed(): Promise<Outcome> {
  return guarded.rehearse(async () => {
    const { alpha } = guarded;
    const selectors = [toFunctionSelector("setRoleGuardian(uint64,uint64)")];
    await councilDoes(guarded, {
      chain: alpha,
      address: alpha.accessManager,
      abi: accessManagerAbi,
      functionName: "setTargetFunctionRole",
      args: [alpha.accessManager, selectors, ADMIN_ROLE],
    });
    return stripGuardian(guarded);
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
const STRIP = {
  class: "A24",
  name: "the council's keys take the guardians' veto away",
  direction: "any",
  path: "none",
} as const;
attackTest({ ...STRIP, defence: "on", run: () => stripGuardian(guarded) });
attackTest({
  ...STRIP,
  defence: { off: "what changes the access manager is its admin's alone" },
  run: () => stripUnnamed(),
});
