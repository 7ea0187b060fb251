/** What can be done about an entry that waits, by whom, from when, and with which command. */

import { laneName } from "./input.ts";
import { Held, Parked } from "./reasons.ts";
import type { Waiting } from "./waiting.ts";

export type Remedy = { command: string; what: string; who: string /** At once when absent. */; from?: Date };

/** `RETURNABLE_AFTER` of the vault and `REFUNDABLE_AFTER` of the clearing house, seconds. */
const WEEK = 604_800n;

const dateOf = (seconds: bigint) => new Date(Number(seconds) * 1000);

/** Empty when nothing can be done, and no money waits either. */
export function remediesOf(waiting: Waiting): Remedy[] {
  const id = `${laneName(waiting.lane)}:${waiting.index}`;
  return waiting.type === "held" ? remediesOfHeld(waiting, id) : remediesOfParked(waiting, id);
}

function remediesOfParked({ reason, unlockAt }: Extract<Waiting, { type: "parked" }>, id: string): Remedy[] {
  if (reason === Parked.NotPayable) return [];
  const returned: Remedy[] = [
    { command: `weighlock return ${id}`, what: "gives it back to its account on the hub", who: "its payee or owner" },
    {
      ...{ command: `weighlock return ${id}`, what: "gives it back, unless it can be paid by then", who: "anyone" },
      from: dateOf(unlockAt + WEEK),
    },
  ];
  if (reason === Parked.RecipientInvalid) return returned;
  const [what, who] = ["pays it, once the reason is gone", "anyone"];
  return [{ command: `weighlock retry ${id}`, what, who }, ...returned];
}

function remediesOfHeld({ reason, parkedAt }: Extract<Waiting, { type: "held" }>, id: string): Remedy[] {
  const command = `weighlock settle ${id}`;
  const who = "anyone";
  const refund = { command, what: "sends it back to its refund address", who, from: dateOf(parkedAt + WEEK) };
  switch (reason) {
    case Held.Returned:
      return [{ command, what: "credits the account that the release was taken from", who }];
    case Held.AssetUnlisted:
      return [{ command, what: "credits it, once its asset is listed", who }, refund];
    case Held.OwnerZero:
      return [refund];
    default:
      return [];
  }
}
