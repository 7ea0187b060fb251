/**
 * The ledger as DESIGN and docs describe it, without a chain: accounts, lane books, vault books, suspense, parks, held
 * entries, nonces, limits and stops. Every action returns the reasons for which it must be refused; with none it is done.
 */

import { accountOf, type Entry, EntryKind, parseAccount, partyAddress, partyOf } from "@weighlock/core/entry.ts";
import type { Withdrawal } from "@weighlock/core/withdrawal.ts";
import { type Address, type Hex, zeroAddress } from "viem";
import { createCredits } from "./credits.ts";
import { entryOf, isByController, partyWithout, withController } from "./entries.ts";
import { createPayouts } from "./payouts.ts";
import { createRules } from "./rules.ts";
import { createState, type HeldEntry, type Reasons, type StateSpec } from "./state.ts";

export type { Direction, HeldEntry, Lane, Park, Reasons } from "./state.ts";

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

export type Ledger = ReturnType<typeof createLedger>;

export function createLedger(spec: StateSpec) {
  const state = createState(spec);
  const { hub, balances, authorised, lane, post, give, isPaused, isRefused } = state;
  const payouts = createPayouts(state);
  const credits = createCredits(state);
  const rules = createRules(state);
  const nonces = new Set<string>();
  const requestNonces = new Set<string>();
  const returned = new Set<string>();
  const recipients = new Set<string>();
  const controllers = new Map<string, Address>();

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
    const isListed = state.isListed(vault, asset);
    const minimum = state.laneRules.get(`${vault}:${asset}`)?.minWithdrawal ?? 0n;
    return [
      isListed ? undefined : "AssetNotOnLane",
      state.isAssetPaused(hub, asset) ? "AssetPaused" : undefined,
      amount === 0n ? "AmountZero" : undefined,
      recipient === zeroAddress ? "RecipientZero" : undefined,
      balance < debit ? "BalanceTooLow" : undefined,
      isListed && amount < minimum && balance - debit >= minimum ? "BelowMinimum" : undefined,
      credits.available(vault, asset) < amount ? "VaultTooLow" : undefined,
      isPaused(hub, vault, "out") ? "LaneStopped" : undefined,
    ].filter((reason) => reason !== undefined);
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

  return {
    ...state,
    ...payouts,
    ...credits,
    ...rules,
    get now() {
      return state.now;
    },
    nonces,
    requestNonces,
    returned,
    recipients,
    controllers,
    refusedRequests,
    settleReturned: (held: HeldEntry, isRight: boolean): Reasons => credits.settleReturned(held, isRight, returned),
    setRefusing(vault: number, asset: number, who: Address, isIt: boolean): void {
      if (isIt) state.refusing.add(`${vault}:${asset}:${who}`);
      else state.refusing.delete(`${vault}:${asset}:${who}`);
    },
    /** `amount` in canonical units: what is below one stays with the payer. */
    deposit({ vault, asset, amount, payer, owner, subaccount, refundTo }: Deposit): Reasons {
      const reasons = [
        owner === zeroAddress ? "AccountMalformed" : undefined,
        refundTo === zeroAddress ? "RefundAddressZero" : undefined,
        amount === 0n ? "ZeroAmount" : undefined,
        amount < (state.vaultRules.get(`${vault}:${asset}`)?.minDeposit ?? 0n) ? "BelowMinimum" : undefined,
        state.isAssetPaused(vault, asset) ? "AssetIsPaused" : undefined,
        isRefused(vault, asset, payer) ? "Blacklisted" : undefined,
        isPaused(vault, hub, "out") ? "LaneIsPaused" : undefined,
      ].filter((reason) => reason !== undefined);
      if (reasons.length > 0) return reasons;
      state.deposited.add(amount, vault, asset);
      const account = accountOf({ owner, subaccount });
      post(
        vault,
        hub,
        entryOf({ kind: EntryKind.Deposit, asset, eid: vault, amount, account, party: partyOf(refundTo) }),
      );
      return [];
    },

    withdraw(of: Payout): Reasons {
      const names: Record<string, string> = {
        ...{ BelowMinimum: "BelowMinimumWithdrawal", LaneStopped: "LaneIsPaused", AssetPaused: "LaneAssetPaused" },
      };
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
        if (state.now > deadline) reasons.push("Expired");
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
        if (to !== hub) payouts.arrive(to, log.executed, entry, partyAddress(entry.party));
        else if (entry.kind === EntryKind.Deposit) credits.take(from, log.executed, entry);
        else if (entry.kind === EntryKind.WithdrawalRequest) serve(from, log.executed, entry);
        else credits.takeReturned(from, log.executed, entry);
      }
      return [];
    },
  };
}
