/** What a settlement would wait for where its lane ends, if it were executed now. */

import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { VaultDeployment } from "@weighlock/core/deployment.ts";
import { shareRoomOf } from "@weighlock/core/gcra.ts";
import { LARGE_QUORUM } from "@weighlock/core/waiting.ts";
import type { Hex } from "viem";
import { formatUnits } from "../amount.ts";
import type { AssetLimits } from "../limits.ts";
import { secondsOf, untilOf } from "../lockWords.ts";
import type { Network } from "../network.ts";
import type { Way } from "./way.ts";

/** Canonical units that a vault pays one account now without a wait. */
export async function readShareRoom({
  network,
  vault,
  asset,
  account,
}: {
  network: Network;
  vault: VaultDeployment;
  asset: number;
  account: Hex;
}): Promise<bigint> {
  const { client } = await network.connect(vault);
  const view = { address: vault.vault, abi: collateralVaultAbi } as const;
  const [{ limit }, fullAt, clock] = await Promise.all([
    client.readContract({ ...view, functionName: "rulesOf", args: [asset] }),
    client.readContract({ ...view, functionName: "shareOf", args: [account, asset] }),
    client.readContract({ ...view, functionName: "clockOf", args: [asset] }),
  ]);
  return limit.refill === 0n ? 0n : shareRoomOf(limit, { fullAt, clock });
}

/** One sentence each. `ends`: "credited", or "paid". */
export function waitsOf({
  limits,
  amount,
  ends,
  way: { paths },
  shareRoom,
}: {
  limits: AssetLimits;
  amount: bigint;
  ends: "credited" | "paid";
  way: Pick<Way, "paths">;
  /** What one account may have; undefined where none is named, or there is no such share. */
  shareRoom?: bigint | undefined;
}): string[] {
  const { asset, canonicalDecimals, large, capacity, refill, room, pausedUntil, cap, exposure } = limits;
  const { sharePercent, largeWaitSeconds, largeBlocks } = limits;
  const show = (units: bigint) => `${formatUnits(units, canonicalDecimals)} ${asset}`;
  const over = (units: bigint, rate: bigint) => `${(units + rate - 1n) / rate} s`;
  const isLarge = amount >= large;
  const wait = `${largeWaitSeconds} s and ${largeBlocks} blocks, in which a guardian may veto it`;
  const byPaths =
    BigInt(paths.length) < LARGE_QUORUM
      ? `this lane has ${paths.length} paths, so it waits ${wait}`
      : `it takes the word of ${LARGE_QUORUM} paths, or waits ${wait}`;
  const share = (capacity * BigInt(sharePercent)) / 100n;
  const shareRefills = `the rest of it refills at ${show((refill * 3_600n * BigInt(sharePercent)) / 100n)} an hour`;
  return [
    ...(pausedUntil ? [`${asset} is paused there ${untilOf(secondsOf(pausedUntil))}`] : []),
    ...(isLarge ? [`from ${show(large)} on it is large: ${byPaths}; then it draws from the bucket`] : []),
    ...(cap !== undefined && exposure !== undefined && exposure + amount > cap
      ? [`the lane owes ${show(exposure)} of at most ${show(cap)}: it is ${ends} once something was withdrawn there`]
      : []),
    ...(shareRoom !== undefined && amount > shareRoom
      ? [`one account may have ${show(shareRoom)} now, ${show(share)} of a full bucket: ${shareRefills}`]
      : []),
    ...(shareRoom === undefined && ends === "paid" && amount > share
      ? [`one account may have at most ${show(share)} at once: ${shareRefills}`]
      : []),
    ...(amount > room
      ? [
          `the bucket has ${show(room)} now: it is ${ends} about ${over(amount - room, refill)} later, whatever comes behind it`,
        ]
      : []),
  ];
}
