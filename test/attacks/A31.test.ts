/** A31: releases that are given back and paid, given back twice, or were never made. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layout } from "@weighlock/core/abi/layout.ts";
import type { Commitment } from "@weighlock/core/commitment.ts";
import { accountOf, EntryKind, type EntryWords, packEntry, partyOf, unpackEntry } from "@weighlock/core/entry.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { type Address, encodeAbiParameters, getAbiItem, keccak256, parseAbiParameters } from "viem";
import { afterAll, beforeAll } from "vitest";
import { harness } from "./support/artifacts.ts";
import { inOneBlock } from "./support/block.ts";
import { attest, carry, execution, seal } from "./support/carry.ts";
import { DEPOSITED, depositAs, fundVaults } from "./support/fixture.ts";
import { holdingsOf, ONE, USDC } from "./support/holdings.ts";
import { fickleToken, type HostileToken } from "./support/hostile.ts";
import { type AttackNetwork, refusalOf, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { type Park, parksOf, retryCall, returnCall, withdrawCall } from "./support/releases.ts";
import { returnedOf, settleAll } from "./support/returns.ts";
import { patch, slotOf } from "./support/storage.ts";
import { attestByNetwork, attestByWatchers, type Ends, forged, truth } from "./support/words.ts";

const cleanup = createCleanup();
const AMOUNT = 100n * ONE;
const LAYER_ZERO = 1;
const EntryPosted = getAbiItem({ abi: gatewayAbi, name: "EntryPosted" });
let guarded: AttackNetwork;
/** The hub's clearing house believes what a Returned says. */
let credulous: AttackNetwork;
/** The hub's gateway believes one path. */
let onePath: AttackNetwork;

beforeAll(async () => {
  [guarded, credulous, onePath] = await Promise.all([
    startNetwork({ cleanup }),
    startNetwork({ cleanup, replaced: { hub: { ClearingHouse: harness("CredulousClearingHouse") } } }),
    startNetwork({ cleanup, replaced: { hub: { Gateway: harness("OnePathGateway") } } }),
  ]);
  await Promise.all([guarded, credulous, onePath].map(fund));
});
afterAll(() => cleanup.run());

/** A release that is paid, so that something has been authorised that could be given back. */
async function fund(network: AttackNetwork): Promise<void> {
  const trader = await fundVaults(network);
  await send(withdrawCall(network, trader, network.alpha, { recipient: trader.address, amount: DEPOSITED / 2n }));
  await carry(network, { src: network.hub, dst: network.alpha });
}

function inOf({ alpha, hub }: AttackNetwork): Ends {
  return { src: alpha, dst: hub };
}

function outOf({ alpha, hub }: AttackNetwork): Ends {
  return { src: hub, dst: alpha };
}

function releaseOf({ alpha }: AttackNetwork, who: Address): EntryWords {
  const party = partyOf(who);
  const common = { asset: USDC, eid: alpha.eid, ref: 0n, amount: AMOUNT, spare: 0, account: accountOf({ owner: who }) };
  return packEntry({ ...common, kind: EntryKind.Release, party });
}

/** A window that alpha never sealed, made believable by what the attacker owns, and executed. */
async function forceIn(network: AttackNetwork, entry: EntryWords, paths: number): Promise<string | undefined> {
  const ends = inOf(network);
  await seal(network, ends);
  const commitment = await forged(ends, [entry]);
  await attestByNetwork(network, ends, commitment);
  if (paths !== LAYER_ZERO) await attestByWatchers(network, ends, commitment);
  const { address, abi, functionName, chain } = execution(ends, { counts: [], entries: [] }, network.keys.relayer);
  const args = [network.alpha.eid, [commitment.count], [entry], "0x", paths] as const;
  return refusalOf({ chain, from: network.keys.relayer, address, abi, functionName, args });
}

/** Everything that is in the ledger leaves by the other vault. */
async function cashOut(network: AttackNetwork, thief: DevAccount): Promise<void> {
  const { hub, beta } = network;
  const args = [accountOf({ owner: thief.address }), USDC] as const;
  const at = { address: hub.clearingHouse, abi: clearingHouseAbi } as const;
  const amount = await hub.client.readContract({ ...at, functionName: "balanceOf", args });
  if (amount <= 0n) return;
  await send(withdrawCall(network, thief, beta, { recipient: thief.address, amount }));
  await carry(network, { src: hub, dst: beta });
}

