/**
 * Two of three paths are owned and forge a window: what is below the large level leaves by the bucket, the third path's word halts
 * the lane, the guardian vetoes, the council strikes and closes. Then nothing moves on it, and all that an escape needs is there.
 */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layout } from "@weighlock/core/abi/layout.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { NETWORK } from "@weighlock/devnet/spec.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { readProvenSlots } from "@weighlock/relayer/verifier/storageProof.ts";
import type { Address, Hex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { attest, carry, execution, pendingWindows, seal } from "../attacks/support/carry.ts";
import { releaseEntry } from "../attacks/support/entries.ts";
import { depositAs } from "../attacks/support/fixture.ts";
import { ONE, tokensOf, USDC } from "../attacks/support/holdings.ts";
import { forceWindow, fundDeeply, haltOf, retryAll, vaultBound } from "../attacks/support/liars.ts";
import { type AttackNetwork, type Chain, refusalOf, send, startNetwork } from "../attacks/support/network.ts";
import { type Park, parksOf, retryCall, returnCall, withdrawCall } from "../attacks/support/releases.ts";
import {
  councilDoes,
  guardianDoes,
  pass,
  reconcile,
  refusalBy,
  Scope,
  signReconciliation,
  stateOf,
} from "../attacks/support/roles.ts";
import { slotOf } from "../attacks/support/storage.ts";
import { balancesOf, bystanders, fundBystanders } from "../attacks/support/story.ts";
import { addThirdPaths, attestByThird, type ThirdPaths } from "../attacks/support/thirdPath.ts";
import { type Ends, truth } from "../attacks/support/words.ts";

const cleanup = createCleanup();
const CLOSED = 4;
let network: AttackNetwork;
let third: ThirdPaths;
let trader: DevAccount;

beforeAll(async () => {
  network = await startNetwork({ cleanup, spec: NETWORK });
  third = await addThirdPaths(network);
  trader = await fundDeeply(network);
  await fundBystanders(network);
});
afterAll(() => cleanup.run());

/** The newest word of each park, as far as it still stands. */
async function standing(): Promise<Park[]> {
  const { alpha } = network;
  const newest = new Map((await parksOf(alpha)).map((park) => [park.index, park]));
  const words = await Promise.all(
    [...newest.values()].map(async (park) => {
      const args = [park.srcEid, park.index] as const;
      const word = await alpha.client.readContract({
        address: alpha.vault,
        abi: collateralVaultAbi,
        functionName: "parkOf",
        args,
      });
      return BigInt(word) === 0n ? [] : [park];
    }),
  );
  return words.flat();
}

function parkCall(functionName: "vetoRelease" | "strike", park: Park) {
  const { alpha } = network;
  const args = [park.srcEid, park.index, park.entry, park.terms, park.payee] as const;
  return { chain: alpha, address: alpha.vault, abi: collateralVaultAbi, functionName, args } as const;
}

async function close(chain: Chain, eid: number): Promise<void> {
  await councilDoes(network, {
    chain,
    address: chain.gateway,
    abi: gatewayAbi,
    functionName: "closeLane",
    args: [eid],
  });
  expect(await haltOf(chain, eid)).toBe(CLOSED);
}

test("two liars take what the bucket holds; their lane is halted, emptied of forgeries, closed, and stays provable", async () => {
  const { alpha, hub } = network;
  const ends: Ends = { src: hub, dst: alpha };
  const thief = await network.newAccount();
  const untouched = await balancesOf(network, bystanders(network));

  // An honest release waits when it happens: it is large.
  await send(withdrawCall(network, trader, alpha, { recipient: trader.address, amount: 1_200n * ONE }));
  await carry(network, ends);
  const [honest] = await standing();
  if (honest === undefined) throw new Error("the honest release does not wait");

  // Attack: one large release, and small ones beyond the bucket, to an account each.
  const small = Array.from({ length: 27 }, (_, i) =>
    releaseEntry({
      eid: alpha.eid,
      owner: thief.address,
      subaccount: BigInt(i),
      amount: 80n * ONE,
      party: thief.address,
    }),
  );
  const large = releaseEntry({ eid: alpha.eid, owner: thief.address, amount: 2_000n * ONE });
  const { blockNumber: shown, refusal } = await forceWindow(network, ends, [...small, large], thief);
  expect(refusal).toBeUndefined();
  const taken = await tokensOf(alpha, thief.address);
  expect(taken, "no more than the bucket").toBeLessThanOrEqual(vaultBound(0n));
  expect(taken, "25 of 27 small ones fit").toBe(25n * 80n * ONE);

  // Halt: the third path speaks of the honest log, which goes on.
  await send(withdrawCall(network, trader, alpha, { recipient: trader.address, amount: ONE }));
  await seal(network, ends);
  const { blockNumber: halted } = await attestByThird(network, third, ends, await truth(ends));
  expect(await haltOf(alpha, hub.eid)).toBe(1);
  expect(Number(halted - shown), "blocks from the first lie to the halt").toBeLessThanOrEqual(6);

  // No monitor signs for a forked log, so the council can't resume it.
  const controller = { chain: alpha, address: alpha.pauseController, abi: pauseControllerAbi } as const;
  await councilDoes(network, { ...controller, functionName: "proposeResume", args: [Scope.Halt, hub.eid] });
  await pass(alpha, BigInt(NETWORK.resumeDelay));
  const halt = { dst: alpha, src: hub, scope: Scope.Halt };
  await expect(reconcile(halt)).rejects.toThrow("what hub never sealed");

  // The guardian: veto-release. The council: strike. The honest release stays.
  for (const park of (await standing()).filter(({ index }) => index !== honest.index)) {
    await guardianDoes(network, parkCall("vetoRelease", park));
  }
  const forgeries = (await standing()).filter(({ index }) => index !== honest.index);
  expect(forgeries).toHaveLength(3);
  for (const park of forgeries) await councilDoes(network, parkCall("strike", park));
  expect(await standing()).toHaveLength(1);
  const struck = await alpha.client.readContract({
    address: alpha.vault,
    abi: collateralVaultAbi,
    functionName: "struck",
    args: [USDC],
  });
  expect(struck).toBe(2n * 80n * ONE + 2_000n * ONE);
  await pass(alpha, 30n * 86_400n);
  await retryAll(alpha, thief);
  expect(await tokensOf(alpha, thief.address), "nothing more left").toBe(taken);

  // The council: close-lane, on both sides.
  await close(alpha, hub.eid);
  await close(hub, alpha.eid);
  await expectStill(honest, thief);
  await expectProvable(honest);
  expect(await balancesOf(network, bystanders(network))).toEqual(untouched);

  // The other vault's lane is as it was.
  const beta: Ends = { src: hub, dst: network.beta };
  await send(withdrawCall(network, trader, network.beta, { recipient: trader.address, amount: ONE }));
  await carry(network, beta);
});

/** Whatever is tried on the closed lane, on either side, is refused and changes nothing. */
async function expectStill(honest: Park, thief: DevAccount): Promise<void> {
  const { alpha, hub, keys } = network;
  const rows = () => balancesOf(network, [trader.address, thief.address, alpha.vault]);
  const before = await rows();
  const vault = { chain: alpha, address: alpha.vault, abi: collateralVaultAbi } as const;
  await expect(depositAs({ trader, vault: alpha, amount: ONE })).rejects.toThrow();
  const request = {
    owner: trader.address,
    subaccount: 0n,
    dstEid: alpha.eid,
    asset: USDC,
    amount: ONE,
    recipient: trader.address,
  };
  expect(await refusalOf({ ...vault, from: trader, functionName: "requestWithdrawal", args: [request] })).toBe(
    "LaneIsHalted",
  );
  expect(await refusalOf(retryCall(alpha, trader, honest))).toBe("PaymentsStopped");
  expect(await refusalOf(returnCall(alpha, trader, honest))).toBe("PaymentsStopped");
  expect(await refusalBy(() => guardianDoes(network, parkCall("vetoRelease", honest)))).toBe("PaymentsStopped");
  expect(await refusalOf(withdrawCall(network, trader, alpha, { recipient: trader.address, amount: ONE }))).toBe(
    "LaneIsHalted",
  );
  const out: Ends = { src: hub, dst: alpha };
  expect(await refusalOf(execution(out, await pendingWindows(out), keys.relayer))).toBe("LaneIsHalted");
  const into: Ends = { src: alpha, dst: hub };
  const pending = await attest(network, into).catch(() => pendingWindows(into));
  expect(await refusalOf(execution(into, pending, keys.relayer))).toBe("LaneIsHalted");

  // Nobody opens it again, not with every signature there is.
  const controller = { chain: alpha, address: alpha.pauseController, abi: pauseControllerAbi } as const;
  await councilDoes(network, { ...controller, functionName: "proposeResume", args: [Scope.Halt, hub.eid] });
  await pass(alpha, BigInt(NETWORK.resumeDelay));
  const found = await stateOf({ dst: alpha, src: hub, scope: Scope.Halt });
  const signatures = await signReconciliation(network, alpha, found);
  const args = [Scope.Halt, hub.eid, found, signatures] as const;
  expect(await refusalBy(() => councilDoes(network, { ...controller, functionName: "resume", args }))).toBe(
    "LaneIsHalted",
  );
  expect(await rows()).toEqual(before);
}

/** Each figure that an escape needs, by storage proof under one block's state root, equals what the contract says. */
async function expectProvable(honest: Park): Promise<void> {
  const { alpha, hub } = network;
  const house = { address: hub.clearingHouse, abi: clearingHouseAbi } as const;
  const house_ = layout.ClearingHouse.variables;
  const owners = [trader.address, ...bystanders(network)];
  for (const owner of owners) {
    const account = accountOf({ owner });
    const balance = await hub.client.readContract({ ...house, functionName: "balanceOf", args: [account, USDC] });
    expect(await proven(hub, house.address, inAccount(account, house_.balanceOf.slot))).toBe(balance);
    const released = await alpha.client.readContract({
      address: alpha.vault,
      abi: collateralVaultAbi,
      functionName: "releasedTo",
      args: [account, USDC],
    });
    const word = await proven(alpha, alpha.vault, inAccount(account, layout.CollateralVault.variables._payouts.slot));
    expect(low(word)).toBe(released);
  }
  const [[credited, authorised], suspense, total] = await Promise.all([
    hub.client.readContract({ ...house, functionName: "laneBook", args: [alpha.eid, USDC] }),
    hub.client.readContract({ ...house, functionName: "suspense", args: [alpha.eid, USDC] }),
    hub.client.readContract({ ...house, functionName: "totalLedger", args: [USDC] }),
  ]);
  const ofLane = (slot: number) => slotOf(USDC, slotOf(alpha.eid, BigInt(slot)));
  const book = await proven(hub, house.address, ofLane(house_.laneBook.slot));
  expect([low(book), book >> 128n]).toEqual([credited, authorised]);
  expect(low(await proven(hub, house.address, ofLane(house_._laneAsset.slot)))).toBe(suspense);
  expect(await proven(hub, house.address, slotOf(USDC, BigInt(house_.totalLedger.slot)))).toBe(total);

  const vault = { address: alpha.vault, abi: collateralVaultAbi } as const;
  const vault_ = layout.CollateralVault.variables;
  const [deposited, released] = await alpha.client.readContract({ ...vault, functionName: "book", args: [USDC] });
  const word = await proven(alpha, alpha.vault, slotOf(USDC, BigInt(vault_.book.slot)));
  expect([low(word), word >> 128n]).toEqual([deposited, released]);
  const park = slotOf(honest.index, slotOf(hub.eid, BigInt(vault_.parkOf.slot)));
  const parked = await alpha.client.readContract({ ...vault, functionName: "parkOf", args: [hub.eid, honest.index] });
  expect(await proven(alpha, alpha.vault, park)).toBe(BigInt(parked));

  for (const [chain, peer] of [
    [alpha, hub],
    [hub, alpha],
  ] as const) {
    const at = { address: chain.gateway, abi: gatewayAbi } as const;
    const [executed, head] = await chain.client.readContract({ ...at, functionName: "inbox", args: [peer.eid] });
    const slot = slotOf(executed, slotOf(peer.eid, BigInt(layout.Gateway.variables.executedHead.slot)));
    expect(await proven(chain, chain.gateway, slot)).toBe(BigInt(head));
  }
}

function inAccount(account: Hex, slot: number): Hex {
  return slotOf(USDC, slotOf(BigInt(account), BigInt(slot)));
}

function low(word: bigint): bigint {
  return word & ((1n << 128n) - 1n);
}

async function proven({ client }: Chain, address: Address, slot: Hex): Promise<bigint> {
  const { number, stateRoot } = await client.getBlock();
  const { accountProof, storageProof } = await client.getProof({ address, storageKeys: [slot], blockNumber: number });
  const storage = storageProof.map(({ proof }) => ({ slot, proof }));
  const [value] = await readProvenSlots({ stateRoot, account: { address, accountProof, storage } });
  return value as bigint;
}
