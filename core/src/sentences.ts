/** What to do about each revert: its name to a sentence that a person can act on. One entry per error. */

import { HALT_CLOSED } from "./halts.ts";
import { formatPlain } from "./plain.ts";

export type SentenceOf = (args: Readonly<Record<string, unknown>>) => string;

const show = (value: unknown) => formatPlain(value);
/** The names of a contract's enum members, by their number. */
const oneOf = (names: readonly string[], value: unknown) => names[Number(value)] ?? `reason ${show(value)}`;

const HALT = [
  "no halt",
  "two attestations contradict each other",
  "the peer gave back a release that we never made",
  "the peer acknowledged a head we never sealed",
  "the council closed it for good",
];
const DIRECTION = ["what arrives from", "what leaves for"];
/** A mask of paths, as their indices. */
const pathsOf = (mask: unknown) => {
  const indices = [0, 1, 2, 3, 4, 5, 6, 7].filter((path) => (Number(mask) >> path) & 1);
  return indices.length === 0 ? "no path" : `path ${indices.join(" and ")}`;
};
/** The contracts' `NO_END` and, above it, `NEVER`. */
const NO_END = (1n << 40n) - 1n;
/** Unix seconds, as a date. A clock's seconds are a date while nothing was stopped, and later otherwise. */
const time = (seconds: unknown) =>
  BigInt(seconds as bigint) >= NO_END ? "the council decides" : new Date(Number(seconds) * 1000).toISOString();
