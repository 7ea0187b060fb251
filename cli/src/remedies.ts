/** What can be done about an entry that waits, by whom, from when, and with which command. */

import type { Lock } from "@weighlock/core/lock.ts";
import { Held, isRefundable, isSuspended, isVetoed, Parked, Stage } from "@weighlock/core/waiting.ts";
import { laneName } from "./input.ts";
import { dateOf, opening } from "./lockWords.ts";
import type { Waiting } from "./waiting.ts";

export type Remedy = { command: string; what: string; who: string /** At once when absent. */; from?: Date };

/** `RETURNABLE_AFTER` of the vault and `REFUNDABLE_AFTER` of the clearing house, seconds. */
const WEEK = 604_800n;

/** Empty when nothing can be done, and no money waits either. */
export function remediesOf(waiting: Waiting, lock: Lock): Remedy[] {
  const id = `${laneName(waiting.lane)}:${waiting.index}`;
  const from = lock.isOpen ? undefined : opening(lock);
  // Only a decision opens it.
  const isClosed = !lock.isOpen && from === undefined;
  const when = from === undefined ? {} : { from };
  const remedies =
    waiting.type === "held"
      ? remediesOfHeld({ waiting, id, isClosed, when })
      : remediesOfParked({ waiting, id, isClosed, when, lock });
  const isAwaited = !lock.isOpen && lock.quorum !== undefined && !isClosed;
  const vouch = { command: `weighlock vouch ${laneName(waiting.lane)}`, who: "anyone" };
  return isAwaited ? [{ ...vouch, what: "ends the wait, once a third path has attested it" }, ...remedies] : remedies;
}

type Of<Type> = { waiting: Extract<Waiting, { type: Type }>; id: string; isClosed: boolean; when: { from?: Date } };

function remediesOfParked({
  waiting: { reason, terms },
  id,
  isClosed,
  when,
  lock,
}: Of<"parked"> & { lock: Lock }): Remedy[] {
  if (reason === Parked.NotPayable) return [];
  const command = `weighlock return ${id}`;
  // What has drawn from the bucket keeps its place there until its time.
  const isPlaced = terms.stage === Stage.Drawn && lock.secondsLeft > 0n && !isVetoed(terms);
  const placed = isPlaced && opening(lock);
  const byOwner: Remedy = {
    ...{ command, what: "gives it back to its account on the hub", who: "its payee or owner" },
    ...(placed && { from: placed }),
  };
  if (isVetoed(terms)) {
    const clear = { command: `weighlock council clear-release ${id}`, what: "lets it go on", who: "the council" };
    const strike = {
      command: `weighlock council strike ${id}`,
      what: "ends it void: it was forged",
      who: "the council",
    };
    return [clear, strike, byOwner];
  }
  const clock = lock.timestamp + lock.secondsLeft;
  const unlocked = lock.secondsLeft > 0n ? clock : terms.unlockAt;
  const returned: Remedy[] = [
    byOwner,
    { command, what: "gives it back, unless it can be paid by then", who: "anyone", from: dateOf(unlocked + WEEK) },
  ];
  if (reason === Parked.RecipientInvalid || isClosed) return returned;
  const what = WAITS.has(reason) ? "pays it, or tells its next wait" : "pays it, once the reason is gone";
  return [{ command: `weighlock retry ${id}`, what, who: "anyone", ...when }, ...returned];
}

/** Reasons that end by themselves. */
const WAITS: ReadonlySet<number> = new Set([
  Parked.None,
  Parked.Large,
  Parked.AccountShare,
  Parked.OverLimit,
  Parked.AssetPaused,
]);

function remediesOfHeld({ waiting: { reason, terms, entry }, id, isClosed, when }: Of<"held">): Remedy[] {
  const command = `weighlock settle ${id}`;
  const who = "anyone";
  if (isClosed) return [];
  if (reason === Held.Returned) {
    return [{ command, what: "credits the account that the release was taken from", who, ...when }];
  }
  const refund = { command, what: "sends it back to its refund address", who, from: dateOf(terms.parkedAt + WEEK) };
  // A release that came back has no refund address.
  const refunds = isRefundable(reason) && BigInt(entry.party) !== 0n ? [refund] : [];
  if (!isSuspended(reason) || reason === Held.OwnerZero) return refunds;
  return [{ command, what: CREDITS[reason] ?? "credits it, or tells its next wait", who, ...when }, ...refunds];
}

const CREDITS: Readonly<Record<number, string>> = {
  [Held.AssetUnlisted]: "credits it, once its asset is listed",
  [Held.OverExposure]: "credits it, once the lane owes less",
};
