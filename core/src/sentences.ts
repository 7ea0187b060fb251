/** What to do about each revert: its name to a sentence that a person can act on. One entry per error. */

import { formatPlain } from "./plain.ts";

export type SentenceOf = (args: Readonly<Record<string, unknown>>) => string;

const show = (value: unknown) => formatPlain(value);
/** The names of a contract's enum members, by their number. */
const oneOf = (names: readonly string[], value: unknown) => names[Number(value)] ?? `reason ${show(value)}`;

const HALT = ["no halt", "two attestations contradict each other", "the peer acknowledged a head we never sealed"];
const HELD = [
  "nothing holds it",
  "it is not a deposit of its own lane",
  "its asset is not listed for the lane",
  "its owner is the zero address",
  "the lane's book is full",
];
const PARKED = [
  "nothing parks it",
  "it is not a release of this vault",
  "its asset is not listed",
  "its recipient is no address",
  "it is more than the vault holds by its book",
  "the token refused it",
];

const general: Record<string, SentenceOf> = {
  Error: ({ reason }) => `The contract refused: ${show(reason)}.`,
  Panic: ({ code }) => `The contract stopped on an internal check (panic ${show(code)}); report it with the call.`,
  AccessManagedUnauthorized: ({ caller }) => `${show(caller)} has no role for this call; use the role's key.`,
  AccessManagerUnauthorizedAccount: ({ msgsender, roleId }) =>
    `${show(msgsender)} does not have role ${show(roleId)}; use a key that has it.`,
  AccessManagerUnauthorizedCall: ({ caller, selector }) =>
    `${show(caller)} has no role for ${show(selector)}; use the role's key, or grant it the role first.`,
  AccessManagerNotScheduled: () => "This change has a delay: schedule it first, then execute it when it is ready.",
  AccessManagerNotReady: () => "This change is scheduled and its delay still runs; execute it when it has passed.",
  ERC20InsufficientBalance: ({ sender, balance, needed }) =>
    `${show(sender)} holds ${show(balance)} of the token and ${show(needed)} is needed; lower the amount or top it up.`,
  ERC20InsufficientAllowance: ({ spender, allowance, needed }) =>
    `${show(spender)} may take ${show(allowance)} of the token and ${show(needed)} is needed; approve it first.`,
  SafeERC20FailedOperation: ({ token }) =>
    `The token ${show(token)} refused the transfer; check its balance and rules.`,
};

const deposits: Record<string, SentenceOf> = {
  AssetNotListed: ({ asset }) => `Asset ${show(asset)} is not listed here; choose one that status lists.`,
  ZeroAmount: () => "The amount is zero; give a positive amount.",
  BelowMinimum: ({ asset, minimum, actual }) =>
    `A deposit of asset ${show(asset)} is at least ${show(minimum)}, this one is ${show(actual)}; deposit more at once.`,
  AmountTooLarge: ({ asset, actual }) =>
    `${show(actual)} of asset ${show(asset)} is more than one entry can carry; split the deposit.`,
  AccountMalformed: ({ account }) =>
    `${show(account)} is not an account; it is an owner's address and a subaccount, and the owner is not zero.`,
  RefundAddressZero: () => "The refund address is zero; name an address that can receive the token back.",
  ContractOwnerNotConfirmed: ({ owner }) =>
    `${show(owner)} is a contract that credits its own address; confirm that it holds this address on the hub too.`,
  DepositNotReceived: ({ asset, expected, actual }) =>
    `The vault was to receive ${show(expected)} of asset ${show(asset)} and received ${show(actual)}; the token takes a fee or rebases and can't be deposited.`,
  BalanceBelowBook: ({ asset, expected, actual }) =>
    `The vault holds ${show(actual)} of asset ${show(asset)} and its book says ${show(expected)}; stop depositing and tell the operators.`,
  TransferRefused: ({ token }) =>
    `The token ${show(token)} refused the transfer; check its balance, allowance and rules.`,
};

