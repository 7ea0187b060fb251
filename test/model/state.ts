/** What the model keeps: accounts, books, logs, what waits, what is stopped, and what may pass how fast. */

import type { Entry } from "@weighlock/core/entry.ts";
import type { Held, Parked, Terms } from "@weighlock/core/waiting.ts";
import type { Address, Hex } from "viem";
import { createStops } from "./stops.ts";
import { createTable, type Table } from "./table.ts";

export type Reasons = readonly string[];
export type Direction = "in" | "out";
export type ParkedReason = keyof typeof Parked;
export type HeldReason = keyof typeof Held;
export type Park = {
  vault: number;
  index: number;
  entry: Entry;
  payee: Address;
  reason: ParkedReason;
  terms: Terms;
  isOver: boolean;
};
export type HeldEntry = {
  vault: number;
  index: number;
  entry: Entry;
  reason: HeldReason;
  terms: Terms;
  isOver: boolean;
};
export type Lane = { entries: Entry[]; seals: number[]; executed: number };
export type Limit = { capacity: bigint; refill: bigint; large: bigint; share: number };
export type VaultRules = { minDeposit: bigint; limit: Limit };
export type LaneRules = { minWithdrawal: bigint; cap: bigint; limit: Limit };

export type StateSpec = {
  hub: number;
  vaults: readonly number[];
  assets: readonly number[];
  vaultRules: VaultRules;
  laneRules: LaneRules;
  largeWait: bigint;
  largeBlocks: bigint;
};

const WINDOW = 128;

export type State = ReturnType<typeof createState>;

export function createState(spec: StateSpec) {
  const { hub, vaults, assets } = spec;
  const balances: Table = createTable();
  const totals: Table = createTable();
  const stops = createStops();
  /** Of assets, each on the clock of the lane that it comes by: what is stopped both ways is stopped once. */
  const assetStops = createStops();
  const lanes = new Map<string, Lane>();
  const vaultRules = new Map<string, VaultRules>();
  const laneRules = new Map<string, LaneRules>();
  const refusing = new Set<string>();
  let now = 0n;
  let block = 0n;

  for (const vault of vaults) {
    for (const key of [`${hub}>${vault}`, `${vault}>${hub}`]) lanes.set(key, { entries: [], seals: [0], executed: 0 });
    for (const asset of assets) vaultRules.set(`${vault}:${asset}`, spec.vaultRules);
  }

  const lane = (from: number, to: number): Lane => {
    const found = lanes.get(`${from}>${to}`);
    if (found === undefined) throw new RangeError(`no lane from ${from} to ${to}`);
    return found;
  };
  const laneKey = (here: number, there: number, direction: Direction) => `${here} ${direction} ${there}`;
  const assetKey = (here: number, asset: number) => `${here} asset ${asset}`;
  const clockKey = (here: number, there: number, asset: number) => `${here} asset ${asset} by ${there}`;

  return {
    ...spec,
    spec,
    balances,
    totals,
    credited: createTable(),
    authorised: createTable(),
    suspense: createTable(),
    deposited: createTable(),
    released: createTable(),
    releasedTo: createTable(),
    struck: createTable(),
    /** 64.64 fixed point, as the contracts tell it: of a vault's asset, an account's share there, a lane's asset. */
    outflow: createTable(),
    shares: createTable(),
    inflow: createTable(),
    /** Of the lane's clock, by vault and asset: its limits rise from then on. */
    listedAt: new Map<string, bigint>(),
    vaultRules,
    laneRules,
    parks: [] as Park[],
    held: [] as HeldEntry[],
    refusing,
    lane,
    stops,
    assetStops,
    laneKey,
    assetKey,
    clockKey,
    get now() {
      return now;
    },
    /** Of the transaction that is told of. */
    get block() {
      return block;
    },
    pass(seconds: bigint): void {
      now += seconds;
    },
    setBlock(number: bigint): void {
      block = number;
    },

    isListed: (vault: number, asset: number) => laneRules.has(`${vault}:${asset}`),
    /** In the order in which they were listed. */
    lanesOf: (here: number, asset: number): readonly number[] =>
      here === hub
        ? [...laneRules.keys()].flatMap((key) => {
            const [vault, listed] = key.split(":").map(Number);
            return listed === asset && vault !== undefined ? [vault] : [];
          })
        : [hub],
    isRefused: (vault: number, asset: number, who: Address) => refusing.has(`${vault}:${asset}:${who}`),
    isPaused: (here: number, there: number, direction: Direction) =>
      stops.isStopped(laneKey(here, there, direction), now),
    isAssetPaused: (here: number, asset: number) => stops.isStopped(assetKey(here, asset), now),
    /** Seconds of a clock that stands still while the lane from `there` or the asset is stopped at `here`. */
    clock: (here: number, there: number, asset: number) => {
      const laneClock = now - stops.stoppedFor(laneKey(here, there, "in"), now);
      return laneClock - assetStops.stoppedFor(clockKey(here, there, asset), laneClock);
    },
    laneClock: (here: number, there: number) => now - stops.stoppedFor(laneKey(here, there, "in"), now),

    post(from: number, to: number, entry: Entry): number {
      const { entries, seals } = lane(from, to);
      entries.push(entry);
      if (entries.length - (seals.at(-1) ?? 0) === WINDOW) seals.push(entries.length);
      return entries.length - 1;
    },
    give(account: Hex, asset: number, amount: bigint): void {
      balances.add(amount, account, asset);
      totals.add(amount, asset);
    },
  };
}
