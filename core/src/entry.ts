/** An entry of a lane's log: 96 bytes, three words. The layout is docs/messages.md, section Entry. */

import { type Address, concat, getAddress, type Hex, pad, slice } from "viem";
import { FieldRangeError } from "./errors.ts";
import { checkBytes, checkUint } from "./uint.ts";

export const EntryKind = {
  Deposit: 1,
  WithdrawalRequest: 2,
  Release: 3,
  Returned: 4,
  Checkpoint: 5,
  Escaped: 6,
  MoveOut: 7,
  MoveIn: 8,
} as const;
export type EntryKind = (typeof EntryKind)[keyof typeof EntryKind];
export type EntryKindName = keyof typeof EntryKind;

export type Entry = {
  /** u8; an unknown kind is legal on the wire and parks. */
  kind: number;
  /** u16, the same on every chain. */
  asset: number;
  /** u32. */
  eid: number;
  /** u64. */
  ref: bigint;
  /** u128, canonical units. */
  amount: bigint;
  /** u8; a non-zero value parks the entry. */
  spare: number;
  /** owner (20 bytes) ‖ subaccount (12 bytes). */
  account: Hex;
  /** bytes32; addresses are left-padded. */
  party: Hex;
};

/** An entry as the contracts take and emit it. */
export type EntryWords = { word: bigint; account: Hex; party: Hex };

export type Account = { owner: Address /** u96. */; subaccount: bigint };

/** Throws FieldRangeError or ByteLengthError for a field that does not fit. */
export function packEntry(entry: Entry): EntryWords {
  const word =
    (checkUint("kind", entry.kind, 8) << 248n) |
    (checkUint("asset", entry.asset, 16) << 232n) |
    (checkUint("eid", entry.eid, 32) << 200n) |
    (checkUint("ref", entry.ref, 64) << 136n) |
    (checkUint("amount", entry.amount, 128) << 8n) |
    checkUint("spare", entry.spare, 8);
  return { word, account: checkBytes("account", entry.account, 32), party: checkBytes("party", entry.party, 32) };
}

/** Total over well-formed words: unknown kinds and spare bits are returned, not refused. */
export function unpackEntry({ word, account, party }: EntryWords): Entry {
  checkUint("word", word, 256);
  return {
    kind: Number(word >> 248n),
    asset: Number((word >> 232n) & 0xffffn),
    eid: Number((word >> 200n) & 0xffff_ffffn),
    ref: (word >> 136n) & ((1n << 64n) - 1n),
    amount: (word >> 8n) & ((1n << 128n) - 1n),
    spare: Number(word & 0xffn),
    account: checkBytes("account", account, 32),
    party: checkBytes("party", party, 32),
  };
}

/** The kind's name, or undefined for a kind this version does not know. */
export function kindName(kind: number): EntryKindName | undefined {
  return (Object.keys(EntryKind) as EntryKindName[]).find((name) => EntryKind[name] === kind);
}

export function accountOf({ owner, subaccount = 0n }: { owner: Address; subaccount?: bigint }): Hex {
  const low = checkUint("subaccount", subaccount, 96).toString(16).padStart(24, "0");
  return concat([checkBytes("owner", owner, 20).toLowerCase() as Hex, `0x${low}`]);
}

export function parseAccount(account: Hex): Account {
  checkBytes("account", account, 32);
  return { owner: getAddress(slice(account, 0, 20)), subaccount: BigInt(slice(account, 20, 32)) };
}

/** An address as a `party` word. */
export function partyOf(address: Address): Hex {
  return pad(checkBytes("party", address, 20).toLowerCase() as Hex, { size: 32 });
}

/** The address in a `party` word; throws FieldRangeError when its 12 high bytes are not zero. */
export function partyAddress(party: Hex): Address {
  if (BigInt(checkBytes("party", party, 32)) >> 160n !== 0n) {
    throw new FieldRangeError("party is not an address: its 12 high bytes must be zero.", { details: { party } });
  }
  return getAddress(slice(party, 12, 32));
}
