/** What one source's logs of one chain say, kept up to its newest block; a reorg takes back what it made void. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { RetryableError } from "@weighlock/core/errors.ts";
import type { LogFilter } from "@weighlock/core/follower.ts";
import { type Address, getAbiItem, type Hex, isAddressEqual, type Log, parseEventLogs, toEventSelector } from "viem";
import { type Action, createActionLog } from "./actionLog.ts";
import { createBlockLists } from "./blockLists.ts";
import { entryReading, waitingOf, wordedEntry } from "./entryReading.ts";
import type { EntryReading, Waiting, WordedEntry } from "./reading.ts";
import type { Attestation } from "./unknownCommitment.ts";

/** A pause or a halt that was once set; what it is now, the chain is asked. */
export type Stop = { eid: number; what: "in" | "out" | "halt" };

/** Two heads at one count, shown on chain. `otherPath` is 255 where the executed log is the other witness. */
export type Contradiction = {
  srcEid: number;
  count: bigint;
  path: number;
  head: Hex;
  otherPath: number;
  otherHead: Hex;
  block: bigint;
};

/** A path told that the peer has executed what was never sealed here. */
export type FalseAck = { dstEid: number; path: number; ackCount: bigint; block: bigint };

/** Was once put into quarantine; whether it still is, the chain is asked. */
export type Quarantine = { srcEid: number; path: number; count: bigint; head: Hex; block: bigint };

/** A window that was sealed here. */
export type SealedWindow = { count: bigint; root: Hex; head: Hex };

export type Journal = {
  filter: LogFilter;
  /** Logs in order. Returns the attestations among them. */
  hear(logs: readonly Log<bigint, number, false>[]): Attestation[];
  /** Everything after `block` is void. */
  takeBack(block: bigint): void;
  /** Undefined where an entry has not been heard of, or was forgotten. */
  posted(dstEid: number, index: bigint): EntryReading | undefined;
  /** The sum of a lane's entries below `before`, of one kind and asset, those that were forgotten among them. */
  sumPosted(dstEid: number, of: { kind: number; asset: number; before: bigint }): bigint;
  /** What was given back and settled by `block`, of one asset. */
  sumSettled(srcEid: number, asset: number, block: bigint): bigint;
  /** Each entry that was held or parked by `block`, as it was the last time, but those that were forgotten. */
  parked(srcEid: number, block: bigint): Waiting[];
  /** Each release that was struck by `block`. */
  struck(srcEid: number, block: bigint): WordedEntry[];
  /**
   * Of what was parked by `block`, only `standing` still is: the rest is forgotten once that is final. What was settled is
   * kept as sums from then on.
   */
  standing(srcEid: number, read: { standing: ReadonlySet<bigint>; block: bigint; final: bigint }): void;
  /** The newest count of a lane to here that was executed by `block`. */
  executed(srcEid: number, block: bigint): bigint;
  /** The lane's sealed windows in order, but those long executed. */
  windows(dstEid: number): readonly SealedWindow[];
  stops(): Stop[];
  contradictions(block: bigint): Contradiction[];
  falseAcks(block: bigint): FalseAck[];
  quarantines(block: bigint): Quarantine[];
  /** What people with keys did by `block`. */
  actions(block: bigint): Action[];
  /** Forgets those actions that are final and that `isOver` says nobody is told of any more. */
  forgetActions(read: { final: bigint; isOver: (action: Action) => boolean }): void;
  /** Forgets entries of a lane below `index`: its other end has executed them for good. */
  forget(dstEid: number, index: bigint): void;
};

const GATEWAY_EVENTS = [
  ...(["EntryPosted", "Attested", "WindowExecuted", "PauseSet", "LaneHalted"] as const),
  ...(["Contradicted", "FalselyAcknowledged", "Quarantined", "WindowSealed"] as const),
];
const HUB_EVENTS = [
  getAbiItem({ abi: clearingHouseAbi, name: "EntryHeld" }),
  getAbiItem({ abi: clearingHouseAbi, name: "ReturnSettled" }),
];
const VAULT_EVENTS = [
  getAbiItem({ abi: collateralVaultAbi, name: "ReleaseParked" }),
  getAbiItem({ abi: collateralVaultAbi, name: "ReleaseStruck" }),
];
/** Executed windows that are kept: to show that an attestation of theirs is false. */
const KEPT_WINDOWS = 1_024;
const DIRECTIONS = ["in", "out"] as const;