/** Both paths say that a vault gave back what was never released to it. */
function returnNothing(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const thief = await network.newAccount();
    const { client, gateway } = network.hub;
    const [, sealed] = await client.readContract({
      address: gateway,
      abi: gatewayAbi,
      functionName: "outbox",
      args: [network.alpha.eid],
    });
    await forceIn(network, returnedOf(releaseOf(network, thief.address), sealed), 3);
    const shown = await client.getBlockNumber();
    await settleAll(network);
    const { halt, block } = await haltOf(network);
    await cashOut(network, thief);
    const loss = await holdingsOf(network, [thief.address]);
    const blocks = halt === 0 ? null : Number(block - shown);
    return { succeeded: loss > 0n, loss, blocksToDetect: blocks, blocksToHalt: blocks };
  });
}

async function haltOf({ hub, alpha }: AttackNetwork): Promise<{ halt: number; block: bigint }> {
  const at = { address: hub.gateway, abi: gatewayAbi } as const;
  const [halt, block] = await Promise.all([
    hub.client.readContract({ ...at, functionName: "haltOf", args: [alpha.eid] }),
    hub.client.getBlockNumber(),
  ]);
  return { halt, block };
}

/** A true release of a thief's own money, with its place in the hub's log; what he has is measured from before. */
async function release(network: AttackNetwork) {
  const [, thief] = network.keys.traders;
  if (thief === undefined) throw new RangeError("the network has too few traders");
  const before = await holdingsOf(network, [thief.address]);
  await depositAs({ trader: thief, vault: network.alpha, amount: AMOUNT });
  await carry(network, inOf(network));
  const { client, gateway } = network.hub;
  const [ref] = await client.readContract({
    address: gateway,
    abi: gatewayAbi,
    functionName: "outbox",
    args: [network.alpha.eid],
  });
  await send(withdrawCall(network, thief, network.alpha, { recipient: thief.address, amount: AMOUNT }));
  await seal(network, outOf(network));
  return { thief, before, ref };
}

/** One path says that a release came back, which is paid before, or which waits in the vault's inbox, attested. */
function returnAndPay(network: AttackNetwork, when: "before" | "after"): Promise<Outcome> {
  return network.rehearse(async () => {
    const { thief, before, ref } = await release(network);
    const out = outOf(network);
    const pending = await attest(network, out);
    const pay = execution(out, pending, thief);
    if (when === "before") await send(pay);
    await forceIn(network, returnedOf(releaseOf(network, thief.address), ref), LAYER_ZERO);
    await settleAll(network);
    await cashOut(network, thief);
    if (when === "after") await send(pay);
    const loss = (await holdingsOf(network, [thief.address])) - before;
    return { succeeded: loss > 0n, loss };
  });
}

/** A release of the thief's that the token refuses. */
async function parkedRelease(network: AttackNetwork) {
  const token = await fickleToken(network, network.alpha);
  const made = await release(network);
  await block(token, made.thief.address, true);
  await carry(network, outOf(network));
  const park = (await parksOf(network.alpha)).at(-1);
  if (park === undefined) throw new Error("the release is not parked");
  return { ...made, token, park };
}

function block(token: HostileToken, who: Address, isIt: boolean) {
  return send({ ...token, functionName: "setBlacklisted", args: [who, isIt] });
}

/** A release that truly came back is settled, settled again, and said to come back once more. */
function settleTwice(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { thief, before, ref, park } = await parkedRelease(network);
    await send(returnCall(network.alpha, thief, park));
    await carry(network, inOf(network));
    await settleAll(network);
    await settleAll(network);
    const own = returnedOf(releaseOf(network, thief.address), ref);
    await forceIn(network, own, 3);
    await settleAll(network);
    await cashOut(network, thief);
    const loss = (await holdingsOf(network, [thief.address])) - before;
    return { succeeded: loss > 0n, loss };
  });
}

type Between = (park: Park) => Promise<void>;

/** The payee pays himself and gives back, in one block and in either order. */
function returnAndRetry(network: AttackNetwork, first: "return" | "retry", between?: Between): Promise<Outcome> {
  return network.rehearse(async () => {
    const { thief, before, token, park } = await parkedRelease(network);
    await block(token, thief.address, false);
    const other = await network.newAccount();
    const calls = [returnCall(network.alpha, thief, park), retryCall(network.alpha, other, park)];
    if (first === "retry") calls.reverse();
    await inOneBlock({ chain: network.alpha, calls, ...(between && { between: () => between(park) }) });
    await carry(network, inOf(network));
    await settleAll(network);
    await cashOut(network, thief);
    const loss = (await holdingsOf(network, [thief.address])) - before;
    return { succeeded: loss > 0n, loss };
  });
}

