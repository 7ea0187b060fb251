/** A25: a withdrawal turned to another's profit, or made twice. */

import type { SignedWithdrawal } from "@weighlock/core/withdrawal.ts";
import { signWithdrawal } from "@weighlock/core/withdrawal.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll } from "vitest";
import { harness } from "./support/artifacts.ts";
import { inOneBlock } from "./support/block.ts";
import { carry } from "./support/carry.ts";
import { DEPOSITED, depositAs, fundVaults } from "./support/fixture.ts";
import { holdingsOf, ledgerOf, ONE, USDC } from "./support/holdings.ts";
import { type AttackNetwork, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { batchCall, signed, withdrawCall } from "./support/releases.ts";
import { balanceSlot, patch } from "./support/storage.ts";

const cleanup = createCleanup();
const AMOUNT = 100n * ONE;
let guarded: AttackNetwork;
let unsigned: AttackNetwork;
let replayable: AttackNetwork;

beforeAll(async () => {
  const start = (name?: string) =>
    startNetwork({ cleanup, ...(name !== undefined && { replaced: { hub: { ClearingHouse: harness(name) } } }) });
  [guarded, unsigned, replayable] = await Promise.all([
    start(),
    start("UnsignedClearingHouse"),
    start("ReplayableClearingHouse"),
  ]);
  await Promise.all([guarded, unsigned, replayable].map(fundVaults));
});
afterAll(() => cleanup.run());

function ownerOf({ keys }: AttackNetwork): DevAccount {
  const [owner] = keys.traders;
  if (owner === undefined) throw new RangeError("the network has no trader");
  return owner;
}

async function carryOut(network: AttackNetwork): Promise<void> {
  await carry(network, { src: network.hub, dst: network.alpha });
  await carry(network, { src: network.hub, dst: network.beta });
}

type Changed = Partial<SignedWithdrawal["withdrawal"]>;

/** What an owner signed, with one field changed by whoever brings it. What changes hands against the owner's word is lost. */
function change(network: AttackNetwork, change: (thief: DevAccount) => Changed): Promise<Outcome> {
  return network.rehearse(async () => {
    const owner = ownerOf(network);
    const thief = await network.newAccount();
    const item = await signed(network, owner, network.alpha, { recipient: owner.address, amount: AMOUNT, nonce: 1n });
    const before = await ledgerOf(network, owner.address);
    const changed = { ...item, withdrawal: { ...item.withdrawal, ...change(thief) } };
    await send(batchCall(network, thief, [changed]));
    await carryOut(network);
    return {
      succeeded: (await ledgerOf(network, owner.address)) !== before,
      loss: await holdingsOf(network, [thief.address]),
    };
  });
}

/** The fee is what the operator takes beside the amount: more of it than was signed. */
function takeMore(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const owner = ownerOf(network);
    const thief = await network.newAccount();
    const item = await signed(network, owner, network.alpha, { recipient: owner.address, amount: AMOUNT, nonce: 1n });
    const greedy = { ...item, fee: AMOUNT, withdrawal: { ...item.withdrawal, maxFee: AMOUNT } };
    await send(batchCall(network, thief, [{ ...item, fee: AMOUNT }, greedy]));
    const loss = await holdingsOf(network, [thief.address]);
    return { succeeded: loss > 0n, loss };
  });
}

/** A payee, paid once by a signature, brings it again: in the same batch, and in another. */
function bringTwice(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const payee = await network.newAccount();
    const wish = { recipient: payee.address, amount: AMOUNT, nonce: 1n };
    const item = await signed(network, ownerOf(network), network.alpha, wish);
    await send(batchCall(network, payee, [item, item]));
    await send(batchCall(network, payee, [item]));
    await carryOut(network);
    const loss = (await holdingsOf(network, [payee.address])) - AMOUNT;
    return { succeeded: loss > 0n, loss };
  });
}

/** One payment, signed for either vault under one nonce; the payee brings both in one block. */
function bringBoth(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const payee = await network.newAccount();
    const wish = { recipient: payee.address, amount: AMOUNT, nonce: 1n };
    const items = await Promise.all(
      [network.alpha, network.beta].map((vault) => signed(network, ownerOf(network), vault, wish)),
    );
    await inOneBlock({ chain: network.hub, calls: items.map((item) => batchCall(network, payee, [item])) });
    await carryOut(network);
    const loss = (await holdingsOf(network, [payee.address])) - AMOUNT;
    return { succeeded: loss > 0n, loss };
  });
}

