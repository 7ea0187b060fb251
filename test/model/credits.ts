/**
 * What a lane brings to the hub, as the design has it: large deposits wait in time and blocks, the lane owes at most its cap,
 * and its bucket says how fast. What can't be credited is in suspense and backs nothing.
 */

import { type Entry, EntryKind, parseAccount } from "@weighlock/core/entry.ts";
import { draw, ordinaryOf, ramped } from "@weighlock/core/gcra.ts";
import { Held, isRefundable, isSuspended, Stage, type Terms } from "@weighlock/core/waiting.ts";
import { zeroAddress, zeroHash } from "viem";
import { GRACE } from "./payouts.ts";
import type { HeldEntry, HeldReason, LaneRules, Reasons, State } from "./state.ts";

type Wait = { reason: HeldReason; terms: Terms };

export function createCredits(state: State) {
  const { hub } = state;

  const available = (vault: number, asset: number) =>
    state.credited.get(vault, asset) - state.suspense.get(vault, asset) - state.authorised.get(vault, asset);

  /** While a lane is new its limits are a tenth, and rise for 30 days; the refill does not. */
  function limitsNow(vault: number, asset: number): LaneRules {
    const rules = state.laneRules.get(`${vault}:${asset}`) ?? state.spec.laneRules;
    const elapsed = state.clock(hub, vault, asset) - (state.listedAt.get(`${vault}:${asset}`) ?? 0n);
    const { capacity, large } = rules.limit;
    return {
      ...rules,
      cap: ramped(rules.cap, elapsed),
      limit: { ...rules.limit, capacity: ramped(capacity, elapsed), large: ramped(large, elapsed) },
    };
  }

  /** Why no account can have it, whatever its lane may bring. */
  function reasonOf(vault: number, { asset, account }: Entry): HeldReason | undefined {
    if (parseAccount(account).owner === zeroAddress) return "OwnerZero";
    return state.isListed(vault, asset) ? undefined : "AssetUnlisted";
  }

  /** Undefined when it may be credited. What it is about is in no book, or in suspense. */
  function admit(vault: number, entry: Entry, stage: number): Wait | undefined {
    const { asset, amount } = entry;
    const clock = state.clock(hub, vault, asset);
    const wait = (reason: HeldReason, next = stage, unlockAt = clock, unlockBlock = 0n): Wait => ({
      reason,
      terms: { parkedAt: state.now, unlockAt, unlockBlock, stage: next },
    });
    const reason = reasonOf(vault, entry);
    if (reason !== undefined) return wait(reason);
    if (state.isAssetPaused(hub, asset)) return wait("AssetPaused");
    const { limit, cap } = limitsNow(vault, asset);
    if (stage < Stage.Waited && amount >= limit.large) {
      return wait("Large", Stage.Waited, clock + state.largeWait, state.block + state.largeBlocks);
    }
    if (available(vault, asset) + amount > cap) return wait("OverExposure");
    if (stage < Stage.Drawn) {
      const bucket = { fullAt: state.inflow.get(vault, asset), ...ordinaryOf(limit) };
      const { fullAt, unlockAt } = draw(bucket, { clock, amount });
      state.inflow.set(fullAt, vault, asset);
      if (unlockAt > clock) return wait("OverLimit", Stage.Drawn, unlockAt);
    }
    return undefined;
  }

  function hold(vault: number, index: number, entry: Entry, { reason, terms }: Wait): void {
    state.held.push({ vault, index, entry, reason, terms, isOver: false });
  }

  function take(vault: number, index: number, entry: Entry): void {
    const { asset, amount, account } = entry;
    const wait = admit(vault, entry, Stage.Arrived);
    state.credited.add(amount, vault, asset);
    if (wait === undefined) {
      state.give(account, asset, amount);
      return;
    }
    state.suspense.add(amount, vault, asset);
    hold(vault, index, entry, wait);
  }

  const standing = ({ vault, isOver }: HeldEntry): string[] =>
    [isOver ? "HeldUnknown" : undefined, state.isPaused(hub, vault, "in") ? "FinishingStopped" : undefined].filter(
      (reason) => reason !== undefined,
    );

  return {
    available,
    limitsNow,

    /** What a lane brings: credited, or held. */
    take,
    takeReturned(vault: number, index: number, entry: Entry): void {
      const terms = { parkedAt: state.now, unlockAt: 0n, unlockBlock: 0n, stage: Stage.Unbacked };
      hold(vault, index, entry, { reason: "Returned", terms });
    },

    finish(held: HeldEntry): Reasons {
      const { vault, entry, terms } = held;
      const { asset, amount, account } = entry;
      const reasons = standing(held);
      if (!isSuspended(Held[held.reason])) reasons.push("StillHeld");
      const isLocked = state.clock(hub, vault, asset) < terms.unlockAt || state.block < terms.unlockBlock;
      if (isLocked) reasons.push("HeldLocked");
      if (reasons.length > 0) return reasons;
      const drawnBefore = state.inflow.get(vault, asset);
      const wait = admit(vault, entry, terms.stage);
      if (wait === undefined) {
        held.isOver = true;
        state.suspense.add(-amount, vault, asset);
        state.give(account, asset, amount);
        return [];
      }
      // To its next wait, or to where it can be refunded: a week from now.
      const isMoving =
        wait.terms.stage > terms.stage || (wait.reason === "OverExposure" && !isRefundable(Held[held.reason]));
      if (!isMoving) {
        state.inflow.set(drawnBefore, vault, asset);
        return ["StillHeld"];
      }
      Object.assign(held, wait);
      return [];
    },

    refund(held: HeldEntry): Reasons {
      const { vault, entry, reason, terms } = held;
      const reasons = standing(held);
      if (!isRefundable(Held[reason]) || BigInt(entry.party) === 0n) reasons.push("NotRefundable");
      if (state.now < terms.parkedAt + GRACE) reasons.push("RefundNotYet");
      if (state.isAssetPaused(hub, entry.asset)) reasons.push("LaneAssetPaused");
      if (state.isPaused(hub, vault, "out")) reasons.push("LaneIsPaused");
      if (reasons.length > 0) return reasons;
      held.isOver = true;
      const { asset, amount } = entry;
      state.suspense.add(-amount, vault, asset);
      state.authorised.add(amount, vault, asset);
      state.post(hub, vault, { ...entry, kind: EntryKind.Release });
      return [];
    },

    /** @param isRight Whether the shown window is the one that holds the release. */
    settleReturned(held: HeldEntry, isRight: boolean, returned: Set<string>): Reasons {
      const { vault, entry } = held;
      const original = state.lane(hub, vault).entries[Number(entry.ref)] as Entry;
      const { asset, amount, account } = original;
      const reasons = standing(held);
      if (held.reason !== "Returned") reasons.push("HeldUnknown");
      if (!isRight) reasons.push("WindowMismatch");
      if (state.isAssetPaused(hub, asset)) reasons.push("LaneAssetPaused");
      // What was authorised stands still while nothing may go out.
      if (state.isPaused(hub, vault, "out")) reasons.push("FinishingStopped");
      if (reasons.length > 0) return reasons;
      held.isOver = true;
      returned.add(`${vault}:${entry.ref}`);
      state.authorised.add(-amount, vault, asset);
      // As a deposit that its lane brings anew. What was an account's can't be sent back to where it came back from.
      state.credited.add(-amount, vault, asset);
      const isRefund = parseAccount(account).owner === zeroAddress || !state.isListed(vault, asset);
      const party = isRefund ? original.party : zeroHash;
      take(vault, held.index, { ...original, kind: EntryKind.Deposit, party });
      return [];
    },
  };
}