const SCOPE = ["in of", "out of", "halt of", "asset"];
/** "in of eid 40702", "asset 1". */
const scoped = (scope: unknown, id: unknown) => `${oneOf(SCOPE, scope)} ${Number(scope) < 3 ? "eid " : ""}${show(id)}`;
const KEY = ["no key", "a pauser's key", "a guardian's key", "a monitor's key"];
/** Seconds and, where they count too, blocks. */
const unlock = (at: unknown, block: unknown) => {
  const blocks = BigInt(block as bigint) === 0n ? "" : ` and block ${show(block)}, or a third path vouches for it`;
  return `${time(at)}${blocks}`;
};
const HELD = [
  "nothing holds it",
  "it is not a deposit of its own lane",
  "its asset is not listed for the lane",
  "its owner is the zero address",
  "the lane's book is full",
  "its release was given back and waits to be settled",
  "it is large, and fewer than three paths vouch for it",
  "it is more than the lane's bucket holds",
  "the lane would owe more than its cap",
  "its asset is paused",
];
const PARKED = [
  "nothing parks it",
  "it is not a release of this vault",
  "its asset is not listed",
  "its recipient is no address",
  "it is more than the vault holds by its book",
  "the token refused it",
  "it is large, and fewer than three paths vouch for it",
  "it is more than its account's share of the bucket",
  "it is more than the vault's bucket holds",
  "its asset is paused",
  "a guardian has vetoed it",
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

const tips: Record<string, SentenceOf> = {
  TipZero: () => "A tip of nothing; send some value with it.",
  MarginTooHigh: ({ most, actual }) =>
    `A margin of ${show(actual)} hundredths of a percent; at most ${show(most)} are allowed.`,
  NothingNewer: ({ paidCount }) =>
    `The jar paid for count ${show(paidCount)} already, and nothing newer is posted; wait for new entries.`,
  TooSoon: ({ payableAt }) => `The jar pays for this lane again from ${time(payableAt)}; dispatch without it, or wait.`,
  NetworkFeeZero: () => "No message network had anything new to carry; name one, or dispatch without the jar.",
  JarTooLow: ({ held, required }) =>
    `The lane's jar holds ${show(held)} wei and the networks take ${show(required)}; tip it, or dispatch without it.`,
  RewardNotPaid: ({ to, reward }) =>
    `${show(to)} did not take its ${show(reward)} wei; call from an account that receives value.`,
  PaymentUnexpected: () => "The jar takes value by tip alone; call tip.",
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
  PaymentsStopped: ({ srcEid }) =>
    `The lane from eid ${show(srcEid)} is halted or paused, and nothing that it brought is paid; try again when it runs.`,
  AssetIsPaused: ({ asset, until }) => `Asset ${show(asset)} is paused until ${time(until)}; try again then.`,
  HubEidInvalid: ({ hubEid }) => `${show(hubEid)} can't be the hub's eid; give the eid of another chain.`,
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
  AssetNotOnLane: ({ eid, asset }) =>
    `Asset ${show(asset)} is not listed for eid ${show(eid)}; choose a vault that has it.`,
  HeldUnknown: ({ srcEid, index }) =>
    `Nothing is held under index ${show(index)} from eid ${show(srcEid)}; it was finished before, or was never held.`,
  StillHeld: ({ index, reason }) =>
    `Entry ${show(index)} is still held: ${oneOf(HELD, reason)}; remove the reason first.`,
  ParkUnknown: ({ index }) =>
    `No release is parked under index ${show(index)} with these values; it was paid before, or was never parked.`,
  ParkLocked: ({ index, unlockAt, unlockBlock }) =>
    `Release ${show(index)} is locked until ${unlock(unlockAt, unlockBlock)}; retry it then.`,
  ParkNotVetoed: ({ index }) => `Release ${show(index)} is not vetoed, so there is nothing to clear; retry it.`,
  HeldLocked: ({ index, unlockAt, unlockBlock }) =>
    `Entry ${show(index)} is locked until ${unlock(unlockAt, unlockBlock)}; finish it then.`,
  LaneAssetPaused: ({ asset, until }) =>
    `Asset ${show(asset)} is paused on the hub until ${time(until)}; try again then.`,
  ParkNotPayable: ({ index, reason }) => `Release ${show(index)} can't be paid: ${oneOf(PARKED, reason)}.`,
  ParkNotReturnable: ({ index }) =>
    `What is parked under index ${show(index)} is no release that the hub made; it can't be given back.`,
  ReturnNotYet: ({ index, returnableAt }) =>
    `Until ${time(returnableAt)} only its payee or its owner gives release ${show(index)} back; use their key, or wait.`,
  SignatureExpired: ({ deadline }) =>
    `The signature was good until ${time(deadline)}; sign again with a later deadline.`,
  SignerMismatch: ({ expected, actual }) =>
    `The signature is from ${show(actual)} and ${show(expected)} had to sign; sign with that key, exactly these values.`,
  RequestNonceUsed: ({ requester, nonce }) =>
    `${show(requester)} has used nonce ${show(nonce)} for a request before; sign with another.`,
  RequesterNotOrigin: ({ caller }) =>
    `${show(caller)} is a contract, whose address may be somebody else's here; bring the owner's signature instead.`,
  RequestRecipientInvalid: ({ requester, recipient }) =>
    `${show(requester)} can't ask for a payment to ${show(recipient)}; an owner names any address but zero, a controller its own.`,
  DestinationZero: () => "The request names no destination; give the eid of the vault that shall pay.",
  FinishingStopped: ({ srcEid }) =>
    `The lane with eid ${show(srcEid)} is halted or paused: nothing that it brought is finished, and no return settled while nothing may go out; try again when it runs.`,
  NotRefundable: ({ index, reason }) =>
    `Entry ${show(index)} can't be refunded: ${oneOf(HELD, reason)}; only deposits that have no time of their own can.`,
  RefundNotYet: ({ index, refundableAt }) =>
    `Deposit ${show(index)} can be refunded from ${time(refundableAt)}; finish it before, if its reason is gone.`,
  WindowMismatch: ({ ref, previousCount, count }) =>
    `Entries ${show(previousCount)} to ${show(count)} are not the sealed window that holds release ${show(ref)}; show that one, whole.`,
  NonceAlreadyUsed: ({ owner, nonce }) =>
    `${show(owner)} has used nonce ${show(nonce)} before; its withdrawal is done or cancelled.`,
  SignatureGasTooLow: ({ required, actual }) =>
    `The call has ${show(actual)} gas left where a wallet that is asked for its signature may need ${show(required)}; send it with more gas.`,
  ReceiverZero: () => "The receiver is the zero address; name the owner of the account to credit.",
  PushMismatch: ({ expected, actual }) =>
    `The token moved ${show(actual)} where ${show(expected)} was asked; the release stays parked.`,
};

const lanes: Record<string, SentenceOf> = {
  LaneNotOpen: ({ eid }) => `There is no lane with eid ${show(eid)}; choose a chain of this deployment.`,
  LaneIsHalted: ({ eid, reason }) =>
    `The lane with eid ${show(eid)} is halted: ${oneOf(HALT, reason)}; ${Number(reason) === HALT_CLOSED ? "nothing moves on it any more" : "the council must look at it"}.`,
  LaneIsPaused: ({ eid, direction, until }) =>
    `${oneOf(DIRECTION, direction)} eid ${show(eid)} is paused until ${time(until)}; try again then, or when the council has resumed it.`,
  OnlyPauseController: ({ caller }) => `${show(caller)} is not the pause controller; pause through it.`,
  PauseControllerZero: () => "A gateway needs a pause controller; give its address.",
  PathNotEnabled: ({ eid, path }) =>
    `Path ${show(path)} of eid ${show(eid)} is not enabled; a disabled one never comes back, so name another.`,
  LanesFull: ({ most }) =>
    `The gateway has its ${show(most)} lanes, and whoever pauses goes through all; open no more.`,
  LaneNotHalted: ({ eid }) => `The lane with eid ${show(eid)} is not halted; there is nothing to lift.`,
  QuarantineNotEmpty: ({ eid, attestations }) =>
    `${show(attestations)} attestations of eid ${show(eid)} are in quarantine; lift each, or disable its path, first.`,
  QuarantineUnknown: ({ path, count }) =>
    `What path ${show(path)} attested at ${show(count)} is not in quarantine; check both.`,
  AttestationUnknown: ({ path, count, head }) =>
    `Path ${show(path)} did not attest ${show(head)} at ${show(count)}; show what it did attest.`,
  NoContradiction: ({ count, head }) =>
    `Both say ${show(head)} at ${show(count)}; that is no contradiction, and the lane stays as it is.`,
  CountNotShown: ({ count }) =>
    `The nodes don't speak of count ${show(count)}; show the window that ends there, or the two around it.`,
  NothingVouched: ({ path, count }) =>
    `Path ${show(path)} vouches for ${show(count)} already, or no window was executed up to there; show a later one.`,
  KeyTooWeak: ({ caller, required, actual }) =>
    `This takes ${oneOf(KEY, required)}, and ${show(caller)} has ${oneOf(KEY, actual)} here; use another.`,
  KeyInvalid: ({ who, key }) => `${show(who)} can't become one with ${oneOf(KEY, key)} this way; check the address.`,
  ScopeNotPausable: ({ scope }) =>
    `Nobody stops or ends ${oneOf(SCOPE, scope)} a lane by a pause; it is made by evidence, and ended by the council.`,
  NotStopped: ({ scope, id }) => `Nothing is stopped: ${scoped(scope, id)}; look with status.`,
  ResumeNotProposed: ({ scope, id, stoppedAt }) =>
    `Ending the stop of ${time(stoppedAt)} (${scoped(scope, id)}) is not proposed; propose it first.`,
  ResumeNotReady: ({ readyAt, expiresAt }) =>
    `It may be resumed from ${time(readyAt)} until ${time(expiresAt)}; come back then, or propose it again.`,
  ReconciliationOfOther: ({ scope, id, stoppedAt }) =>
    `The reconciliation is not of ${scoped(scope, id)}, stopped at ${time(stoppedAt)}; have that one signed.`,
  ReconciliationTooOld: ({ observedAt }) =>
    `The reconciliation was made at ${time(observedAt)}, not within the last hour; have a new one signed.`,
  LanesMismatch: ({ expected, actual }) =>
    `The reconciliation has ${show(actual)} lanes where ${show(expected)} are needed; have a new one signed.`,
  LaneStateMismatch: ({ eid, executed, executedHead }) =>
    `The lane from eid ${show(eid)} did not execute ${show(executed)} entries with head ${show(executedHead)}; have it signed as it is.`,
  FiguresMismatch: ({ eid }) =>
    `The books of eid ${show(eid)} are not as they were signed; find out why, and have a new reconciliation signed.`,
  MonitorSignaturesLength: ({ expected, actual }) =>
    `The monitors' signatures are ${show(actual)} bytes where ${show(expected)} are needed; bring exactly the threshold, 65 bytes each.`,
  SignerNotMonitor: ({ signer }) => `${show(signer)} is not a monitor's key here; leave its signature out.`,
  MonitorsNotAscending: () =>
    "The monitors' signatures are not in ascending order of their signers, each once; sort them.",
  ControllerNotOfGateway: ({ expected, actual }) =>
    `The gateway names ${show(actual)} as its pause controller, not ${show(expected)}; deploy it where the gateway expects it.`,
  NothingToSeal: ({ dstEid }) => `Every entry to eid ${show(dstEid)} is sealed already; post one first.`,
  NotSealed: ({ count, sealedCount }) =>
    `No window was sealed at count ${show(count)}; the last one ends at ${show(sealedCount)}.`,
  AlreadyDispatched: ({ count, ackCount, paths }) =>
    `Count ${show(count)} with acknowledgement ${show(ackCount)} was the last that the paths ${show(paths)} were given; wait for a newer one, or force it.`,
  WindowLimitNotLooser: ({ current, requested }) =>
    `A window of ${show(requested)} is not looser than ${show(current)}, or above 128; give one between.`,
  GatewayZero: () => "A path needs its gateway; deploy the gateway first.",
  ReceiveGasZero: () => "The path must pay the remote executor for some gas; give what an attestation needs.",
  DeliveryRefused: () => "The gateway did not answer as a recipient must; check the path's gateway.",
  RefundToZero: () => "The fee's change would be burnt; name a refund address.",
  ValueNotAccepted: () => "This path takes no fee; send it without value.",
  ValueNotZero: () => "This call takes no value; send it without.",
  RefundFailed: ({ refundTo }) => `${show(refundTo)} refused the fee's change; name a refund address that accepts it.`,
  NoWindows: () => "No window was shown; show at least the next one, whole.",
  PathsNotEnabled: ({ enabled, paths }) =>
    `Of what was named (${pathsOf(paths)}) not all is enabled (${pathsOf(enabled)} is); name enabled paths.`,
  PathsTooFew: ({ required, actual }) =>
    `${show(required)} paths are needed and ${show(actual)} were named; wait until another path has attested.`,
  NetworkPathMissing: () => "None of the named paths is a message network; name at least one that is.",
  PathsNotAttested: ({ paths }) =>
    `By ${pathsOf(paths)} nothing is attested at or above these windows on the shown chain; wait for it, or extend the suffix.`,
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
    `A threshold of ${show(threshold)} does not fit ${show(watchers)} watchers; choose one from 2 to their number.`,
  SignaturesLengthMismatch: ({ expected, actual }) =>
    `The signatures are ${show(actual)} bytes where ${show(expected)} are needed; collect exactly the threshold, 65 bytes each.`,
  SignerNotWatcher: ({ signer }) => `${show(signer)} is not a watcher of this path; leave its signature out.`,
  SignersNotAscending: () => "The signatures are not in ascending order of their signers, each once; sort them.",
};

/** Setting up, roles and wiring. */
const setup: Record<string, SentenceOf> = {
  AccessManagedInvalidAuthority: ({ authority }) =>
    `${show(authority)} is no access manager; name the deployment's own.`,
  AccessManagedRequiredDelay: ({ caller, delay }) =>
    `${show(caller)} may do this only after ${show(delay)} s; schedule it with the access manager first.`,
  AccessManagerAlreadyScheduled: ({ operationId }) =>
    `Operation ${show(operationId)} is scheduled already; wait until it is ready, or cancel it first.`,
  AccessManagerBadConfirmation: () =>
    "The confirmation is not the caller's own address; a role is given up by its holder.",
  AccessManagerExpired: ({ operationId }) =>
    `Operation ${show(operationId)} was ready and its time has passed; schedule it again.`,
  AccessManagerInvalidInitialAdmin: ({ initialAdmin }) =>
    `${show(initialAdmin)} can't be the first admin; name another.`,
  AccessManagerLockedFunction: ({ selector }) => `The function ${show(selector)} can't be scheduled; call it directly.`,
  AccessManagerLockedRole: ({ roleId }) => `Role ${show(roleId)} can't be changed; use another role.`,
  AccessManagerUnauthorizedCancel: ({ msgsender }) =>
    `${show(msgsender)} may not cancel this operation; use its caller's key, or a guardian's.`,
  AccessManagerUnauthorizedConsume: ({ target }) =>
    `${show(target)} does not run this operation; call it through the access manager.`,
  AddressEmptyCode: ({ target }) => `There is no contract at ${show(target)}; check the address and the chain.`,
  AppMismatch: ({ expected, actual }) =>
    `The gateway serves ${show(actual)}, not ${show(expected)}; deploy it for this clearing house.`,
  GatewayNotOurs: ({ expectedApp, actualApp }) =>
    `The gateway serves ${show(actualApp)}, not ${show(expectedApp)}; deploy it for this vault.`,
  AssetAlreadyListed: ({ asset, token }) =>
    `Asset ${show(asset)} or the token ${show(token)} is listed already; a listing is for ever.`,
  AssetAlreadyOnLane: ({ eid, asset }) =>
    `Asset ${show(asset)} is listed for eid ${show(eid)} already; a listing is for ever.`,
  CanonicalDecimalsDiffer: ({ asset, expected, actual }) =>
    `Asset ${show(asset)} has ${show(expected)} canonical decimals, not ${show(actual)}; they are the same on every lane.`,
  DecimalsTooFew: ({ token, canonicalDecimals, decimals }) =>
    `The token ${show(token)} has ${show(decimals)} decimals and ${show(canonicalDecimals)} canonical ones were asked; use at most its own.`,
  TokenInvalid: ({ token }) => `${show(token)} is no token that can be listed; check the address and its decimals.`,
  PushGasInvalid: ({ most, actual }) =>
    `A gas allowance of ${show(actual)} does not do; give one from 1 to ${show(most)}, or a full window might not fit one transaction.`,
  AssetsFull: ({ most }) =>
    `The vault has its ${show(most)} assets, and a window may touch them all; list it in another vault.`,
  ResumeDelayZero: () => "A resumption that has no delay could not be vetoed; give seconds above zero.",
  MinimumZero: () => "The minimum is zero; give at least one canonical unit.",
  FailedCall: () => "The call inside this one failed without a reason; run it alone to see why.",
  InsufficientBalance: ({ balance, needed }) =>
    `The contract holds ${show(balance)} wei and ${show(needed)} is needed; send it the difference.`,
  LaneAlreadyOpen: ({ eid }) => `The lane with eid ${show(eid)} is open already; a lane is opened once.`,
  LaneEndInvalid: ({ eid, chainId, peer }) =>
    `Eid ${show(eid)}, chain ${show(chainId)} and gateway ${show(peer)} are no end of a lane; each is set, another chain's, and not used yet.`,
  PathIndexTaken: ({ eid, path }) =>
    `Path index ${show(path)} of eid ${show(eid)} is taken or above 7; a contract keeps its index for ever, so use a free one.`,
  PathInvalid: ({ eid, adapter }) =>
    `${show(adapter)} is no contract, or a path of eid ${show(eid)} already; name a new adapter.`,
  PathsFull: ({ eid }) => `The lane with eid ${show(eid)} has its 4 enabled paths; one must be disabled first.`,
  RulesNotTighter: ({ asset }) =>
    `The rules of asset ${show(asset)} would not all be as strict, or nothing stricter; loosening takes the council.`,
  LaneRulesNotTighter: ({ eid, asset }) =>
    `The rules of asset ${show(asset)} on eid ${show(eid)} would not all be as strict, or nothing stricter; loosening takes the council.`,
  LimitInvalid: ({ asset }) =>
    `The limit of asset ${show(asset)} has a zero, a share above 100, or takes over 30 days to fill; give another.`,
  LaneLimitInvalid: ({ eid, asset }) =>
    `The limit of asset ${show(asset)} on eid ${show(eid)} has a zero, a share above 100, or takes over 30 days to fill; give another.`,
  WaitZero: () => "A large release has to wait; give seconds and blocks above zero.",
  LargeWaitZero: () => "A large deposit has to wait; give seconds and blocks above zero.",
  MonitorThresholdTooLow: ({ threshold }) =>
    `A threshold of ${show(threshold)} monitors proves nothing; give at least one.`,
  WindowLimitNotTighter: ({ current, requested }) =>
    `A window limit of ${show(requested)} does not tighten ${show(current)}; give a smaller one, above 0.`,
  RemoteAlreadyOpen: ({ eid }) => `The path knows the gateway at eid ${show(eid)} already; it is set once.`,
  RemoteInvalid: ({ eid, chainId, gateway }) =>
    `Eid ${show(eid)}, chain ${show(chainId)} and ${show(gateway)} are no remote end; each is set, another chain's, and not used yet.`,
  WatcherInvalid: ({ watcher }) => `${show(watcher)} is zero or named twice; name each watcher once.`,
  UlnConfigNotPinned: ({ eid }) =>
    `The LayerZero settings for eid ${show(eid)} leave something to a default; set every field, two DVNs at least.`,
  LibraryMissing: ({ eid }) => `A LayerZero library for eid ${show(eid)} is missing; name both, send and receive.`,
  InvalidShortString: () => "A short string is malformed; report it with the call.",
  StringTooLong: ({ str }) => `"${show(str)}" is too long for its field; use at most 31 bytes.`,
  OwnableInvalidOwner: ({ owner }) => `${show(owner)} can't be an owner; name another address.`,
  OwnableUnauthorizedAccount: ({ account }) =>
    `${show(account)} is not the owner; a path owns itself, so nobody can call this.`,
  InvalidDelegate: () => "The delegate is zero; name an address.",
  SafeCastOverflowedUintDowncast: ({ bits, value }) => `${show(value)} does not fit ${show(bits)} bits; give less.`,
};

/** Calls that only one contract may make, and what paths and signatures refuse. */
const callers: Record<string, SentenceOf> = {
  OnlyApp: ({ caller }) => `${show(caller)} may not post; deposit at the vault, or withdraw at the clearing house.`,
  OnlyGateway: ({ caller }) => `${show(caller)} may not send on a path; dispatch at the gateway.`,
  OnlyOurGateway: ({ caller }) => `${show(caller)} may not bring entries; execute at the gateway.`,
  CallerNotGateway: ({ caller }) => `${show(caller)} may not bring entries; execute at the gateway.`,
  CallerNotPauseController: ({ caller }) => `${show(caller)} is not the pause controller; pause through it.`,
  NotThePauseController: ({ caller }) => `${show(caller)} is not the pause controller; pause through it.`,
  OnlySelf: ({ caller }) => `${show(caller)} may not push a payment; retry the parked release.`,
  OnlyMinter: ({ caller }) => `${show(caller)} may not mint this token; use the minter's key.`,
  OnlyEndpoint: ({ addr }) => `${show(addr)} is not the LayerZero endpoint; let the endpoint deliver.`,
  OnlyPeer: ({ eid, sender }) => `${show(sender)} is not our path at eid ${show(eid)}; nothing it says counts.`,
  NotVerified: ({ nonce, expected, actual }) =>
    `The endpoint holds ${show(expected)} for nonce ${show(nonce)} and was shown ${show(actual)}; show the packet as it was sent, once its verifiers have spoken.`,
  NoPeer: ({ eid }) => `This path has no peer at eid ${show(eid)}; open the remote first.`,
  RemoteEidUnknown: ({ eid }) => `This path knows no gateway at eid ${show(eid)}; open the remote first.`,
  RemoteUnknown: ({ recipient }) => `This path does not know the gateway ${show(recipient)}; open the remote first.`,
  UnexpectedPayment: ({ sender }) =>
    `The gateway takes no payments, and ${show(sender)} sent one; pay with the dispatch itself.`,
  UnsupportedAttribute: ({ selector }) => `Paths take no attributes, and ${show(selector)} was given; leave it out.`,
  NotEnoughNative: ({ msgValue }) =>
    `${show(msgValue)} wei is not the fee that LayerZero asks; quote the dispatch and send that.`,
  LzTokenUnavailable: () => "LayerZero's own token is not taken for fees here; pay in native currency.",
  InvalidOptionType: ({ optionType }) => `LayerZero knows no option type ${show(optionType)}; use type 3.`,
  InvalidEndpointCall: () => "The LayerZero endpoint refused the setting; check the endpoint's address.",
  ReentrancyGuardReentrantCall: () => "The call came back into itself; call again on its own.",
  ECDSAInvalidSignature: () => "A signature can't be read; sign again.",
  ECDSAInvalidSignatureLength: ({ length }) => `A signature has ${show(length)} bytes, and 65 are needed; sign again.`,
  ECDSAInvalidSignatureS: () => "A signature is in its malleable form; use the one with the lower s.",
  ERC20InvalidApprover: ({ approver }) => `${show(approver)} can't approve; use another address.`,
  ERC20InvalidReceiver: ({ receiver }) => `The token can't be sent to ${show(receiver)}; name another address.`,
  ERC20InvalidSender: ({ sender }) => `The token can't be sent from ${show(sender)}; use another address.`,
  ERC20InvalidSpender: ({ spender }) => `${show(spender)} can't be approved; name another address.`,
  ERC2612ExpiredSignature: ({ deadline }) =>
    `The permit was good until ${new Date(Number(deadline) * 1000).toISOString()}; sign a new one.`,
  ERC2612InvalidSigner: ({ signer, owner }) =>
    `The permit was signed by ${show(signer)}, not by ${show(owner)}; sign it with the owner's key.`,
  InvalidAccountNonce: ({ account, currentNonce }) =>
    `${show(account)}'s next permit has nonce ${show(currentNonce)}; sign one with that.`,
};

/** What LayerZero's contracts refuse on the way of a commitment. */
const layerZero: Record<string, SentenceOf> = {
  LZ_InsufficientFee: ({ requiredNative, suppliedNative }) =>
    `LayerZero asks ${show(requiredNative)} wei and ${show(suppliedNative)} came; quote the dispatch again and send that.`,
  LZ_ULN_Verifying: () => "Not every required DVN has verified this packet; wait for them, then commit it.",
  LZ_PathNotVerifiable: () => "This packet can't be committed any more: it was executed, or skipped.",
  LZ_PathNotInitializable: () => "The path does not accept messages from there; check that its remote is open.",
  LZ_PayloadHashNotFound: ({ expected, actual }) =>
    `The endpoint holds ${show(expected)} for this nonce and was shown ${show(actual)}; commit the packet first, and show it unchanged.`,
  LZ_InvalidNonce: ({ nonce }) =>
    `An earlier packet than nonce ${show(nonce)} is not verified; commit the earlier ones first.`,
  LZ_InvalidPayloadHash: () => "The packet's payload is empty; show it as it was sent.",
  LZ_ULN_InvalidPacketHeader: () => "The packet's header has a wrong length; show its first 81 bytes.",
  LZ_ULN_InvalidPacketVersion: () => "The packet has an unknown version; it is not from this protocol.",
  LZ_ULN_InvalidEid: () => "The packet is for another chain; commit it where it belongs.",
  LZ_InvalidReceiveLibrary: () => "The packet came over a library that the path does not use; use the pinned one.",
  LZ_Unauthorized: () => "LayerZero lets only the path itself, or its delegate, do this; nobody else can.",
};

export const sentences: Readonly<Record<string, SentenceOf>> = {
  ...general,
  ...tips,
  ...deposits,
  ...withdrawals,
  ...lanes,
  ...setup,
  ...callers,
  ...layerZero,
};