export function createJournal({ deployment }: { deployment: ChainDeployment }): Journal {
  const app: Address = deployment.role === "hub" ? deployment.clearingHouse : deployment.vault;
  const actions = createActionLog({ deployment });
  const posted = createBlockLists<EntryReading>();
  /** `goneAt`: the first block at which it was read to stand no more. */
  const parked = createBlockLists<Waiting & { goneAt?: bigint }>();
  const struck = createBlockLists<WordedEntry>();
  const settled = createBlockLists<{ asset: number; amount: bigint }>();
  const windows = createBlockLists<SealedWindow>();
  const executed = createBlockLists<{ count: bigint }>();
  const stops = createBlockLists<Stop>();
  const contradictions = createBlockLists<Contradiction>();
  const falseAcks = createBlockLists<FalseAck>();
  const quarantines = createBlockLists<Quarantine>();
  const forgotten = new Map<number, { to: bigint; sums: Map<string, bigint> }>();
  /** Of what is final, by source and asset. */
  const settledSums = new Map<string, bigint>();
  const lists = [posted, parked, struck, settled, windows, executed, stops, contradictions, falseAcks, quarantines];

  function hearGateway(log: Log<bigint, number, false>): Attestation | undefined {
    const [event] = parseEventLogs({ abi: gatewayAbi, logs: [log] });
    const block = log.blockNumber;
    switch (event?.eventName) {
      case "EntryPosted":
        posted.add(event.args.dstEid, { ...entryReading(event.args.index, event.args.entry), block });
        return undefined;
      case "WindowSealed": {
        const { dstEid, count, root, head } = event.args;
        windows.add(dstEid, { count, root, head, block });
        return undefined;
      }
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
      case "Contradicted":
        contradictions.add(event.args.srcEid, { ...event.args, block });
        return undefined;
      case "FalselyAcknowledged": {
        const { dstEid, path, ackCount } = event.args;
        falseAcks.add(dstEid, { dstEid, path, ackCount, block });
        return undefined;
      }
      case "Quarantined":
        quarantines.add(event.args.srcEid, { ...event.args, block });
        return undefined;
      case "Attested":
        return { ...event.args, dstEid: deployment.eid };
      default:
        return undefined;
    }
  }

  function hearHub(log: Log<bigint, number, false>): void {
    const [event] = parseEventLogs({ abi: clearingHouseAbi, logs: [log] });
    const block = log.blockNumber;
    if (event?.eventName === "EntryHeld") parked.add(event.args.srcEid, { ...waitingOf(event.args), block });
    if (event?.eventName === "ReturnSettled") {
      const { srcEid, index, amount } = event.args;
      // The event does not name the asset; what came back was held before under this index.
      const asset = parked.of(srcEid).findLast((entry) => entry.index === index)?.asset;
      if (asset !== undefined) settled.add(srcEid, { asset, amount, block });
    }
  }

  function hearVault(log: Log<bigint, number, false>): void {
    const [event] = parseEventLogs({ abi: collateralVaultAbi, logs: [log] });
    const block = log.blockNumber;
    if (event?.eventName === "ReleaseParked") parked.add(event.args.srcEid, { ...waitingOf(event.args), block });
    if (event?.eventName === "ReleaseStruck") {
      const { srcEid, index, entry } = event.args;
      struck.add(srcEid, { ...wordedEntry(index, entry), block });
    }
  }

  const gatewayEvents = GATEWAY_EVENTS.map((name) => getAbiItem({ abi: gatewayAbi, name: name as "Attested" }));
  const appEvents = deployment.role === "hub" ? HUB_EVENTS : VAULT_EVENTS;
  const by = <Value extends { block: bigint }>(all: readonly Value[], block: bigint) =>
    all.filter((each) => each.block <= block);

  return {
    filter: {
      addresses: [...new Set([deployment.gateway, app, ...actions.addresses])],
      topics: [
        [...new Set([...[...gatewayEvents, ...appEvents].map((event) => toEventSelector(event)), ...actions.topics])],
      ],
    },
    hear(logs) {
      return logs.flatMap((log) => {
        actions.hear(log);
        if (isAddressEqual(log.address, deployment.gateway)) return hearGateway(log) ?? [];
        if (isAddressEqual(log.address, app)) (deployment.role === "hub" ? hearHub : hearVault)(log);
        return [];
      });
    },
    takeBack(block) {
      for (const list of lists) list.takeBack(block);
      actions.takeBack(block);
      for (const entry of parked.all()) if ((entry.goneAt ?? 0n) > block) delete entry.goneAt;
    },
    posted: (dstEid, index) => {
      // A lane's entries come in order and without a gap, so their place tells their index.
      const entry = posted.of(dstEid)[Number(index - (forgotten.get(dstEid)?.to ?? 0n))];
      return entry?.index === index ? entry : undefined;
    },
    sumPosted(dstEid, { kind, asset, before }) {
      const { to = 0n, sums } = forgotten.get(dstEid) ?? {};
      const heard = to + BigInt(posted.of(dstEid).length);
      if (before < to || before > heard) {
        throw new RetryableError("The journal does not tell the sum up to there; read again.", {
          details: { before, from: to, to: heard },
        });
      }
      return posted
        .of(dstEid)
        .filter((entry) => entry.index < before && entry.kind === kind && entry.asset === asset)
        .reduce((sum, { amount }) => sum + amount, sums?.get(sumKey({ kind, asset })) ?? 0n);
    },
    sumSettled: (srcEid, asset, block) =>
      by(settled.of(srcEid), block).reduce(
        (sum, each) => (each.asset === asset ? sum + each.amount : sum),
        settledSums.get(`${srcEid}:${asset}`) ?? 0n,
      ),
    parked(srcEid, block) {
      const heard = by(parked.of(srcEid), block);
      const last = new Map(heard.map(({ goneAt: _, block: __, ...waiting }) => [waiting.index, waiting]));
      return [...last.values()];
    },
    struck: (srcEid, block) => by(struck.of(srcEid), block),
    standing(srcEid, { standing, block, final }) {
      const list = parked.of(srcEid);
      for (const entry of list) {
        if (entry.block > block || standing.has(entry.index)) delete entry.goneAt;
        else entry.goneAt ??= block;
      }
      const kept = list.filter(({ goneAt }) => goneAt === undefined || goneAt > final);
      if (kept.length < list.length) list.splice(0, list.length, ...kept);
      const done = settled.of(srcEid);
      const pending = done.findIndex((each) => each.block > final);
      for (const { asset, amount } of done.splice(0, pending === -1 ? done.length : pending)) {
        const key = `${srcEid}:${asset}`;
        settledSums.set(key, (settledSums.get(key) ?? 0n) + amount);
      }
    },
    executed: (srcEid, block) => executed.of(srcEid).findLast((each) => each.block <= block)?.count ?? 0n,
    windows: (dstEid) => windows.of(dstEid),
    stops() {
      const all = stops.all();
      return [...new Map(all.map(({ eid, what }) => [`${eid} ${what}`, { eid, what }])).values()];
    },
    contradictions: (block) => by(contradictions.all(), block),
    falseAcks: (block) => by(falseAcks.all(), block),
    quarantines: (block) => by(quarantines.all(), block),
    actions: (block) => actions.actions(block),
    forgetActions: (read) => actions.forget(read),
    forget(dstEid, index) {
      const known = forgotten.get(dstEid) ?? { to: 0n, sums: new Map<string, bigint>() };
      if (index <= known.to) return;
      const list = posted.of(dstEid);
      const gone = list.splice(0, Math.min(Number(index - known.to), list.length));
      for (const entry of gone) {
        const key = sumKey(entry);
        known.sums.set(key, (known.sums.get(key) ?? 0n) + entry.amount);
      }
      const sealed = windows.of(dstEid);
      const old = sealed.findIndex(({ count }) => count > index) - KEPT_WINDOWS;
      if (old > 0) sealed.splice(0, old);
      forgotten.set(dstEid, { to: known.to + BigInt(gone.length), sums: known.sums });
    },
  };
}

function sumKey({ kind, asset }: { kind: number; asset: number }): string {
  return `${kind}:${asset}`;
}
