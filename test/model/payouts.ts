/**
 * The way out of a vault, as the design has it: large entries wait in time and blocks, an account has its share of the
 * bucket, what exceeds the bucket has its time at once, and what is refused stays parked.
 */

import { EntryKind, parseAccount } from "@weighlock/core/entry.ts";
import { draw, drawShare } from "@weighlock/core/gcra.ts";
import { isVetoed, NEVER, Stage, type Terms } from "@weighlock/core/waiting.ts";
import type { Address } from "viem";
import { entryOf, hashOf } from "./entries.ts";
import type { Park, ParkedReason, Reasons, State } from "./state.ts";

/** Why not now, and what it has behind it at its next try. */
type Wait = { reason: ParkedReason; terms: Terms };

export const GRACE = 7n * 86_400n;

export function createPayouts(state: State) {
  const { hub } = state;

  const queued = (vault: number, asset: number) =>
    state.parks
      .filter((park) => park.vault === vault && park.entry.asset === asset && !park.isOver)
      .filter(({ terms }) => terms.stage !== Stage.Unbacked)
      .reduce((sum, { entry }) => sum + entry.amount, 0n);

  /** Pays, and then it is undefined; otherwise nothing has moved but what it drew. */
  function pay({ vault, entry, payee }: Pick<Park, "vault" | "entry" | "payee">, before: number): Wait | undefined {
    const { asset, amount, account } = entry;
    const clock = state.clock(vault, hub, asset);
    const wait = (reason: ParkedReason, stage: number, unlockAt = clock, unlockBlock = 0n): Wait => ({
      reason,
      terms: { parkedAt: state.now, unlockAt, unlockBlock, stage },
    });
    const backing = state.deposited.get(vault, asset) - state.released.get(vault, asset) - queued(vault, asset);
    if (amount > backing) return wait("BeyondBook", Stage.Unbacked);
    const stage = before === Stage.Unbacked ? Stage.Arrived : before;
    if (state.isAssetPaused(vault, asset)) return wait("AssetPaused", stage);

    const { limit } = state.vaultRules.get(`${vault}:${asset}`) ?? state.spec.vaultRules;
    let share = state.shares.get(vault, account, asset);
    let bucket = state.outflow.get(vault, asset);
    if (stage < Stage.Waited) {
      // The lanes have two paths: nothing vouches for a large one beyond them.
      if (amount >= limit.large) {
        return wait("Large", Stage.Waited, clock + state.largeWait, state.block + state.largeBlocks);
      }
      const drawn = drawShare(limit, { fullAt: share, clock, amount });
      share = drawn.fullAt;
      if (drawn.unlockAt > clock) {
        state.shares.set(share, vault, account, asset);
        return wait("AccountShare", Stage.Waited, drawn.unlockAt);
      }
    }
    if (stage < Stage.Drawn) {
      const drawn = draw({ fullAt: bucket, ...limit }, { clock, amount });
      bucket = drawn.fullAt;
      if (drawn.unlockAt > clock) {
        state.outflow.set(bucket, vault, asset);
        state.shares.set(share, vault, account, asset);
        return wait("OverLimit", Stage.Drawn, drawn.unlockAt);
      }
    }
    if (state.isRefused(vault, asset, payee)) return wait("Refused", stage);
    state.outflow.set(bucket, vault, asset);
    state.shares.set(share, vault, account, asset);
    state.released.add(amount, vault, asset);
    state.releasedTo.add(amount, vault, account, asset);
    return undefined;
  }

  /** Undefined when it is paid or has moved on; otherwise why it is where it was. */
  function tryAgain(park: Park): ParkedReason | undefined {
    // Its own money is not in its way.
    park.isOver = true;
    const wait = pay(park, park.terms.stage);
    if (wait === undefined) return undefined;
    park.isOver = false;
    if (wait.terms.stage <= park.terms.stage) return wait.reason;
    const { parkedAt } = park.terms;
    Object.assign(park, { reason: wait.reason, terms: { ...wait.terms, parkedAt } });
    return undefined;
  }

  const isLocked = ({ vault, entry, terms }: Park): boolean =>
    state.clock(vault, hub, entry.asset) < terms.unlockAt || state.block < terms.unlockBlock;

  return {
    queued,

    /** What was executed: paid, or parked. */
    arrive(vault: number, index: number, entry: Park["entry"], payee: Address): void {
      const wait = pay({ vault, entry, payee }, Stage.Unbacked);
      if (wait !== undefined) state.parks.push({ vault, index, entry, payee, isOver: false, ...wait });
    },

    retry(park: Park): Reasons {
      if (park.isOver) return ["ParkUnknown"];
      const reasons = [
        isLocked(park) ? "ParkLocked" : undefined,
        state.isPaused(park.vault, hub, "in") ? "PaymentsStopped" : undefined,
        state.isAssetPaused(park.vault, park.entry.asset) ? "AssetIsPaused" : undefined,
      ].filter((reason) => reason !== undefined);
      if (reasons.length > 0) return reasons;
      return tryAgain(park) === undefined ? [] : ["ParkNotPayable"];
    },

    /** @param isEntitled Asked by the payee or the owner; anybody else waits, and pays what can be paid. */
    returnRelease(park: Park, isEntitled: boolean): Reasons {
      if (park.isOver) return ["ParkUnknown"];
      const { vault, entry, terms } = park;
      if (!isEntitled) {
        if (isVetoed(terms)) return ["ParkLocked"];
        if (state.clock(vault, hub, entry.asset) < terms.unlockAt + GRACE) return ["ReturnNotYet"];
        if (state.isPaused(vault, hub, "in")) return ["PaymentsStopped"];
        if (state.isAssetPaused(vault, entry.asset)) return ["AssetIsPaused"];
        if (tryAgain(park) === undefined) return [];
      }
      // What has drawn keeps its place until its time.
      const isPlaced = terms.stage === Stage.Drawn && !isVetoed(terms);
      if (isPlaced && state.clock(vault, hub, entry.asset) < terms.unlockAt) return ["ParkLocked"];
      park.isOver = true;
      const { asset, amount, account } = entry;
      const party = hashOf(entry);
      state.post(vault, hub, {
        ...entryOf({ kind: EntryKind.Returned, asset, eid: vault, amount, account, party }),
        ref: BigInt(park.index),
      });
      return [];
    },

    veto(park: Park): Reasons {
      if (isVetoed(park.terms)) return ["ParkLocked"];
      if (park.isOver) return ["ParkUnknown"];
      Object.assign(park, { reason: "Vetoed", terms: { ...park.terms, unlockAt: NEVER } });
      return [];
    },
    clear(park: Park): Reasons {
      if (!isVetoed(park.terms)) return ["ParkNotVetoed"];
      if (park.isOver) return ["ParkUnknown"];
      const unlockAt = state.clock(park.vault, hub, park.entry.asset);
      // The time that the bucket gave is gone with the veto: it draws anew.
      const stage = Math.min(park.terms.stage, Stage.Waited);
      Object.assign(park, { reason: "None", terms: { ...park.terms, unlockAt, unlockBlock: 0n, stage } });
      return [];
    },
    strike(park: Park): Reasons {
      if (park.isOver) return ["ParkUnknown"];
      park.isOver = true;
      const { asset, amount } = park.entry;
      if (park.terms.stage !== Stage.Unbacked) state.struck.add(amount, park.vault, asset);
      return [];
    },
    ownerOf: (park: Park): Address => parseAccount(park.entry.account).owner,
  };
}
