/**
 * What was executed on one chain and waits to be finished: releases parked in a vault, entries held on the hub. Followed
 * from the app's events and kept in memory, each with its newest terms; whether something still waits is asked of the
 * contract.
 */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { Chain } from "@weighlock/core/chains.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import type { EntryWords } from "@weighlock/core/entry.ts";
import { followChain } from "@weighlock/core/follower.ts";
import type { Logger } from "@weighlock/core/logger.ts";
import type { Terms } from "@weighlock/core/waiting.ts";
import { type Address, type Log, parseEventLogs, toEventSelector } from "viem";

/** `reason` is the contract's enum, `Parked` or `Held`. */
type Common = { srcEid: number; index: bigint; entry: EntryWords; reason: number; terms: Terms; block: bigint };
export type ParkedRelease = Common & { kind: "parked"; payee: Address };
export type HeldEntry = Common & { kind: "held" };
export type Waiting = ParkedRelease | HeldEntry;

export type WaitingList = {
  all(): readonly Waiting[];
  forget(waiting: Waiting): void;
  /** Grows with every event that may have taken away what something waits for. */
  changes(): number;
  /** Ends when `signal` aborts. */
  follow(): Promise<void>;
};

const abi = [...collateralVaultAbi, ...clearingHouseAbi, ...gatewayAbi];
const WAITING = ["ReleaseParked", "EntryHeld"] as const;
/** A pause that ends, limits that change, an asset that is listed, a third path's word. */
const CHANGES = [
  "PauseSet",
  "HaltLifted",
  "Vouched",
  "AssetPauseSet",
  "AssetPauseChanged",
  "AssetListed",
  "AssetRulesSet",
  "LaneRulesSet",
] as const;
const TOPICS = [...WAITING, ...CHANGES].flatMap((name) => {
  // `AssetListed` is two events: the vault's and the hub's.
  const events = abi.filter((item) => item.type === "event" && item.name === name);
  if (events.length === 0) throw new TypeError(`the contracts have no event ${name}`);
  return events.map((event) => toEventSelector(event as Extract<(typeof abi)[number], { type: "event" }>));
});

export function appOf(chain: ChainDeployment): Address {
  return chain.role === "hub" ? chain.clearingHouse : chain.vault;
}

export function waitingOf(logs: readonly Log<bigint, number, false>[]): Waiting[] {
  const parsed = parseEventLogs({ abi, eventName: [...WAITING], logs: [...logs] });
  return parsed.map(({ eventName, args, blockNumber: block }): Waiting => {
    const { srcEid, index, entry, reason, terms } = args;
    const common = { srcEid, index, entry, reason, terms, block };
    return eventName === "ReleaseParked"
      ? { ...common, kind: "parked", payee: args.payee }
      : { ...common, kind: "held" };
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
  /** Of each entry what was told of it, the newest last: a reorganisation may take the newest back. */
  const waiting = new Map<string, Waiting[]>();
  let changes = 0;
  const keyOf = ({ srcEid, index }: Waiting) => `${srcEid}-${index}`;

  function take(logs: readonly Log<bigint, number, false>[]): void {
    const found = waitingOf(logs);
    for (const each of found) waiting.set(keyOf(each), [...(waiting.get(keyOf(each)) ?? []), each]);
    if (logs.length > found.length) changes += 1;
  }

  return {
    all: () => [...waiting.values()].flatMap((told) => told.slice(-1)),
    forget: (each) => void waiting.delete(keyOf(each)),
    changes: () => changes,
    async follow() {
      const events = followChain({
        client: chain.client,
        filter: { addresses: [appOf(deployment), deployment.gateway], topics: [TOPICS] },
        fromBlock: BigInt(deployment.deployBlock),
        maxRange,
        pollMs,
        signal,
        logger,
      });
      for await (const event of events) {
        if (event.type === "logs") take(event.logs);
        if (event.type !== "reorg") continue;
        for (const [key, told] of waiting) {
          const left = told.filter(({ block }) => block <= event.commonAncestor.number);
          if (left.length === 0) waiting.delete(key);
          else waiting.set(key, left);
        }
      }
    },
  };
}
