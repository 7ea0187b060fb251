/** What the contracts' enums mean to a person, by their numbers. */

import { HALT_CLOSED } from "@weighlock/core/halts.ts";

const of = (texts: readonly string[]) => (value: number) => texts[value] ?? `reason ${value}`;

/** `Halt`; empty where nothing is halted. */
export const haltReason = of([
  "",
  "two attestations contradict each other",
  "it gave back a release that was never made",
  "a false acknowledgement",
  "the council closed it for good",
]);

/** Who ends what `haltReason` told, to be put behind it; nobody reopens a lane that was closed. */
export const haltEnd = (reason: string): string =>
  reason === haltReason(HALT_CLOSED) ? "" : "; only the council can end that";

/** `Held`. */
export const heldReason = of([
  "",
  "it is no deposit of its own lane and holds no money",
  "its asset is not listed for the lane",
  "its owner is the zero address, so no account can have it",
  "the lane's book is full",
  "its release was given back and waits to be settled",
  "it is large, and fewer than three paths vouch for it",
  "it is more than the lane's bucket held",
  "the lane would owe more than its cap",
  "its asset is paused",
]);

/** `Parked`; the first is a veto that was cleared. */
export const parkedReason = of([
  "the council has cleared it",
  "it is no release of this vault",
  "its asset is not listed",
  "its recipient is no address",
  "it is more than the vault holds by its book",
  "the token refused the payment",
  "it is large, and fewer than three paths vouch for it",
  "it is more than its account's share of the bucket",
  "it is more than the vault's bucket held",
  "its asset is paused",
  "a guardian has vetoed it; the council decides",
]);

/** `Refusal`: why a signed withdrawal is skipped, or a request refused; each with what to do. */
export const refusalReason = of([
  "",
  "that vault does not have the asset; choose one that quote lists",
  "the amount is zero; ask for a positive amount",
  "the recipient is zero; name the address to pay",
  "the account has less than the amount and the fee; ask for less, or wait until a deposit is credited",
  "the amount is below the vault's minimum; ask for more at once, or for the whole balance",
  "that vault backs less than the amount; ask for less, or choose another vault",
  "the lane to that vault is stopped; ask again when it runs, or choose another vault",
  "its deadline has passed; sign a new one",
  "its nonce was used or cancelled; it is done already, or sign with another nonce",
  "the signature is not the owner's over exactly these values; sign again for this hub",
  "the fee is above what the owner signed; bring it with a lower --fee",
  "the recipient is not registered; its owner runs: weighlock recipient add",
  "the controller is not registered for that chain; its owner runs: weighlock controller set",
  "the asset is paused on the hub; ask again when it runs",
]);
