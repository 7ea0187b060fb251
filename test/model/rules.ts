/** Listing, tightening and loosening, stopping and resuming: what roles do. */

import { slowDown } from "@weighlock/core/gcra.ts";
import type { Direction, LaneRules, Limit, Reasons, State, VaultRules } from "./state.ts";
import { DAY, NO_END } from "./stops.ts";

/** Stricter in something, and looser in nothing; `more` is stricter where it is more. */
function isTighter(more: [bigint, bigint][], less: [bigint, bigint][]): boolean {
  const isLooser = more.some(([now, next]) => next < now) || less.some(([now, next]) => next > now);
  return !isLooser && [...more, ...less].some(([now, next]) => next !== now);
}

const limits = (now: Limit, next: Limit): [bigint, bigint][] => [
  [now.capacity, next.capacity],
  [now.refill, next.refill],
  [now.large, next.large],
  [BigInt(now.share), BigInt(next.share)],
];

const MAX_FILL = 30n * 86_400n;
const isValid = ({ capacity, refill }: Limit) => capacity <= refill * MAX_FILL;

export function createRules(state: State) {
  const { hub, stops } = state;
  const full = (here: number, there: number, asset: number) => state.clock(here, there, asset) << 64n;

  const isFrozen = (here: number, asset: number) => stops.until(state.assetKey(here, asset), state.now) === NO_END;

  /** An asset stands still for so long on the clock of each lane that it comes by. */
  function stopClock(here: number, asset: number, seconds: bigint): void {
    for (const there of state.lanesOf(here, asset)) stopOnLane(here, there, asset, seconds);
  }

  function stopOnLane(here: number, there: number, asset: number, seconds: bigint): void {
    const laneClock = state.laneClock(here, there);
    const until = seconds === NO_END ? NO_END : laneClock + seconds;
    state.assetStops.set(state.clockKey(here, there, asset), laneClock, until);
  }

  return {
    list(vault: number, asset: number): Reasons {
      const key = `${vault}:${asset}`;
      if (state.laneRules.has(key)) return ["AssetAlreadyOnLane"];
      state.laneRules.set(key, state.spec.laneRules);
      const until = stops.until(state.assetKey(hub, asset), state.now);
      if (until !== 0n) stopOnLane(hub, vault, asset, until === NO_END ? NO_END : until - state.now);
      state.listedAt.set(key, state.clock(hub, vault, asset));
      state.inflow.set(full(hub, vault, asset), vault, asset);
      return [];
    },

    tightenVault(vault: number, asset: number, next: VaultRules): Reasons {
      const now = state.vaultRules.get(`${vault}:${asset}`) as VaultRules;
      const reasons: string[] = [];
      if (!isTighter([[now.minDeposit, next.minDeposit]], limits(now.limit, next.limit)))
        reasons.push("RulesNotTighter");
      if (!isValid(next.limit)) reasons.push("LimitInvalid");
      if (reasons.length > 0) return reasons;
      state.vaultRules.set(`${vault}:${asset}`, next);
      // What was drawn stays drawn, and takes longer to come back.
      const bucket = { ...now.limit, fullAt: state.outflow.get(vault, asset) };
      const of = { clock: state.clock(vault, hub, asset), slower: next.limit.refill };
      state.outflow.set(slowDown(bucket, of), vault, asset);
      return [];
    },
    /** Fills the bucket. */
    loosenVault(vault: number, asset: number, next: VaultRules): Reasons {
      if (!isValid(next.limit)) return ["LimitInvalid"];
      state.vaultRules.set(`${vault}:${asset}`, next);
      state.outflow.set(full(vault, hub, asset), vault, asset);
      return [];
    },
    tightenLane(vault: number, asset: number, next: LaneRules): Reasons {
      const now = state.laneRules.get(`${vault}:${asset}`);
      if (now === undefined) return ["AssetNotOnLane"];
      const less: [bigint, bigint][] = [[now.cap, next.cap], ...limits(now.limit, next.limit)];
      const reasons: string[] = [];
      if (!isTighter([[now.minWithdrawal, next.minWithdrawal]], less)) reasons.push("LaneRulesNotTighter");
      if (!isValid(next.limit)) reasons.push("LaneLimitInvalid");
      if (reasons.length > 0) return reasons;
      state.laneRules.set(`${vault}:${asset}`, next);
      const bucket = { ...now.limit, fullAt: state.inflow.get(vault, asset) };
      const of = { clock: state.clock(hub, vault, asset), slower: next.limit.refill };
      state.inflow.set(slowDown(bucket, of), vault, asset);
      return [];
    },
    loosenLane(vault: number, asset: number, next: LaneRules): Reasons {
      if (!state.laneRules.has(`${vault}:${asset}`)) return ["AssetNotOnLane"];
      if (!isValid(next.limit)) return ["LaneLimitInvalid"];
      state.laneRules.set(`${vault}:${asset}`, next);
      state.inflow.set(full(hub, vault, asset), vault, asset);
      return [];
    },

    pause: (here: number, there: number, direction: Direction) =>
      stops.pause(state.laneKey(here, there, direction), state.now),
    freeze: (here: number, there: number, direction: Direction) =>
      stops.freeze(state.laneKey(here, there, direction), state.now),
    pauseAsset(here: number, asset: number): void {
      if (!state.isAssetPaused(here, asset)) stopClock(here, asset, DAY);
      stops.pause(state.assetKey(here, asset), state.now);
    },
    freezeAsset(here: number, asset: number): void {
      if (!isFrozen(here, asset)) stopClock(here, asset, NO_END);
      stops.freeze(state.assetKey(here, asset), state.now);
    },
    resume: (here: number, there: number, direction: Direction) =>
      stops.resume(state.laneKey(here, there, direction), state.now),
    resumeAsset(here: number, asset: number): void {
      if (state.isAssetPaused(here, asset)) stopClock(here, asset, 0n);
      stops.resume(state.assetKey(here, asset), state.now);
    },
  };
}
