/** A26: a pauser's key in wrong hands, and dust. */

import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { erc20Abi } from "viem";
import { afterAll, beforeAll } from "vitest";
import { attest, carry } from "./support/carry.ts";
import { DEPOSITED, depositAs, fundVaults } from "./support/fixture.ts";
import { USDC } from "./support/holdings.ts";
import { type AttackNetwork, refusalOf, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { councilDoes, guardianDoes, pass, resume, Scope } from "./support/roles.ts";
import { WIDE } from "./support/spec.ts";
import { type Ends, truth } from "./support/words.ts";

const cleanup = createCleanup();
const A_DAY = 86_400n;
let network: AttackNetwork;
/** A deposit of one unit is enough. */
let petty: AttackNetwork;

beforeAll(async () => {
  [network, petty] = await Promise.all([
    startNetwork({ cleanup }),
    startNetwork({ cleanup, spec: { ...WIDE, assets: WIDE.assets.map((each) => ({ ...each, minDeposit: 1n })) } }),
  ]);
  await Promise.all([fundVaults(network), fundVaults(petty)]);
});
afterAll(() => cleanup.run());

/**
 * The key pauses the lane whenever the last pause ends, and puts honest words into quarantine. Succeeds where a deposit is not
 * credited within a week and a day.
 */
function stopForGood(isRemoved: boolean): Promise<Outcome> {
  return network.rehearse(async () => {
    const { alpha, hub, keys } = network;
    const ends: Ends = { src: alpha, dst: hub };
    const [trader] = keys.traders;
    if (trader === undefined) throw new RangeError("the network has no trader");
    await depositAs({ trader, vault: alpha, amount: DEPOSITED });
    await attest(network, ends);
    const { count, head } = await truth(ends);
    const controller = { chain: hub, address: hub.pauseController, abi: pauseControllerAbi } as const;
    const harass = async () => {
      await refusalOf({ ...controller, from: keys.pauser, functionName: "pause", args: [Scope.In, alpha.eid] });
      await refusalOf({
        ...controller,
        from: keys.pauser,
        functionName: "quarantine",
        args: [alpha.eid, 0, count, head],
      });
    };
    await harass();
    if (isRemoved) {
      await guardianDoes(network, { ...controller, functionName: "removeKey", args: [keys.pauser.address] });
      await councilDoes(network, { ...controller, functionName: "liftQuarantine", args: [alpha.eid, 0, count] });
      await resume(network, { dst: hub, src: alpha, scope: Scope.In });
    }
    for (let day = 0; day < 8; ++day) {
      await pass(hub, A_DAY);
      await harass();
    }
    await carry(network, ends).catch(() => undefined);
    const [executed] = await hub.client.readContract({
      address: hub.gateway,
      abi: gatewayAbi,
      functionName: "inbox",
      args: [alpha.eid],
    });
    return { succeeded: executed < count, loss: 0n };
  });
}

/** Deposits of one unit each, by the thousand if it is worth it. Succeeds where one is taken. */
function dust(on: AttackNetwork): Promise<Outcome> {
  return on.rehearse(async () => {
    const { alpha, keys } = on;
    const [trader] = keys.traders;
    const token = alpha.assets.find(({ id }) => id === USDC)?.token;
    if (trader === undefined || !token) throw new RangeError("the network has no trader or token");
    const by = { chain: alpha, from: trader } as const;
    await send({ ...by, address: token, abi: erc20Abi, functionName: "approve", args: [alpha.vault, 1n] });
    const refusal = await refusalOf({
      ...by,
      address: alpha.vault,
      abi: collateralVaultAbi,
      functionName: "deposit",
      args: [USDC, 1n, trader.address, 0n, trader.address, false],
    });
    return { succeeded: refusal === undefined, loss: 0n };
  });
}

const PAUSER = {
  class: "A26",
  name: "a pauser's key stops an honest lane, again and again",
  direction: "alpha → hub",
  path: "none",
} as const;
attackTest({ ...PAUSER, defence: "on", run: () => stopForGood(true) });
attackTest({ ...PAUSER, defence: { off: "no guardian who takes the key out" }, run: () => stopForGood(false) });
const DUST = { class: "A26", name: "a deposit of one unit", direction: "alpha → hub", path: "none" } as const;
attackTest({ ...DUST, defence: "on", run: () => dust(network) });
attackTest({ ...DUST, defence: { off: "no minimum" }, run: () => dust(petty) });
