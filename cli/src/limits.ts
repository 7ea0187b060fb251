/** What may pass of an asset on a lane, and how much of it is used now: the vault's limits on the way out, the hub's on the way in. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { AssetDeployment, HubDeployment, LaneDeployment, VaultDeployment } from "@weighlock/core/deployment.ts";
import { ordinaryOf, roomOf } from "@weighlock/core/gcra.ts";
import { type LossBounds, lossBounds } from "@weighlock/core/lossBound.ts";
import type { Network } from "./network.ts";

/** Canonical units; a bucket's refill by the second. */
export type AssetLimits = {
  asset: string;
  canonicalDecimals: number;
  /** From so much on an entry is large: it takes three paths, or a wait. */
  large: bigint;
  capacity: bigint;
  refill: bigint;
  /** Of an account, on a vault; of deposits that lower no risk, on the hub. */
  sharePercent: number;
  /** What may pass at once now. */
  room: bigint;
  /** The least that is posted: of a deposit, of a withdrawal. */
  minimum: bigint;
  /** How long a large one waits for want of a third path. */
  largeWaitSeconds: bigint;
  largeBlocks: bigint;
  /** Nothing of it is paid or credited until then. */
  pausedUntil?: Date;
  /** Vault: parked, and may still be paid. */
  queued?: bigint;
  /** Hub: the most that the lane may owe now, and what it owes. */
  cap?: bigint;
  exposure?: bigint;
  /** Hub, while the lane is new: where its limits rise to within 30 days. */
  rising?: { capacity: bigint; large: bigint; cap: bigint };
  lossBound: LossBounds;
};

export async function readLimits({
  network,
  lane,
}: {
  network: Network;
  lane: LaneDeployment;
}): Promise<AssetLimits[]> {
  const { src, dst } = lane;
  // Assets of a lane are those of its vault.
  const assets = (dst.role === "vault" ? dst : src).assets.filter(({ token }) => token !== null);
  const found = await Promise.all(
    assets.map((asset) =>
      dst.role === "vault"
        ? readVaultLimits({ network, vault: dst, asset })
        : readHubLimits({ network, hub: dst, eid: src.eid, asset }),
    ),
  );
  return found.filter((each) => each !== undefined);
}

const dateAfter = (until: bigint, timestamp: bigint) =>
  until > timestamp ? { pausedUntil: new Date(Number(until) * 1000) } : {};

/** Undefined where the vault does not list it. */
export async function readVaultLimits({
  network,
  vault,
  asset: { id, symbol, canonicalDecimals },
}: {
  network: Network;
  vault: VaultDeployment;
  asset: AssetDeployment;
}): Promise<AssetLimits | undefined> {
  const { client } = await network.connect(vault);
  const view = { address: vault.vault, abi: collateralVaultAbi } as const;
  const [rules, [fullAt, queued], [deposited, released], clock, until, largeWaitSeconds, largeBlocks, block] =
    await Promise.all([
      client.readContract({ ...view, functionName: "rulesOf", args: [id] }),
      client.readContract({ ...view, functionName: "bucketOf", args: [id] }),
      client.readContract({ ...view, functionName: "book", args: [id] }),
      client.readContract({ ...view, functionName: "clockOf", args: [id] }),
      client.readContract({ ...view, functionName: "assetPausedUntil", args: [id] }),
      client.readContract({ ...view, functionName: "largeWait" }),
      client.readContract({ ...view, functionName: "largeBlocks" }),
      client.getBlock(),
    ]);
  const { capacity, refill, large, share } = rules.limit;
  if (capacity === 0n) return undefined;
  return {
    asset: symbol,
    canonicalDecimals,
    ...{ large, capacity, refill, sharePercent: share, queued, largeWaitSeconds, largeBlocks },
    room: roomOf({ fullAt, capacity, refill }, clock),
    minimum: BigInt(rules.minDeposit),
    ...dateAfter(until, block.timestamp),
    lossBound: lossBounds({ rules: { limit: { capacity, refill }, most: deposited - released } }),
  };
}

/** Undefined where the hub does not list it for that lane. */
export async function readHubLimits({
  network,
  hub,
  eid,
  asset: { id, symbol, canonicalDecimals },
}: {
  network: Network;
  hub: HubDeployment;
  /** The vault chain's. */
  eid: number;
  asset: AssetDeployment;
}): Promise<AssetLimits | undefined> {
  const { client } = await network.connect(hub);
  const view = { address: hub.clearingHouse, abi: clearingHouseAbi } as const;
  const [rules, [cap, limit], fullAt, exposure, clock, until, largeWaitSeconds, largeBlocks, block] = await Promise.all(
    [
      client.readContract({ ...view, functionName: "rulesOf", args: [eid, id] }),
      client.readContract({ ...view, functionName: "limitsNow", args: [eid, id] }),
      client.readContract({ ...view, functionName: "bucketOf", args: [eid, id] }),
      client.readContract({ ...view, functionName: "available", args: [eid, id] }),
      client.readContract({ ...view, functionName: "clockOf", args: [eid, id] }),
      client.readContract({ ...view, functionName: "assetPausedUntil", args: [id] }),
      client.readContract({ ...view, functionName: "largeWait" }),
      client.readContract({ ...view, functionName: "largeBlocks" }),
      client.getBlock(),
    ],
  );
  if (rules.minWithdrawal === 0n) return undefined;
  const { capacity, refill, large, share } = limit;
  const isRising = cap < rules.cap;
  return {
    asset: symbol,
    canonicalDecimals,
    ...{ large, capacity, refill, sharePercent: share, cap, exposure, largeWaitSeconds, largeBlocks },
    room: roomOf({ fullAt, ...ordinaryOf(limit) }, clock),
    minimum: rules.minWithdrawal,
    ...dateAfter(until, block.timestamp),
    ...(isRising && { rising: { capacity: rules.limit.capacity, large: rules.limit.large, cap: rules.cap } }),
    // What liars have credited is gone once other vaults pay it: at most what the lane may still come to owe.
    lossBound: lossBounds({ rules: { limit: { capacity, refill }, most: cap > exposure ? cap - exposure : 0n } }),
  };
}
