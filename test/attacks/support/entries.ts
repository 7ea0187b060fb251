/** Entries as a vault or the hub would post them, had anything happened. */

import { accountOf, EntryKind, type EntryWords, packEntry, partyOf } from "@weighlock/core/entry.ts";
import type { Address } from "viem";
import { USDC } from "./holdings.ts";

type Made = { eid: number; owner: Address; amount: bigint; subaccount?: bigint; party?: Address };

export function depositEntry({ eid, owner, amount, subaccount = 0n, party = owner }: Made): EntryWords {
  return entryOf(EntryKind.Deposit, { eid, owner, amount, subaccount, party });
}

export function releaseEntry({ eid, owner, amount, subaccount = 0n, party = owner }: Made): EntryWords {
  return entryOf(EntryKind.Release, { eid, owner, amount, subaccount, party });
}

/** As if the owner had asked on a vault's chain to be paid by the vault behind `eid`. */
export function requestEntry({ eid, owner, amount, subaccount = 0n, party = owner }: Made): EntryWords {
  return entryOf(EntryKind.WithdrawalRequest, { eid, owner, amount, subaccount, party });
}

function entryOf(
  kind: (typeof EntryKind)["Deposit" | "Release" | "WithdrawalRequest"],
  { eid, owner, amount, subaccount, party }: Required<Made>,
): EntryWords {
  const account = accountOf({ owner, subaccount });
  return packEntry({ kind, asset: USDC, eid, ref: 0n, amount, spare: 0, account, party: partyOf(party) });
}
