/** Reads one lane: how far both of its ends are, and what lies between them. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { Hex } from "viem";
import { isSameEntry } from "./entryReading.ts";
import type { History, PinnedLane } from "./history.ts";
import type { LaneReading, Waiting, WordedEntry } from "./reading.ts";

export async function readLane({ src, dst, history }: PinnedLane & { history: History }): Promise<LaneReading> {
  const gatewayOf = ({ deployment, blockNumber }: typeof src) =>
    ({ address: deployment.gateway, abi: gatewayAbi, blockNumber }) as const;
  const [[posted, sealed], [executed, head]] = await Promise.all([
    src.client.readContract({ ...gatewayOf(src), functionName: "outbox", args: [dst.deployment.eid] }),
    dst.client.readContract({ ...gatewayOf(dst), functionName: "inbox", args: [src.deployment.eid] }),
  ]);
  // The source's newest block: the destination may have executed what the source posted after the reading.
  const newest = { address: src.deployment.gateway, abi: gatewayAbi } as const;
  const [[postedByNow], sealedHead] = await Promise.all([
    src.client.readContract({ ...newest, functionName: "outbox", args: [dst.deployment.eid] }),
    src.client.readContract({ ...newest, functionName: "sealedHead", args: [dst.deployment.eid, executed] }),
  ]);
  // What the source does not know even now was never posted: it has no entry to sum, and is a finding of its own.
  const known = executed < postedByNow ? executed : postedByNow;
  const [low, high] = posted <= known ? [posted, known] : [known, posted];
  const [between, ever, everStruck] = await Promise.all([
    history.entries({ src, dst }, low, high),
    history.everParked({ src, dst }),
    history.everStruck({ src, dst }),
  ]);
  return {
    src: src.deployment.name,
    dst: dst.deployment.name,
    posted,
    sealed,
    executed,
    executedBeyondPosted: executed - known,
    headsEqual: sealedHead === head,
    between,
    parked: await stillParked({ src, dst }, ever),
    struck: await postedOf({ src, dst }, everStruck, history),
  };
}

/** Of struck releases, those that the source's log does have: a forged one was never authorised. */
async function postedOf(lane: PinnedLane, struck: readonly WordedEntry[], history: History): Promise<WordedEntry[]> {
  const words = await Promise.all(struck.map(({ index }) => history.wordsAt(lane, index)));
  return struck.filter((entry, i) => {
    const posted = words[i];
    return posted !== undefined && isSameEntry(posted, entry.words);
  });
}

/** Of the entries that were ever held or parked, those whose word still stands. */
async function stillParked({ src, dst }: PinnedLane, entries: readonly Waiting[]): Promise<Waiting[]> {
  const { deployment, client, blockNumber } = dst;
  const wordOf = ({ index }: Waiting): Promise<Hex> => {
    const at = { args: [src.deployment.eid, index], blockNumber } as const;
    return deployment.role === "hub"
      ? client.readContract({ ...at, address: deployment.clearingHouse, abi: clearingHouseAbi, functionName: "heldOf" })
      : client.readContract({ ...at, address: deployment.vault, abi: collateralVaultAbi, functionName: "parkOf" });
  };
  const words = await Promise.all(entries.map(wordOf));
  return entries.filter((_, i) => BigInt(words[i] as Hex) !== 0n);
}
