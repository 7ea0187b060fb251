/** A settlement as lines of text. */

import type { Place } from "./laneReader.ts";
import type { Settlement } from "./settlement.ts";

const clock = (at: Date) => at.toISOString().replace("T", " ").replace(".000Z", "Z");
const where = ({ transactionHash, block, at }: Place) => `${clock(at)}  block ${block}  ${transactionHash}`;
const step = (name: string, place: Place, note = "") => `  ${name.padEnd(22)}${where(place)}${note && `  ${note}`}`;

/** One line for each step that has happened, in the order of a settlement's life. */
export function stepsOf(settlement: Settlement): string[] {
  const { posted, sealed, dispatched, attested, executed, outcome } = settlement;
  return [
    step("posted", posted),
    ...(sealed ? [step("sealed", sealed, `count ${sealed.count}`)] : []),
    ...dispatched.map((each) => step(`dispatched ${each.path}`, each, `count ${each.count}`)),
    ...attested.flatMap(({ path, place, count }) => (place ? [step(`attested ${path}`, place, `count ${count}`)] : [])),
    ...(executed ? [step("executed", executed, `on ${executed.paths.join(" and ")}`)] : []),
    ...(outcome ? [step(outcome.type, outcome, noteOf(outcome))] : []),
  ];
}

const noteOf = ({ as, reason }: NonNullable<Settlement["outcome"]>) =>
  [...(as === undefined ? [] : [`as ${as}`]), ...(reason === undefined ? [] : [reason])].join(": ");

/** What it is, in one line. */
export function headlineOf({ id, kind, quantity, asset, owner, subaccount, party, stage }: Settlement): string {
  const account = subaccount === 0n ? owner : `${owner}/${subaccount}`;
  const to = kind === "Release" || kind === "WithdrawalRequest" ? ` → ${party}` : "";
  return `${id}  ${kind} of ${quantity} ${asset}  account ${account}${to}  is ${stage}`;
}

export function renderSettlement(settlement: Settlement): string[] {
  const { waitsFor } = settlement;
  return [headlineOf(settlement), ...stepsOf(settlement), ...waitsFor.map((reason) => `  waits: ${reason}`)];
}

/** How it ended; where it waits, until when and what ends it as well. */
export function outcomeLines(settlement: Settlement): string[] {
  return [outcomeLine(settlement), ...settlement.waitsFor.map((reason) => `  waits: ${reason}`)];
}

function outcomeLine({ id, quantity, asset, outcome, posted, stage }: Settlement): string {
  if (!outcome) return `${id} is ${stage}`;
  const seconds = Math.max(0, Math.round((outcome.at.getTime() - posted.at.getTime()) / 1000));
  const note = noteOf(outcome);
  return `${id}: ${quantity} ${asset} ${outcome.type} after ${seconds} s${note && `: ${note}`}`;
}
