/** An attacker who owns two paths, LayerZero's verifiers and the watchers, and what honest hands do about it. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { VaultDeployment } from "@weighlock/core/deployment.ts";
import type { EntryWords } from "@weighlock/core/entry.ts";
import { encodeSuffix, type WindowNode } from "@weighlock/core/laneLog.ts";
import { HORIZONS, lossBound } from "@weighlock/core/lossBound.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { NETWORK } from "@weighlock/devnet/spec.ts";
import { getAbiItem, type Hex } from "viem";
import { BOTH_PATHS, carry } from "./carry.ts";
import { depositAs } from "./fixture.ts";
import { ONE, USDC } from "./holdings.ts";
import { type AttackNetwork, type Chain, refusalOf, send } from "./network.ts";
import { parksOf, retryCall } from "./releases.ts";
import { pass } from "./roles.ts";
import { attestByNetwork, attestByWatchers, type Ends, forged } from "./words.ts";

const WindowSealed = getAbiItem({ abi: gatewayAbi, name: "WindowSealed" });

/** So that there is more in each vault than a bucket lets out. A deposit stays below the lane's large level. */
export const DEEP = 15_600n * ONE;
const PIECE = 3_900n * ONE;

export async function fundDeeply(network: AttackNetwork): Promise<DevAccount> {
  const [trader] = network.keys.traders;
  if (trader === undefined) throw new RangeError("the network has no trader");
  for (const vault of [network.alpha, network.beta]) {
    for (let taken = 0n; taken < DEEP; taken += PIECE) await depositAs({ trader, vault, amount: PIECE });
    await carry(network, { src: vault, dst: network.hub });
  }
  return trader;
}

/** From the first evidence on chain until an honest monitor's pause. */
export const TO_PAUSE = HORIZONS.detect + HORIZONS.pause;

/** Out of a vault, by the limits that the network was deployed with: the manifest, not the chain under attack. */
export function vaultBound(seconds: bigint): bigint {
  return lossBound({ rules: { limit: assetSpec().vaultLimit, most: DEEP }, pathsOwned: 2, seconds });
}

/** Into the hub, by the limits in force now: a new lane's are lower. */
export async function inflowBound({ hub, alpha }: AttackNetwork, seconds: bigint): Promise<bigint> {
  const at = { address: hub.clearingHouse, abi: clearingHouseAbi, args: [alpha.eid, USDC] } as const;
  const [[cap, limit], owed] = await Promise.all([
    hub.client.readContract({ ...at, functionName: "limitsNow" }),
    hub.client.readContract({ ...at, functionName: "available" }),
  ]);
  return lossBound({ rules: { limit, most: cap - owed }, pathsOwned: 2, seconds });
}

function assetSpec() {
  const spec = NETWORK.assets.find(({ id }) => id === USDC);
  if (spec === undefined) throw new RangeError("the network has no such asset");
  return spec;
}

/** One window on top of the truth, attested by both owned paths and executed. Says in which block the first lie is on chain. */
export async function forceWindow(
  network: AttackNetwork,
  ends: Ends,
  entries: readonly EntryWords[],
  thief: DevAccount,
): Promise<{ blockNumber: bigint; refusal: string | undefined; count: bigint }> {
  const commitment = await forged(ends, entries);
  const { blockNumber } = await attestByNetwork(network, ends, commitment);
  await attestByWatchers(network, ends, commitment);
  const { src, dst } = ends;
  const at = { chain: dst, from: thief, address: dst.gateway, abi: gatewayAbi, functionName: "execute" } as const;
  const refusal = await refusalOf({ ...at, args: [src.eid, [commitment.count], entries, "0x", BOTH_PATHS] });
  return { blockNumber, refusal, count: commitment.count };
}

/** The thief tries everything that waits, again and again, for as long as nobody stops it. */
export async function retryFor(
  vault: Chain<VaultDeployment>,
  thief: DevAccount,
  { seconds, step }: { seconds: bigint; step: bigint },
): Promise<void> {
  for (let passed = 0n; passed < seconds; passed += step) {
    await pass(vault, step);
    await retryAll(vault, thief);
  }
}

export async function retryAll(vault: Chain<VaultDeployment>, thief: DevAccount): Promise<void> {
  const { timestamp } = await vault.client.getBlock();
  for (const park of await parksOf(vault)) {
    // What is locked costs a call and no more; the clock is never ahead of the time.
    if (park.terms.unlockAt <= timestamp) await refusalOf(retryCall(vault, thief, park));
  }
}

/** The source's sealed windows that end after `from`, as nodes. */
export async function nodesAfter({ src, dst }: Ends, from: bigint): Promise<WindowNode[]> {
  const seals = await src.client.getLogs({
    address: src.gateway,
    event: WindowSealed,
    args: { dstEid: dst.eid },
    fromBlock: 0n,
    strict: true,
  });
  return seals.map(({ args: { root, count } }) => ({ root, count })).filter(({ count }) => count > from);
}

/** Anybody shows what the third path's word implies at a count that the liars attested. */
export async function contradictAt(
  network: AttackNetwork,
  ends: Ends,
  { path, count, otherPath }: { path: number; count: bigint; otherPath: number },
): Promise<bigint> {
  const nodes = await nodesAfter(ends, 0n);
  const [lane] = await ends.src.client.readContract({
    address: ends.src.gateway,
    abi: gatewayAbi,
    functionName: "laneIds",
    args: [ends.dst.eid],
  });
  const { blockNumber } = await send({
    chain: ends.dst,
    from: network.keys.relayer,
    address: ends.dst.gateway,
    abi: gatewayAbi,
    functionName: "contradict",
    args: [ends.src.eid, lane as Hex, encodeSuffix(nodes), path, count, otherPath],
  });
  return blockNumber;
}

export function haltOf({ client, gateway }: Chain, eid: number): Promise<number> {
  return client.readContract({ address: gateway, abi: gatewayAbi, functionName: "haltOf", args: [eid] });
}

/** What the hub's ledger owes to these accounts. */
export async function ledgerOfMany({ hub }: AttackNetwork, accounts: readonly Hex[]): Promise<bigint> {
  const balances = await Promise.all(
    accounts.map((account) =>
      hub.client.readContract({
        address: hub.clearingHouse,
        abi: clearingHouseAbi,
        functionName: "balanceOf",
        args: [account, USDC],
      }),
    ),
  );
  return balances.reduce((sum, balance) => sum + balance, 0n);
}
