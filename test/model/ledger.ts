/**
 * The ledger as DESIGN and docs describe it, without a chain: accounts, lane books, vault books, suspense, parks, held
 * entries, nonces. Every action returns the reasons for which it must be refused; with none it is done.
 */

import { accountOf, type Entry, EntryKind, parseAccount, partyAddress, partyOf } from "@weighlock/core/entry.ts";
import type { Withdrawal } from "@weighlock/core/withdrawal.ts";
import { type Address, type Hex, zeroAddress } from "viem";
import { entryOf, hashOf, isByController, partyWithout, withController } from "./entries.ts";
import { createTable, type Table } from "./table.ts";

export type Reasons = readonly string[];
export type Direction = "in" | "out";
export type HeldReason = "AssetUnlisted" | "OwnerZero" | "Returned";
export type Park = { vault: number; index: number; entry: Entry; parkedAt: bigint; payee: Address; isOver: boolean };
export type HeldEntry = {
  vault: number;
  index: number;
  entry: Entry;
  parkedAt: bigint;
  reason: HeldReason;
  isOver: boolean;
};
export type Lane = { entries: Entry[]; seals: number[]; executed: number };
export type Request = {
  owner: Address;
  subaccount: bigint;
  dstEid: number;
  asset: number;
  amount: bigint;
  recipient: Address;
};
export type Item = { withdrawal: Withdrawal; fee: bigint; isSigned: boolean };

export type Deposit = {
  vault: number;
  asset: number;
  amount: bigint;
  payer: Address;
  owner: Address;
  subaccount: bigint;
  refundTo: Address;
};
export type Payout = { account: Hex; vault: number; asset: number; amount: bigint; recipient: Address };

export type LedgerSpec = { hub: number; vaults: readonly number[]; minimum: bigint };

const WINDOW = 128;
const GRACE = 7n * 86_400n;

export type Ledger = ReturnType<typeof createLedger>;

