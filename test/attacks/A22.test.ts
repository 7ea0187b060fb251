/** A22: what waited for the end of a pause, and an end that comes too early. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { NETWORK } from "@weighlock/devnet/spec.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { afterAll, beforeAll, expect } from "vitest";
import { harness } from "./support/artifacts.ts";
import { releaseEntry } from "./support/entries.ts";
import { ONE, tokensOf } from "./support/holdings.ts";
import { forceWindow, fundDeeply, retryAll } from "./support/liars.ts";
import { type AttackNetwork, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { councilDoes, pass, pauserDoes, refusalBy, Scope, signReconciliation, stateOf } from "./support/roles.ts";
import { attestByNetwork, type Ends, forged } from "./support/words.ts";

const cleanup = createCleanup();
const A_DAY = 86_400n;
/** Large: it waits an hour. */
const AMOUNT = 1_500n * ONE;
let guarded: AttackNetwork;
/** The council's word is enough. */
let careless: AttackNetwork;
/** Clocks run on. */
let restless: AttackNetwork;
/** A pause may end while somebody's word is in quarantine. */
let unquarantined: AttackNetwork;

beforeAll(async () => {
  const start = (replaced: NonNullable<Parameters<typeof startNetwork>[0]["replaced"]>) =>
    startNetwork({ cleanup, spec: NETWORK, replaced });
  [guarded, careless, restless, unquarantined] = await Promise.all([
    start({}),
    start({ alpha: { PauseController: harness("CarelessPauseController") } }),
    start({ alpha: { Gateway: harness("RestlessGateway") } }),
    start({ alpha: { Gateway: harness("UnquarantinedGateway"), PauseController: harness("CarelessPauseController") } }),
  ]);
  await Promise.all([guarded, careless, restless, unquarantined].map(fundDeeply));
});
afterAll(() => cleanup.run());

const outOf = ({ hub, alpha }: AttackNetwork): Ends => ({ src: hub, dst: alpha });

/** Verifiers and watchers have forged a large release; it waits, and the lane is paused. */
async function forgeLarge(network: AttackNetwork): Promise<DevAccount> {
  const { hub, alpha } = network;
  const thief = await network.newAccount();
  const entry = releaseEntry({ eid: alpha.eid, owner: thief.address, amount: AMOUNT });
  const { refusal } = await forceWindow(network, outOf(network), [entry], thief);
  expect(refusal, "two paths execute what they like").toBeUndefined();
  await pauserDoes(network, { ...controllerOf(network), functionName: "pause", args: [Scope.In, hub.eid] });
  return thief;
}

function controllerOf({ alpha }: AttackNetwork) {
  return { chain: alpha, address: alpha.pauseController, abi: pauseControllerAbi } as const;
}

/** Blocks as well as seconds must pass. */
async function waitOut(network: AttackNetwork, seconds: bigint): Promise<void> {
  await network.alpha.client.mine({ blocks: Number(NETWORK.largeBlocks) });
  await pass(network.alpha, seconds);
}

/** The council is hurried: it ends the pause on its own word, and on signatures that no monitor has made. */
function resumeUnseen(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { hub, alpha } = network;
    const thief = await forgeLarge(network);
    const at = controllerOf(network);
    await councilDoes(network, { ...at, functionName: "proposeResume", args: [Scope.In, hub.eid] });
    await waitOut(network, BigInt(NETWORK.resumeDelay));
    const found = await stateOf({ dst: alpha, src: hub, scope: Scope.In });
    // Honest monitors refuse: the executed head is no sealed head of the hub.
    const signatures = await signReconciliation(network, alpha, found, [
      await network.newAccount(),
      await network.newAccount(),
    ]);
    const args = [Scope.In, hub.eid, found, signatures] as const;
    await refusalBy(() => councilDoes(network, { ...at, functionName: "resume", args }));
    await waitOut(network, NETWORK.largeWait);
    await retryAll(alpha, thief);
    const loss = await tokensOf(alpha, thief.address);
    return { succeeded: loss > 0n, loss };
  });
}

/** The pause ends by itself after a day; what waited an hour when it began is tried in the next second. */
function outlastPause(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { alpha } = network;
    const thief = await forgeLarge(network);
    await waitOut(network, A_DAY);
    await retryAll(alpha, thief);
    const loss = await tokensOf(alpha, thief.address);
    return { succeeded: loss > 0n, loss };
  });
}

/** One path has said what is not so, and waits for the pause to end. Succeeds where the lane runs with it. */
function outlastQuarantine(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { hub, alpha } = network;
    const thief = await network.newAccount();
    const ends = outOf(network);
    const commitment = await forged(ends, [releaseEntry({ eid: alpha.eid, owner: thief.address, amount: AMOUNT })]);
    await attestByNetwork(network, ends, commitment);
    const at = controllerOf(network);
    await pauserDoes(network, {
      ...at,
      functionName: "quarantine",
      args: [hub.eid, 0, commitment.count, commitment.head],
    });
    await waitOut(network, 30n * A_DAY);
    await councilDoes(network, { ...at, functionName: "proposeResume", args: [Scope.In, hub.eid] });
    await pass(alpha, BigInt(NETWORK.resumeDelay));
    const found = await stateOf({ dst: alpha, src: hub, scope: Scope.In });
    const args = [Scope.In, hub.eid, found, await signReconciliation(network, alpha, found)] as const;
    await refusalBy(() => councilDoes(network, { ...at, functionName: "resume", args }));
    const isFlowing = await alpha.client.readContract({
      address: alpha.gateway,
      abi: gatewayAbi,
      functionName: "isFlowing",
      args: [hub.eid],
    });
    return { succeeded: isFlowing, loss: await tokensOf(alpha, thief.address) };
  });
}

const OUT = { class: "A22", direction: "hub → alpha", path: "both" } as const;
const UNSEEN = { ...OUT, name: "a paused lane with a forged large release is resumed on the council's word alone" };
attackTest({ ...UNSEEN, defence: "on", run: () => resumeUnseen(guarded) });
attackTest({
  ...UNSEEN,
  defence: { off: "a pause controller that wants no reconciliation" },
  run: () => resumeUnseen(careless),
});
const OUTLAST = { ...OUT, name: "a forged large release waits out a pause" };
attackTest({ ...OUTLAST, defence: "on", run: () => outlastPause(guarded) });
attackTest({ ...OUTLAST, defence: { off: "a lane's clock that runs on" }, run: () => outlastPause(restless) });
const QUARANTINED = { ...OUT, path: "layerzero", name: "a false word in quarantine waits for the pause to end" };
attackTest({ ...QUARANTINED, defence: "on", run: () => outlastQuarantine(guarded) });
attackTest({
  ...QUARANTINED,
  defence: { off: "a pause that may end over a quarantine" },
  run: () => outlastQuarantine(unquarantined),
});