const withdrawals: Record<string, SentenceOf> = {
  AmountZero: () => "The amount is zero; give a positive amount.",
  BelowMinimumWithdrawal: ({ asset, minimum, actual }) =>
    `A withdrawal of asset ${show(asset)} is at least ${show(minimum)}, this one is ${show(actual)}; withdraw more at once.`,
  RecipientZero: () => "The recipient is zero; name the address to pay.",
  BalanceTooLow: ({ account, asset, balance, requested }) =>
    `Account ${show(account)} has ${show(balance)} of asset ${show(asset)} and ${show(requested)} was asked; withdraw less, or wait for the deposit to be credited.`,
  VaultTooLow: ({ eid, asset, available, requested }) =>
    `The vault at eid ${show(eid)} has ${show(available)} of asset ${show(asset)} available and ${show(requested)} was asked; withdraw less there, or choose another vault.`,
  ValueOutStopped: ({ eid }) =>
    `Payments to eid ${show(eid)} are stopped after a false acknowledgement; choose another vault and follow the status.`,
  AssetNotOnLane: ({ eid, asset }) =>
    `Asset ${show(asset)} is not listed for eid ${show(eid)}; choose a vault that has it.`,
  HeldUnknown: ({ srcEid, index }) =>
    `Nothing is held under index ${show(index)} from eid ${show(srcEid)}; it was finished before, or was never held.`,
  StillHeld: ({ index, reason }) =>
    `Entry ${show(index)} is still held: ${oneOf(HELD, reason)}; remove the reason first.`,
  ParkUnknown: ({ index }) =>
    `No release is parked under index ${show(index)} with these values; it was paid before, or was never parked.`,
  ParkLocked: ({ index, unlockAt }) =>
    `Release ${show(index)} is locked until ${new Date(Number(unlockAt) * 1000).toISOString()}; retry it then.`,
  ParkNotPayable: ({ index, reason }) => `Release ${show(index)} can't be paid: ${oneOf(PARKED, reason)}.`,
  PushMismatch: ({ expected, actual }) =>
    `The token moved ${show(actual)} where ${show(expected)} was asked; the release stays parked.`,
};

const lanes: Record<string, SentenceOf> = {
  LaneNotOpen: ({ eid }) => `There is no lane with eid ${show(eid)}; choose a chain of this deployment.`,
  LaneIsHalted: ({ eid, reason }) =>
    `The lane with eid ${show(eid)} is halted: ${oneOf(HALT, reason)}; the council must look at it.`,
  NothingToSeal: ({ dstEid }) => `Every entry to eid ${show(dstEid)} is sealed already; post one first.`,
  NotSealed: ({ count, sealedCount }) =>
    `No window was sealed at count ${show(count)}; the last one ends at ${show(sealedCount)}.`,
  AlreadyDispatched: ({ count, ackCount, path }) =>
    `Count ${show(count)} with acknowledgement ${show(ackCount)} went over path ${show(path)} before; wait for a newer one, or force it.`,
  ValueNotAccepted: () => "This path takes no fee; send it without value.",
  ValueNotZero: () => "This call takes no value; send it without.",
  RefundFailed: ({ refundTo }) => `${show(refundTo)} refused the fee's change; name a refund address that accepts it.`,
  NoWindows: () => "No window was shown; show at least the next one, whole.",
  PathsNotEnabled: ({ enabled, paths }) =>
    `Paths ${show(paths)} are not all enabled (enabled: ${show(enabled)}, as bits); name enabled ones.`,
  PathsTooFew: ({ required, actual }) =>
    `${show(required)} paths are needed and ${show(actual)} were named; wait until another path has attested.`,
  NetworkPathMissing: () => "None of the named paths is a message network; name at least one that is.",
  PathsNotAttested: ({ paths }) =>
    `Paths ${show(paths)} (as bits) have attested nothing at or above these windows on the shown chain; wait for them, or extend the suffix.`,
  EntryCountMismatch: ({ expected, actual }) =>
    `The windows hold ${show(expected)} entries and ${show(actual)} were shown; show each window whole, with nothing left out or added.`,
  LaneHeadMismatch: ({ path, count, expected, actual }) =>
    `What was shown gives head ${show(actual)} at count ${show(count)}, and path ${show(path)} attested ${show(expected)}; an entry or a node was altered or reordered: read the log again.`,
  SuffixLengthInvalid: ({ length }) => `A suffix is a multiple of 40 bytes, this one has ${show(length)}.`,
  WindowSizeInvalid: ({ previousCount, count }) =>
    `A window holds 1 to 128 entries, and ${show(previousCount)} to ${show(count)} is none; show the counts that were sealed.`,
  GasTooLow: ({ required, actual }) =>
    `The call has ${show(actual)} gas left where ${show(required)} is needed to pay safely; send it with more gas.`,
  CallerNotPath: ({ caller }) => `${show(caller)} is not an enabled path of this lane; nothing it says counts.`,
  PeerUnknown: ({ sender }) => `${show(sender)} is not this lane's gateway; nothing it says counts.`,
  ThresholdInvalid: ({ threshold, watchers }) =>
    `A threshold of ${show(threshold)} does not fit ${show(watchers)} watchers; choose one from 1 to their number.`,
  SignaturesLengthMismatch: ({ expected, actual }) =>
    `The signatures are ${show(actual)} bytes where ${show(expected)} are needed; collect exactly the threshold, 65 bytes each.`,
  SignerNotWatcher: ({ signer }) => `${show(signer)} is not a watcher of this path; leave its signature out.`,
  SignersNotAscending: () => "The signatures are not in ascending order of their signers, each once; sort them.",
};

export const sentences: Readonly<Record<string, SentenceOf>> = { ...general, ...deposits, ...withdrawals, ...lanes };
