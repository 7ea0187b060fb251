/** What one source's logs of one chain say, kept up to its newest block; a reorg takes back what it made void. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import type { LogFilter } from "@weighlock/core/follower.ts";
import { type Address, getAbiItem, type Hex, isAddressEqual, type Log, parseEventLogs, toEventSelector } from "viem";
import { entryReading } from "./entryReading.ts";
import type { EntryReading } from "./reading.ts";
import type { Attestation } from "./unknownCommitment.ts";

/** A pause or a halt that was once set; what it is now, the chain is asked. */
export type Stop = { eid: number; what: "in" | "out" | "halt" };

export type Journal = {
  filter: LogFilter;
  /** Logs in order. Returns the attestations among them. */
  hear(logs: readonly Log<bigint, number, false>[]): Attestation[];
  /** Everything after `block` is void. */
  takeBack(block: bigint): void;
  /** Undefined where an entry has not been heard of, or was forgotten. */
  posted(dstEid: number, index: bigint): EntryReading | undefined;
  /** Each entry that was held or parked by `block`, as it was the last time, but those that were forgotten. */
  parked(srcEid: number, block: bigint): EntryReading[];
  /** Of what was parked by `block`, only `standing` still is: the rest is forgotten once that is final. */
  standing(srcEid: number, read: { standing: ReadonlySet<bigint>; block: bigint; final: bigint }): void;
  /** The newest count of a lane to here that was executed by `block`. */
  executed(srcEid: number, block: bigint): bigint;
  stops(): Stop[];
  /** Forgets entries of a lane below `index`: its other end has executed them for good. */
  forget(dstEid: number, index: bigint): void;
};

type At<Value> = Value & { block: bigint };

const gatewayEvents = (
  ["EntryPosted", "Attested", "WindowExecuted", "PauseSet", "LaneHalted"] satisfies readonly string[]
).map((name) => getAbiItem({ abi: gatewayAbi, name: name as "Attested" }));
const EntryHeld = getAbiItem({ abi: clearingHouseAbi, name: "EntryHeld" });
const ReleaseParked = getAbiItem({ abi: collateralVaultAbi, name: "ReleaseParked" });
const DIRECTIONS = ["in", "out"] as const;

export function createJournal({ deployment }: { deployment: ChainDeployment }): Journal {
  const app: Address = deployment.role === "hub" ? deployment.clearingHouse : deployment.vault;
  const parkEvent = deployment.role === "hub" ? EntryHeld : ReleaseParked;
  const posted = createLists<EntryReading>();
  /** `goneAt`: the first block at which it was read to stand no more. */
  const parked = createLists<EntryReading & { goneAt?: bigint }>();
  const executed = createLists<{ count: bigint }>();
  const stops = createLists<Stop>();
  const forgotten = new Map<number, bigint>();

  function hearGateway(log: Log<bigint, number, false>): Attestation | undefined {
    const [event] = parseEventLogs({ abi: gatewayAbi, logs: [log] });
    const block = log.blockNumber;
    switch (event?.eventName) {
      case "EntryPosted":
        posted.add(event.args.dstEid, { ...entryReading(event.args.index, event.args.entry), block });
        return undefined;
      case "WindowExecuted":
        executed.add(event.args.srcEid, { count: event.args.count, block });
        return undefined;
      case "PauseSet": {
        const { eid, direction } = event.args;
        stops.add(eid, { eid, what: DIRECTIONS[direction] ?? "in", block });
        return undefined;
      }
      case "LaneHalted":
        stops.add(event.args.eid, { eid: event.args.eid, what: "halt", block });
        return undefined;
      case "Attested":
        return { ...event.args, dstEid: deployment.eid };
      default:
        return undefined;
    }
  }

  return {
    filter: {
      addresses: [deployment.gateway, app],
      topics: [[...gatewayEvents, parkEvent].map((event): Hex => toEventSelector(event))],
    },
    hear(logs) {
      return logs.flatMap((log) => {
        if (isAddressEqual(log.address, deployment.gateway)) return hearGateway(log) ?? [];
        const [event] = parseEventLogs({ abi: [parkEvent], logs: [log] });
        if (event && isAddressEqual(log.address, app)) {
          const { srcEid, index, entry } = event.args;
          parked.add(srcEid, { ...entryReading(index, entry), block: log.blockNumber });
        }
        return [];
      });
    },
    takeBack(block) {
      for (const lists of [posted, parked, executed, stops]) lists.takeBack(block);
      for (const entry of parked.all()) if ((entry.goneAt ?? 0n) > block) delete entry.goneAt;
    },
    posted: (dstEid, index) => {
      // A lane's entries come in order and without a gap, so their place tells their index.
      const entry = posted.of(dstEid)[Number(index - (forgotten.get(dstEid) ?? 0n))];
      return entry?.index === index ? entry : undefined;
    },
    parked(srcEid, block) {
      const heard = parked.of(srcEid).filter((entry) => entry.block <= block);
      const last = new Map(heard.map(({ index, kind, asset, amount }) => [index, { index, kind, asset, amount }]));
      return [...last.values()];
    },
    standing(srcEid, { standing, block, final }) {
      const list = parked.of(srcEid);
      for (const entry of list) {
        if (entry.block > block || standing.has(entry.index)) delete entry.goneAt;
        else entry.goneAt ??= block;
      }
      const kept = list.filter(({ goneAt }) => goneAt === undefined || goneAt > final);
      if (kept.length < list.length) list.splice(0, list.length, ...kept);
    },
    executed: (srcEid, block) => executed.of(srcEid).findLast((each) => each.block <= block)?.count ?? 0n,
    stops() {
      const all = stops.all();
      return [...new Map(all.map(({ eid, what }) => [`${eid} ${what}`, { eid, what }])).values()];
    },
    forget(dstEid, index) {
      const from = forgotten.get(dstEid) ?? 0n;
      if (index <= from) return;
      const list = posted.of(dstEid);
      const gone = Math.min(Number(index - from), list.length);
      list.splice(0, gone);
      forgotten.set(dstEid, from + BigInt(gone));
    },
  };
}

/** Values by eid, each with its block, in the order of the chain. */
function createLists<Value extends object>() {
  const lists = new Map<number, At<Value>[]>();
  return {
    add(eid: number, value: At<Value>): void {
      const list = lists.get(eid);
      if (list) list.push(value);
      else lists.set(eid, [value]);
    },
    of: (eid: number): At<Value>[] => lists.get(eid) ?? [],
    all: (): At<Value>[] => [...lists.values()].flat(),
    takeBack(block: bigint): void {
      for (const list of lists.values()) {
        while ((list.at(-1)?.block ?? block) > block) list.pop();
      }
    },
  };
}
