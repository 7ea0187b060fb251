/**
 * What was executed on one chain and waits to be finished: releases parked in a vault, entries held on the hub. Followed
 * from the app's events and kept in memory; whether something still waits is asked of the contract.
 */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { Chain } from "@weighlock/core/chains.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import type { EntryWords } from "@weighlock/core/entry.ts";
import { followChain } from "@weighlock/core/follower.ts";
import type { Logger } from "@weighlock/core/logger.ts";
import { type Address, type Log, parseEventLogs, toEventSelector } from "viem";

type Common = { srcEid: number; index: bigint; entry: EntryWords; parkedAt: bigint; block: bigint };
export type ParkedRelease = Common & { kind: "parked"; unlockAt: bigint; payee: Address };
/** `reason` is the contract's enum `Held`. */
export type HeldEntry = Common & { kind: "held"; reason: number };
export type Waiting = ParkedRelease | HeldEntry;

export type WaitingList = {
  all(): readonly Waiting[];
  forget(waiting: Waiting): void;
  /** Ends when `signal` aborts. */
  follow(): Promise<void>;
};

const abi = [...collateralVaultAbi, ...clearingHouseAbi];
const TOPICS = (["ReleaseParked", "EntryHeld"] as const).map((name) => {
  const event = abi.find((item) => item.type === "event" && item.name === name);
  if (event?.type !== "event") throw new TypeError(`the contracts have no event ${name}`);
  return toEventSelector(event);
});

export function appOf(chain: ChainDeployment): Address {
  return chain.role === "hub" ? chain.clearingHouse : chain.vault;
}

export function waitingOf(logs: readonly Log<bigint, number, false>[]): Waiting[] {
  const parsed = parseEventLogs({ abi, eventName: ["ReleaseParked", "EntryHeld"], logs: [...logs] });
  return parsed.map(({ eventName, args, blockNumber: block }): Waiting => {
    const { srcEid, index, entry, parkedAt } = args;
    const common = { srcEid, index, entry, parkedAt, block };
    return eventName === "ReleaseParked"
      ? { ...common, kind: "parked", unlockAt: args.unlockAt, payee: args.payee }
      : { ...common, kind: "held", reason: args.reason };
  });
}

export function createWaitingList({
  chain,
  deployment,
  pollMs,
  maxRange,
  signal,
  logger,
}: {
  chain: Chain;
  deployment: ChainDeployment;
  pollMs: number;
  maxRange: number;
  signal: AbortSignal;
  logger: Logger;
}): WaitingList {
  const waiting = new Map<string, Waiting>();
  const keyOf = ({ srcEid, index }: Waiting) => `${srcEid}-${index}`;
  return {
    all: () => [...waiting.values()],
    forget: (each) => void waiting.delete(keyOf(each)),
    async follow() {
      const events = followChain({
        client: chain.client,
        filter: { addresses: [appOf(deployment)], topics: [TOPICS] },
        fromBlock: BigInt(deployment.deployBlock),
        maxRange,
        pollMs,
        signal,
        logger,
      });
      for await (const event of events) {
        if (event.type === "logs") for (const each of waitingOf(event.logs)) waiting.set(keyOf(each), each);
        if (event.type !== "reorg") continue;
        for (const [key, each] of waiting) if (each.block > event.commonAncestor.number) waiting.delete(key);
      }
    },
  };
}