/** As if ending a park did not take its word away, nor its amount out of what is queued. */
function keepWord({ alpha }: AttackNetwork): Between {
  const { client, vault: address } = alpha;
  const { variables, structs } = layout.CollateralVault;
  return async ({ srcEid, index, entry, terms, payee }) => {
    const { offset, bytes } = structs.Outflow.queued;
    const outflow = slotOf(USDC, variables._outflows.slot);
    await patch({ client, address, slot: outflow, offset, bytes, value: unpackEntry(entry).amount });
    await patch({
      client,
      address,
      slot: slotOf(index, slotOf(srcEid, variables.parkOf.slot)),
      value: BigInt(
        keccak256(
          encodeAbiParameters(parseAbiParameters("uint256, bytes32, bytes32, uint64, uint64, uint64, uint8, address"), [
            entry.word,
            entry.account,
            entry.party,
            terms.parkedAt,
            terms.unlockAt,
            terms.unlockBlock,
            terms.stage,
            payee,
          ]),
        ),
      ),
    });
  };
}

/** Both paths to alpha say that there is a release, which parks; its payee gives it back, and alpha tells of it in truth. */
function returnForgery(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const thief = await network.newAccount();
    const token = await fickleToken(network, network.alpha);
    await block(token, thief.address, true);
    const out = outOf(network);
    const entry = releaseOf(network, thief.address);
    const lie = await forged(out, [entry]);
    await attestByNetwork(network, out, lie);
    await attestByWatchers(network, out, lie);
    const { abi, address, chain, functionName } = execution(out, { counts: [], entries: [] }, thief);
    const args = [network.hub.eid, [lie.count], [entry], "0x", 3] as const;
    await send({ chain, from: thief, address, abi, functionName, args });
    const park = (await parksOf(network.alpha)).at(-1);
    if (park === undefined) throw new Error("the release is not parked");
    await send(returnCall(network.alpha, thief, park));
    await carryHiding(network, await truth(out));
    await settleAll(network);
    await cashOut(network, thief);
    const loss = await holdingsOf(network, [thief.address]);
    return { succeeded: loss > 0n, loss };
  });
}

/** The owned paths leave out what alpha acknowledges, which would halt the lane before. */
async function carryHiding(network: AttackNetwork, hidden: Commitment): Promise<void> {
  const ends = inOf(network);
  await seal(network, ends);
  const commitment = { ...(await truth(ends)), ackCount: hidden.count, ackHead: hidden.head };
  await attestByNetwork(network, ends, commitment);
  await attestByWatchers(network, ends, commitment);
  const [executed] = await network.hub.client.readContract({
    address: network.hub.gateway,
    abi: gatewayAbi,
    functionName: "inbox",
    args: [ends.src.eid],
  });
  const logs = await network.alpha.client.getLogs({
    address: network.alpha.gateway,
    event: EntryPosted,
    fromBlock: 0n,
    strict: true,
  });
  const entries = logs.filter(({ args }) => args.index >= executed).map(({ args }) => args.entry);
  const { abi, address, chain, functionName } = execution(ends, { counts: [], entries: [] }, network.keys.relayer);
  const args = [ends.src.eid, [commitment.count], entries, "0x", 3] as const;
  await send({ chain, from: network.keys.relayer, address, abi, functionName, args });
}

const CREDULOUS = { off: "a clearing house that does not ask its own outbox" };
const ONE_PATH = { off: "a gateway that believes one path" };
const IN = { class: "A31", direction: "alpha → hub" } as const;

const NOTHING = { ...IN, name: "both paths give back a release that was never made", path: "both" };
attackTest({ ...NOTHING, defence: "on", run: () => returnNothing(guarded) });
attackTest({ ...NOTHING, defence: CREDULOUS, run: () => returnNothing(credulous) });

for (const when of ["before", "after"] as const) {
  const name = `one path gives back a release that is paid ${when === "before" ? "already" : "later"}`;
  const attack = { ...IN, name, path: "layerzero" };
  attackTest({ ...attack, defence: "on", run: () => returnAndPay(guarded, when) });
  attackTest({ ...attack, defence: ONE_PATH, run: () => returnAndPay(onePath, when) });
}

const TWICE = { ...IN, name: "a release that came back is settled twice, and comes back again", path: "both" };
attackTest({ ...TWICE, defence: "on", run: () => settleTwice(guarded) });
attackTest({ ...TWICE, defence: CREDULOUS, run: () => settleTwice(credulous) });

const FORGERY = { ...IN, name: "a release that both paths forged is given back", path: "both" };
attackTest({ ...FORGERY, defence: "on", run: () => returnForgery(guarded) });
attackTest({ ...FORGERY, defence: CREDULOUS, run: () => returnForgery(credulous) });

for (const first of ["return", "retry"] as const) {
  const second = first === "return" ? "paid by retry" : "given back";
  const name = `a park is ${first === "return" ? "given back" : "paid by retry"} and ${second} in one block`;
  const attack = { ...IN, name, path: "none" };
  attackTest({ ...attack, defence: "on", run: () => returnAndRetry(guarded, first) });
  attackTest({
    ...attack,
    defence: { off: "a park whose word stays" },
    run: () => returnAndRetry(guarded, first, keepWord(guarded)),
  });
}
