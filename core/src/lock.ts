/**
 * Whether something that waits is locked or stopped, by its chain's own clocks. A try before its time would only burn a
 * simulation.
 */

import { clearingHouseAbi } from "./abi/clearingHouse.ts";
import { collateralVaultAbi } from "./abi/collateralVault.ts";
import { gatewayAbi } from "./abi/gateway.ts";
import type { ChainClient } from "./chains.ts";
import type { ChainDeployment } from "./deployment.ts";
import { type EntryWords, unpackEntry } from "./entry.ts";
import { isUnlocked, isVetoed, NEVER, type Terms, waitsForPath } from "./waiting.ts";

export type WaitingEntry = { srcEid: number; index: bigint; entry: EntryWords; terms: Terms };

export type Lock = {
  /** Nothing on its chain's clocks is against a try in the next block. */
  isOpen: boolean;
  isVetoed: boolean;
  /** `Halt` of its lane. */
  halt: number;
  /** Unix seconds until which its lane or asset is paused; 0 where neither is. */
  pausedUntil: bigint;
  /** On its own clock, which stands still while its lane or asset is stopped. 0: over. */
  secondsLeft: bigint;
  blocksLeft: bigint;
  /** Paths that vouch for it; only where a third one's word ends the wait. */
  quorum?: bigint;
  /** Of its chain. */
  block: bigint;
  timestamp: bigint;
};

type At = { client: ChainClient; deployment: ChainDeployment };

/** Of the contracts' `Direction`. */
const IN = 0;

/** Seconds of the clock that its terms are told on. */
export function readClock({
  client,
  deployment,
  waiting: { srcEid, entry },
}: At & { waiting: Pick<WaitingEntry, "srcEid" | "entry"> }): Promise<bigint> {
  const { asset } = unpackEntry(entry);
  if (deployment.role === "vault") {
    const at = { address: deployment.vault, abi: collateralVaultAbi } as const;
    return client.readContract({ ...at, functionName: "clockOf", args: [asset] });
  }
  const at = { address: deployment.clearingHouse, abi: clearingHouseAbi } as const;
  return client.readContract({ ...at, functionName: "clockOf", args: [srcEid, asset] });
}

export async function readLock({ client, deployment, waiting }: At & { waiting: WaitingEntry }): Promise<Lock> {
  const { terms, srcEid, index, entry } = waiting;
  const gateway = { address: deployment.gateway, abi: gatewayAbi } as const;
  const app = deployment.role === "vault" ? deployment.vault : deployment.clearingHouse;
  const ofAsset = { address: app, abi: collateralVaultAbi, functionName: "assetPausedUntil" } as const;
  const [clock, { number: block, timestamp }, halt, ofLane, ofItsAsset, quorum] = await Promise.all([
    readClock({ client, deployment, waiting }),
    client.getBlock(),
    client.readContract({ ...gateway, functionName: "haltOf", args: [srcEid] }),
    client.readContract({ ...gateway, functionName: "pausedUntil", args: [srcEid, IN] }),
    client.readContract({ ...ofAsset, args: [unpackEntry(entry).asset] }),
    waitsForPath(terms)
      ? client.readContract({ ...gateway, functionName: "quorum", args: [srcEid, index] })
      : undefined,
  ]);
  const until = ofLane > ofItsAsset ? ofLane : ofItsAsset;
  const pausedUntil = until > timestamp ? until : 0n;
  // A try is mined in the next block.
  const unlocked = isUnlocked(terms, { clock, block: block + 1n, quorum: quorum ?? 0n });
  return {
    isOpen: unlocked && halt === 0 && pausedUntil === 0n,
    isVetoed: isVetoed(terms),
    halt,
    pausedUntil,
    secondsLeft: terms.unlockAt > clock ? terms.unlockAt - clock : 0n,
    blocksLeft: terms.unlockBlock > block ? terms.unlockBlock - block : 0n,
    ...(quorum !== undefined && { quorum }),
    block,
    timestamp,
  };
}

/** Unix seconds at which it opens if nothing stops it, or more, meanwhile; NEVER where only somebody's decision opens it. */
export function opensAt({ isVetoed: vetoed, halt, pausedUntil, secondsLeft, timestamp }: Lock): bigint {
  if (vetoed || halt !== 0) return NEVER;
  return (pausedUntil > timestamp ? pausedUntil : timestamp) + secondsLeft;
}