/** A signature for the hub of another deployment, and one for another chain with this hub's address. */
function bringFromElsewhere(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const owner = ownerOf(network);
    const payee = await network.newAccount();
    const { hub, alpha } = network;
    const wish = { recipient: payee.address, amount: AMOUNT, nonce: 1n };
    const { withdrawal } = await signed(network, owner, alpha, wish);
    const account = privateKeyToAccount(owner.privateKey);
    const elsewhere = [
      { chainId: hub.chainId, clearingHouse: hub.gateway },
      { chainId: alpha.chainId, clearingHouse: hub.clearingHouse },
    ];
    const signatures = await Promise.all(elsewhere.map((at) => signWithdrawal({ at, withdrawal, account })));
    const items = signatures.map((signature) => ({ withdrawal, fee: 0n, signature }));
    await send(batchCall(network, payee, items));
    await carryOut(network);
    const loss = await holdingsOf(network, [payee.address]);
    return { succeeded: loss > 0n, loss };
  });
}

/** All that a thief deposited leaves by both vaults, which both have enough: two transactions of one block. */
function withdrawTwice(network: AttackNetwork, between?: (thief: DevAccount) => Promise<void>): Promise<Outcome> {
  return network.rehearse(async () => {
    const [, thief] = network.keys.traders;
    if (thief === undefined) throw new RangeError("the network has too few traders");
    const before = await holdingsOf(network, [thief.address]);
    await depositAs({ trader: thief, vault: network.alpha, amount: DEPOSITED });
    await carry(network, { src: network.alpha, dst: network.hub });
    const calls = [network.alpha, network.beta].map((vault) =>
      withdrawCall(network, thief, vault, { recipient: thief.address, amount: DEPOSITED }),
    );
    await inOneBlock({ chain: network.hub, calls, ...(between && { between: () => between(thief) }) });
    await carryOut(network);
    const loss = (await holdingsOf(network, [thief.address])) - before;
    return { succeeded: loss > 0n, loss };
  });
}

/** As if withdrawing did not debit. */
function forgetDebit({ hub }: AttackNetwork) {
  return ({ address }: DevAccount) =>
    patch({ client: hub.client, address: hub.clearingHouse, slot: balanceSlot(address, USDC), value: DEPOSITED });
}

const UNSIGNED = { off: "a clearing house that asks for no signature" };
const REPLAYABLE = { off: "a clearing house without nonces" };
const ON_ALPHA = { class: "A25", direction: "hub → alpha", path: "none" } as const;

const CHANGES = [
  ["recipient", (thief: DevAccount) => ({ recipient: thief.address })],
  ["amount", () => ({ amount: 2n * AMOUNT })],
  ["destination", () => ({ dstEid: guarded.beta.eid })],
] as const;
for (const [field, changed] of CHANGES) {
  const attack = { ...ON_ALPHA, name: `an operator changes the ${field} of what an owner signed` };
  attackTest({ ...attack, defence: "on", run: () => change(guarded, changed) });
  attackTest({ ...attack, defence: UNSIGNED, run: () => change(unsigned, changed) });
}

const MORE = { ...ON_ALPHA, name: "an operator takes a fee that nobody signed" };
attackTest({ ...MORE, defence: "on", run: () => takeMore(guarded) });
attackTest({ ...MORE, defence: UNSIGNED, run: () => takeMore(unsigned) });

const ELSEWHERE = { ...ON_ALPHA, name: "a payee brings what was signed for another hub" };
attackTest({ ...ELSEWHERE, defence: "on", run: () => bringFromElsewhere(guarded) });
attackTest({ ...ELSEWHERE, defence: UNSIGNED, run: () => bringFromElsewhere(unsigned) });

const TWICE = { ...ON_ALPHA, name: "a payee brings one signature three times" };
attackTest({ ...TWICE, defence: "on", run: () => bringTwice(guarded) });
attackTest({ ...TWICE, defence: REPLAYABLE, run: () => bringTwice(replayable) });

const TO_BOTH = { class: "A25", direction: "hub → alpha, beta", path: "none" } as const;
const BOTH = { ...TO_BOTH, name: "a payee brings two signatures of one nonce in one block" };
attackTest({ ...BOTH, defence: "on", run: () => bringBoth(guarded) });
attackTest({ ...BOTH, defence: REPLAYABLE, run: () => bringBoth(replayable) });

const SAME_MARGIN = { ...TO_BOTH, name: "an owner withdraws the same margin from both vaults at once" };
attackTest({ ...SAME_MARGIN, defence: "on", run: () => withdrawTwice(guarded) });
attackTest({
  ...SAME_MARGIN,
  defence: { off: "a ledger that forgets the debit between the two" },
  run: () => withdrawTwice(guarded, forgetDebit(guarded)),
});
