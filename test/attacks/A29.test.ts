/** A29: a window that can't be executed, or is executed in a way that nobody wanted. */

import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { afterAll, beforeAll } from "vitest";
import { harness } from "./support/artifacts.ts";
import { attest, carry, execution } from "./support/carry.ts";
import { fundVaults } from "./support/fixture.ts";
import { holdingsOf, ONE } from "./support/holdings.ts";
import { fickleToken, Mood, replaceToken } from "./support/hostile.ts";
import { type AttackNetwork, refusalOf, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { parksOf, releaseMany, type Wish, withdrawCall } from "./support/releases.ts";
import type { Ends } from "./support/words.ts";

const cleanup = createCleanup();
const WINDOW = 128;
/** What a full window may cost at most. */
const WORST = 14_000_000n;
let guarded: AttackNetwork;
/** Alpha's vault pushes without an allowance, beta's without a gas floor. */
let unguarded: AttackNetwork;

beforeAll(async () => {
  [guarded, unguarded] = await Promise.all([
    startNetwork({ cleanup }),
    startNetwork({
      cleanup,
      replaced: {
        alpha: { CollateralVault: harness("UnboundedVault") },
        beta: { CollateralVault: harness("FloorlessVault") },
      },
    }),
  ]);
  await Promise.all([fundVaults(guarded), fundVaults(unguarded)]);
});
afterAll(() => cleanup.run());

function traderOf({ keys }: AttackNetwork): DevAccount {
  const [trader] = keys.traders;
  if (trader === undefined) throw new RangeError("the network has no trader");
  return trader;
}

function newPayees(count: number): Wish[] {
  return Array.from({ length: count }, () => ({ recipient: privateKeyToAddress(generatePrivateKey()), amount: ONE }));
}

/** A full window to addresses that are all new, each payment of which uses what the token is given and fails. */
function eatAllowances(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { alpha, hub } = network;
    const ends: Ends = { src: hub, dst: alpha };
    const token = await fickleToken(network, alpha);
    await send({ ...token, functionName: "setMood", args: [Mood.BurnsGas] });
    const wishes = newPayees(WINDOW);
    await releaseMany(network, traderOf(network), alpha, wishes);
    const pending = await attest(network, ends);
    const refusal = await refusalOf({ ...execution(ends, pending, network.keys.relayer), gas: WORST });
    const parks = await parksOf(alpha);
    const payees = wishes.map(({ recipient }) => recipient);
    return {
      succeeded: refusal !== undefined || parks.length !== WINDOW,
      loss: await holdingsOf(network, payees),
    };
  });
}

/** The least gas with which a stranger's call goes through: does it park what could be paid? */
function starve(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { beta, hub } = network;
    const ends: Ends = { src: hub, dst: beta };
    const stranger = await network.newAccount();
    await replaceToken({ network, vault: beta, artifact: harness("ThirstyToken"), args: ["USDC", 18] });
    const [wish] = newPayees(1);
    if (wish === undefined) throw new RangeError("nobody to pay");
    await releaseMany(network, traderOf(network), beta, [wish]);
    const call = execution(ends, await attest(network, ends), stranger);
    let [refused, enough] = [30_000n, WORST];
    while (enough - refused > 100n) {
      const gas = (refused + enough) / 2n;
      const refusal = await network.rehearse(() => refusalOf({ ...call, gas }));
      if (refusal === undefined) enough = gas;
      else refused = gas;
    }
    await send({ ...call, gas: enough });
    const paid = await holdingsOf(network, [wish.recipient]);
    return { succeeded: paid !== ONE, loss: ONE - paid };
  });
}

/** Before our call for two windows is mined, a stranger executes the first; then all is paid, and once. */
function race(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { alpha, hub } = network;
    const ends: Ends = { src: hub, dst: alpha };
    const stranger = await network.newAccount();
    const payee = privateKeyToAddress(generatePrivateKey());
    const wish = { recipient: payee, amount: ONE };
    await send(withdrawCall(network, traderOf(network), alpha, wish));
    const theirs = execution(ends, await attest(network, ends), stranger);
    await send(withdrawCall(network, traderOf(network), alpha, wish));
    const ours = execution(ends, await attest(network, ends), network.keys.relayer);
    await send(theirs);
    await refusalOf(ours);
    await carry(network, ends);
    const loss = (await holdingsOf(network, [payee])) - 2n * ONE;
    return { succeeded: loss !== 0n, loss };
  });
}

const FULL = {
  class: "A29",
  name: `${WINDOW} payments to new recipients, each of which eats its allowance and parks`,
  direction: "hub → alpha",
  path: "none",
} as const;
attackTest({ ...FULL, defence: "on", run: () => eatAllowances(guarded) });
attackTest({
  ...FULL,
  defence: { off: "a vault whose pushes have no allowance" },
  run: () => eatAllowances(unguarded),
});

const STARVED = {
  class: "A29",
  name: "a stranger executes with the least gas that goes through, to park what could be paid",
  direction: "hub → beta",
  path: "none",
} as const;
attackTest({ ...STARVED, defence: "on", run: () => starve(guarded) });
attackTest({ ...STARVED, defence: { off: "a vault without a gas floor" }, run: () => starve(unguarded) });

attackTest({
  class: "A29",
  name: "a stranger executes one of two windows while our call for both is on its way",
  direction: "hub → alpha",
  path: "none",
  defence: "on",
  run: () => race(guarded),
});