export function createLedger({ hub, vaults, minimum }: LedgerSpec) {
  const balances: Table = createTable();
  const totals: Table = createTable();
  const credited: Table = createTable();
  const authorised: Table = createTable();
  const suspense: Table = createTable();
  const deposited: Table = createTable();
  const released: Table = createTable();
  const releasedTo: Table = createTable();
  const pauses: Table = createTable();
  const listed = new Set<string>();
  const refusing = new Set<string>();
  const nonces = new Set<string>();
  const requestNonces = new Set<string>();
  const returned = new Set<string>();
  const recipients = new Set<string>();
  const controllers = new Map<string, Address>();
  const lanes = new Map<string, Lane>();
  const parks: Park[] = [];
  const held: HeldEntry[] = [];
  let now = 0n;

  for (const vault of vaults) {
    for (const key of [`${hub}>${vault}`, `${vault}>${hub}`]) lanes.set(key, { entries: [], seals: [0], executed: 0 });
  }

  const lane = (from: number, to: number): Lane => {
    const found = lanes.get(`${from}>${to}`);
    if (found === undefined) throw new RangeError(`no lane from ${from} to ${to}`);
    return found;
  };
  const isPaused = (here: number, there: number, direction: Direction) => pauses.get(here, there, direction) > now;
  const isRefused = (vault: number, asset: number, who: Address) => refusing.has(`${vault}:${asset}:${who}`);
  const available = (vault: number, asset: number) =>
    credited.get(vault, asset) - suspense.get(vault, asset) - authorised.get(vault, asset);

  function post(from: number, to: number, entry: Entry): number {
    const { entries, seals } = lane(from, to);
    entries.push(entry);
    if (entries.length - (seals.at(-1) ?? 0) === WINDOW) seals.push(entries.length);
    return entries.length - 1;
  }

  function give(account: Hex, asset: number, amount: bigint): void {
    balances.add(amount, account, asset);
    totals.add(amount, asset);
  }

  function release({ account, vault, asset, amount, recipient }: Payout): void {
    give(account, asset, -amount);
    authorised.add(amount, vault, asset);
    post(
      hub,
      vault,
      entryOf({ kind: EntryKind.Release, asset, eid: vault, amount, account, party: partyOf(recipient) }),
    );
  }

  /** Why a withdrawal must be refused; the names are the contracts' (`Refusal`). */
  function refusals({ account, vault, asset, amount, recipient, fee = 0n }: Payout & { fee?: bigint }): string[] {
    const balance = balances.get(account, asset);
    const debit = amount + fee;
    const isListed = listed.has(`${vault}:${asset}`);
    return [
      isListed ? undefined : "AssetNotOnLane",
      amount === 0n ? "AmountZero" : undefined,
      recipient === zeroAddress ? "RecipientZero" : undefined,
      balance < debit ? "BalanceTooLow" : undefined,
      isListed && amount < minimum && balance - debit >= minimum ? "BelowMinimum" : undefined,
      available(vault, asset) < amount ? "VaultTooLow" : undefined,
      isPaused(hub, vault, "out") ? "LaneStopped" : undefined,
    ].filter((reason) => reason !== undefined);
  }

  /** Pays, or says that it can't be paid now. */
  function pay(vault: number, entry: Entry, payee: Address): boolean {
    const { asset, amount, account } = entry;
    if (isRefused(vault, asset, payee) || amount > deposited.get(vault, asset) - released.get(vault, asset))
      return false;
    released.add(amount, vault, asset);
    releasedTo.add(amount, vault, account, asset);
    return true;
  }

  function hold(vault: number, index: number, entry: Entry, reason: HeldReason): void {
    held.push({ vault, index, entry, parkedAt: now, reason, isOver: false });
  }

  function takeDeposit(vault: number, index: number, entry: Entry): void {
    const { asset, amount, account } = entry;
    credited.add(amount, vault, asset);
    const hasOwner = parseAccount(account).owner !== zeroAddress;
    if (hasOwner && listed.has(`${vault}:${asset}`)) {
      give(account, asset, amount);
      return;
    }
    suspense.add(amount, vault, asset);
    hold(vault, index, entry, hasOwner ? "AssetUnlisted" : "OwnerZero");
  }

  /** Refusals of requests, by lane and index, for what the chain says of them. */
  const refusedRequests = new Map<string, Reasons>();

  function serve(vault: number, index: number, { account, eid, asset, amount, party }: Entry): void {
    const { owner } = parseAccount(account);
    const byController = isByController(party);
    const recipient = partyAddress(partyWithout(party));
    const mayAsk = byController
      ? controllers.get(`${owner}:${vault}`) === recipient
      : recipient === owner || recipients.has(`${owner}:${eid}:${recipient}`);
    const reasons = refusals({ account, vault: eid, asset, amount, recipient });
    if (!mayAsk) reasons.push(byController ? "ControllerUnknown" : "RecipientNotRegistered");
    if (reasons.length === 0) release({ account, vault: eid, asset, amount, recipient });
    else refusedRequests.set(`${vault}:${index}`, reasons);
  }

  /** What keeps what waits on the hub from being ended. */
  function finishing(entry: HeldEntry, reasons: readonly HeldReason[]): string[] {
    if (entry.isOver || !reasons.includes(entry.reason)) return ["HeldUnknown", "NotRefundable"];
    return isPaused(hub, entry.vault, "in") ? ["FinishingStopped"] : [];
  }

  return {
    hub,
    vaults,
    minimum,
    balances,
    totals,
    credited,
    authorised,
    suspense,
    deposited,
    released,
    releasedTo,
    nonces,
    requestNonces,
    returned,
    listed,
    parks,
    held,
    recipients,
    controllers,
    refusedRequests,
    lane,
    available,
    isPaused,
    isRefused,
    get now() {
      return now;
    },
    pass(seconds: bigint): void {
      now += seconds;
    },
    list(vault: number, asset: number): Reasons {
      if (listed.has(`${vault}:${asset}`)) return ["AssetAlreadyOnLane"];
      listed.add(`${vault}:${asset}`);
      return [];
    },
    setRefusing(vault: number, asset: number, who: Address, isIt: boolean): void {
      if (isIt) refusing.add(`${vault}:${asset}:${who}`);
      else refusing.delete(`${vault}:${asset}:${who}`);
    },
    pause(here: number, there: number, direction: Direction): void {
      if (!isPaused(here, there, direction)) pauses.set(now + 86_400n, here, there, direction);
    },
    pausedUntil: (here: number, there: number, direction: Direction): bigint => pauses.get(here, there, direction),
    resume(here: number, there: number, direction: Direction): Reasons {
      if (!isPaused(here, there, direction)) return ["NotPaused"];
      pauses.set(0n, here, there, direction);
      return [];
    },

    /** `amount` in canonical units: what is below one stays with the payer. */
    deposit({ vault, asset, amount, payer, owner, subaccount, refundTo }: Deposit): Reasons {
      const reasons = [
        owner === zeroAddress ? "AccountMalformed" : undefined,
        refundTo === zeroAddress ? "RefundAddressZero" : undefined,
        amount === 0n ? "ZeroAmount" : undefined,
        amount < minimum ? "BelowMinimum" : undefined,
        isRefused(vault, asset, payer) ? "Blacklisted" : undefined,
        isPaused(vault, hub, "out") ? "LaneIsPaused" : undefined,
      ].filter((reason) => reason !== undefined);
      if (reasons.length > 0) return reasons;
      deposited.add(amount, vault, asset);
      const account = accountOf({ owner, subaccount });
      post(
        vault,
        hub,
        entryOf({ kind: EntryKind.Deposit, asset, eid: vault, amount, account, party: partyOf(refundTo) }),
      );
      return [];
    },

    withdraw(of: Payout): Reasons {
      const names: Record<string, string> = { BelowMinimum: "BelowMinimumWithdrawal", LaneStopped: "LaneIsPaused" };
      const reasons = refusals(of).map((reason) => names[reason] ?? reason);
      if (reasons.length === 0) release(of);
      return reasons;
    },

    /** One answer for each item. */
    withdrawBatch(operator: Address, items: readonly Item[]): Reasons[] {
      return items.map(({ withdrawal, fee, isSigned }) => {
        const { owner, subaccount, dstEid, asset, amount, recipient, maxFee, nonce, deadline } = withdrawal;
        const account = accountOf({ owner, subaccount });
        const reasons = refusals({ account, vault: dstEid, asset, amount, recipient, fee });
        if (now > deadline) reasons.push("Expired");
        if (fee > maxFee) reasons.push("FeeTooHigh");
        if (nonces.has(`${owner}:${nonce}`)) reasons.push("NonceUsed");
        if (!isSigned) reasons.push("SignatureInvalid");
        if (reasons.length > 0) return reasons;
        nonces.add(`${owner}:${nonce}`);
        give(account, asset, -fee);
        give(accountOf({ owner: operator }), asset, fee);
        release({ account, vault: dstEid, asset, amount, recipient });
        return [];
      });
    },
    cancelNonce(owner: Address, nonce: bigint): Reasons {
      if (nonces.has(`${owner}:${nonce}`)) return ["NonceAlreadyUsed"];
      nonces.add(`${owner}:${nonce}`);
      return [];
    },
    transfer({ from, to, asset, amount }: { from: Hex; to: Hex; asset: number; amount: bigint }): Reasons {
      const reasons = [
        amount === 0n ? "AmountZero" : undefined,
        parseAccount(to).owner === zeroAddress ? "ReceiverZero" : undefined,
        balances.get(from, asset) < amount ? "BalanceTooLow" : undefined,
      ].filter((reason) => reason !== undefined);
      if (reasons.length > 0) return reasons;
      balances.add(-amount, from, asset);
      balances.add(amount, to, asset);
      return [];
    },

    /** @param nonce Of a signed request; one that its requester sends itself has none. */
    request(vault: number, request: Request, requester: Address, nonce?: bigint): Reasons {
      const { owner, subaccount, dstEid, asset, amount, recipient } = request;
      const byController = requester !== owner;
      const key = `${vault}:${requester}:${nonce}`;
      const reasons = [
        amount === 0n ? "ZeroAmount" : undefined,
        byController && recipient !== requester ? "RequestRecipientInvalid" : undefined,
        nonce !== undefined && requestNonces.has(key) ? "RequestNonceUsed" : undefined,
        isPaused(vault, hub, "out") ? "LaneIsPaused" : undefined,
      ].filter((reason) => reason !== undefined);
      if (reasons.length > 0) return reasons;
      if (nonce !== undefined) requestNonces.add(key);
      const account = accountOf({ owner, subaccount });
      const party = byController ? withController(partyOf(recipient)) : partyOf(recipient);
      post(vault, hub, entryOf({ kind: EntryKind.WithdrawalRequest, asset, eid: dstEid, amount, account, party }));
      return [];
    },

    seal(from: number, to: number): void {
      const { entries, seals } = lane(from, to);
      if (seals.at(-1) !== entries.length) seals.push(entries.length);
    },
    /** The next window. */
    execute(from: number, to: number): Reasons {
      if (isPaused(to, from, "in")) return ["LaneIsPaused"];
      const log = lane(from, to);
      const end = log.seals.find((count) => count > log.executed);
      if (end === undefined) throw new RangeError("there is no window to execute");
      for (; log.executed < end; log.executed++) {
        const entry = log.entries[log.executed] as Entry;
        if (to !== hub) {
          const payee = partyAddress(entry.party);
          if (!pay(to, entry, payee))
            parks.push({ vault: to, index: log.executed, entry, parkedAt: now, payee, isOver: false });
        } else if (entry.kind === EntryKind.Deposit) takeDeposit(from, log.executed, entry);
        else if (entry.kind === EntryKind.WithdrawalRequest) serve(from, log.executed, entry);
        else hold(from, log.executed, entry, "Returned");
      }
      return [];
    },

    retry(park: Park): Reasons {
      if (park.isOver) return ["ParkUnknown"];
      if (isPaused(park.vault, hub, "in")) return ["PaymentsPaused"];
      if (!pay(park.vault, park.entry, park.payee)) return ["ParkNotPayable"];
      park.isOver = true;
      return [];
    },
    /** @param isEntitled Asked by the payee or the owner; anybody else waits, and pays what can be paid. */
    returnRelease(park: Park, isEntitled: boolean): Reasons {
      if (park.isOver) return ["ParkUnknown"];
      if (!isEntitled && now < park.parkedAt + GRACE) return ["ReturnNotYet"];
      if (!isEntitled && isPaused(park.vault, hub, "in")) return ["PaymentsPaused"];
      park.isOver = true;
      if (!isEntitled && pay(park.vault, park.entry, park.payee)) return [];
      const { asset, amount, account } = park.entry;
      const ref = BigInt(park.index);
      const party = hashOf(park.entry);
      post(park.vault, hub, {
        ...entryOf({ kind: EntryKind.Returned, asset, eid: park.vault, amount, account, party }),
        ref,
      });
      return [];
    },

    finish(entry: HeldEntry): Reasons {
      const reasons = finishing(entry, ["AssetUnlisted"]);
      const { asset, amount, account } = entry.entry;
      if (!listed.has(`${entry.vault}:${asset}`)) reasons.push("StillHeld");
      if (reasons.length > 0) return reasons;
      entry.isOver = true;
      suspense.add(-amount, entry.vault, asset);
      give(account, asset, amount);
      return [];
    },
    refund(entry: HeldEntry): Reasons {
      const { vault } = entry;
      const reasons = finishing(entry, ["AssetUnlisted", "OwnerZero"]);
      if (now < entry.parkedAt + GRACE) reasons.push("RefundNotYet");
      if (isPaused(hub, vault, "out")) reasons.push("LaneIsPaused");
      if (reasons.length > 0) return reasons;
      entry.isOver = true;
      const { asset, amount } = entry.entry;
      suspense.add(-amount, vault, asset);
      authorised.add(amount, vault, asset);
      post(hub, vault, { ...entry.entry, kind: EntryKind.Release });
      return [];
    },
    /** @param isRight Whether the shown window is the one that holds the release. */
    settleReturned(entry: HeldEntry, isRight: boolean): Reasons {
      const reasons = finishing(entry, ["Returned"]);
      if (!isRight) reasons.push("WindowMismatch");
      if (reasons.length > 0) return reasons;
      entry.isOver = true;
      const original = lane(hub, entry.vault).entries[Number(entry.entry.ref)] as Entry;
      const { asset, amount, account } = original;
      returned.add(`${entry.vault}:${entry.entry.ref}`);
      authorised.add(-amount, entry.vault, asset);
      if (parseAccount(account).owner !== zeroAddress) give(account, asset, amount);
      else {
        suspense.add(amount, entry.vault, asset);
        hold(entry.vault, entry.index, { ...original, kind: EntryKind.Deposit }, "OwnerZero");
      }
      return [];
    },
  };
}
