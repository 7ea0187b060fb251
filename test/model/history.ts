/** One random history: each action is done on the chains and in the model, with the same arguments at the same time. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { accountOf, packEntry, parseAccount } from "@weighlock/core/entry.ts";
import { Held } from "@weighlock/core/waiting.ts";
import { signWithdrawal, type Withdrawal } from "@weighlock/core/withdrawal.ts";
import { type Address, parseEventLogs, zeroAddress } from "viem";
import { createLedger, type HeldEntry, type Item, type Ledger, type Park, type Reasons } from "./ledger.ts";
import type { Random } from "./random.ts";
import { createRoles } from "./roles.ts";
import {
  ASSETS,
  CANONICAL_DECIMALS,
  LANE_RULES,
  LARGE_BLOCKS,
  LARGE_WAIT,
  LATE,
  MINIMUM,
  type Outcome,
  tokenAbi,
  VAULT_RULES,
} from "./site.ts";
import { NONCES, SUBACCOUNTS } from "./views.ts";
import { HUB, STRANGER, TRADERS, VAULTS, type World } from "./world.ts";

/** `Refusal` of the contracts, by number. */
const REFUSALS = [
  "None",
  "AssetNotOnLane",
  "AmountZero",
  "RecipientZero",
  "BalanceTooLow",
  "BelowMinimum",
  "VaultTooLow",
  "LaneStopped",
  "Expired",
  "NonceUsed",
  "SignatureInvalid",
  "FeeTooHigh",
  "RecipientNotRegistered",
  "ControllerUnknown",
  "AssetPaused",
];

const LANES = VAULTS.flatMap((vault) => [[HUB, vault] as const, [vault, HUB] as const]);

export type History = {
  ledger: Ledger;
  /** What was done, with how it ended: "deposit: done", "withdraw: BalanceTooLow". */
  counts: Map<string, number>;
  step(): Promise<string>;
};

export async function createHistory({ world, random }: { world: World; random: Random }): Promise<History> {
  const ledger = createLedger({
    ...{ hub: HUB, vaults: VAULTS, assets: ASSETS, vaultRules: VAULT_RULES, laneRules: LANE_RULES },
    ...{ largeWait: LARGE_WAIT, largeBlocks: LARGE_BLOCKS },
  });
  ledger.pass(await world.startsAt());
  await startFull({ world, ledger });
  const hub = { to: world.site(HUB).app, abi: clearingHouseAbi };
  const counts = new Map<string, number>();
  const approved = new Set<string>();

  const trader = (): Address => random.pick(TRADERS).address;
  const keyOf = (owner: Address) => TRADERS.find(({ address }) => address === owner) ?? STRANGER;
  const someone = (): Address => (random.oneIn(30) ? zeroAddress : trader());
  const vaultOf = () => random.pick(VAULTS);
  const asset = () => random.pick([1, 1, 2, LATE] as const);
  const subaccount = () => (random.oneIn(4) ? SUBACCOUNTS[1] : SUBACCOUNTS[0]);
  /** Mostly possible, now and then too much, too little, or all of it. */
  const upTo = (most: bigint): bigint => {
    if (random.oneIn(12)) return most + 1n + random.bigBelow(100n);
    if (random.oneIn(12)) return random.bigBelow(MINIMUM);
    return random.oneIn(8) || most <= MINIMUM ? most : MINIMUM + random.bigBelow(most - MINIMUM);
  };

  /** Somebody's balance and a vault that could pay it; now and then any, and where there is none. */
  function payable() {
    const all = TRADERS.flatMap(({ address: owner }) =>
      SUBACCOUNTS.flatMap((sub) =>
        ASSETS.flatMap((id) =>
          VAULTS.map((vault) => {
            const balance = ledger.balances.get(accountOf({ owner, subaccount: sub }), id);
            return { owner, sub, id, vault, most: least(balance, ledger.available(vault, id)) };
          }),
        ),
      ),
    );
    const some = all.filter(({ most }) => most > 0n);
    return random.pick(some.length === 0 || random.oneIn(10) ? all : some);
  }

  function agree(what: string, reasons: Reasons, error: string | undefined): void {
    const isAgreed = error === undefined ? reasons.length === 0 : reasons.includes(error);
    if (!isAgreed) {
      throw new Error(`${what}: the chain says ${error ?? "done"}, the model ${reasons.join(" or ") || "done"}`);
    }
    count(`${what}: ${error ?? "done"}`);
  }
  function count(what: string): void {
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  /** Tells the model which block it was. */
  async function at(sent: Promise<Outcome>): Promise<Outcome> {
    const outcome = await sent;
    ledger.setBlock(outcome.receipt.blockNumber);
    return outcome;
  }
  function onHub(from: Address, functionName: string, args: readonly unknown[]): Promise<Outcome> {
    return at(world.send(HUB, { ...hub, from, functionName, args }, ledger.now));
  }
  function onVault(vault: number, from: Address, functionName: string, args: readonly unknown[]): Promise<Outcome> {
    const call = { to: world.site(vault).app, abi: collateralVaultAbi, from, functionName, args };
    return at(world.send(vault, call, ledger.now));
  }

  async function deposit(): Promise<void> {
    const [vault, id, payer, owner, refundTo] = [vaultOf(), asset(), trader(), someone(), someone()];
    const site = world.site(vault);
    const amount = random.oneIn(15) ? random.bigBelow(MINIMUM) : MINIMUM + random.bigBelow(1_000_000n);
    const scale = 10n ** BigInt(site.tokenDecimals - CANONICAL_DECIMALS);
    // What is below one canonical unit stays with the payer.
    const local = amount * scale + (scale > 1n ? random.bigBelow(1_000n) : 0n);
    const to = site.tokens[id - 1] as Address;
    const token = { from: payer, to, abi: tokenAbi };
    if (!approved.has(`${to}:${payer}`)) {
      await world.send(vault, { ...token, functionName: "approve", args: [site.app, 2n ** 255n] }, ledger.now);
      await world.send(vault, { ...token, functionName: "mint", args: [payer, 10n ** 40n] }, ledger.now + 1n);
      approved.add(`${to}:${payer}`);
      ledger.pass(2n);
    }
    const of = { vault, asset: id, amount, payer, owner, subaccount: subaccount(), refundTo };
    const { error } = await onVault(vault, payer, "deposit", [id, local, owner, of.subaccount, refundTo, false]);
    // A fraction of one unit is below the minimum, nothing at all is no amount.
    agree("deposit", ledger.deposit(of), error);
  }

  async function withdraw(): Promise<void> {
    const { vault, id, owner, sub, most } = payable();
    const [account, recipient, amount] = [accountOf({ owner, subaccount: sub }), someone(), upTo(most)];
    // So that parks are no rarity.
    if (random.oneIn(4) && recipient !== zeroAddress) {
      await setRefusing(vault, id, recipient, true);
      ledger.pass(10n);
    }
    const { error } = await onHub(owner, "withdraw", [sub, vault, id, amount, recipient]);
    agree("withdraw", ledger.withdraw({ account, vault, asset: id, amount, recipient }), error);
  }

  async function withdrawBatch(): Promise<void> {
    const items: Item[] = [];
    const signed: { withdrawal: Withdrawal; fee: bigint; signature: `0x${string}` }[] = [];
    for (let i = 0; i <= random.below(4); i++) {
      const { vault, id, owner, sub, most } = payable();
      const withdrawal: Withdrawal = {
        owner,
        subaccount: sub,
        dstEid: vault,
        asset: id,
        amount: upTo(most / 2n),
        recipient: someone(),
        maxFee: random.bigBelow(50n),
        nonce: random.bigBelow(BigInt(NONCES)),
        deadline: random.oneIn(10) ? ledger.now - 1n : ledger.now + 1_000n,
      };
      const fee = random.oneIn(10) ? withdrawal.maxFee + 1n : random.bigBelow(withdrawal.maxFee + 1n);
      const isSigned = !random.oneIn(10);
      const at = { chainId: world.site(HUB).node.chainId, clearingHouse: world.site(HUB).app };
      const signature = await signWithdrawal({ at, withdrawal, account: isSigned ? keyOf(owner) : STRANGER });
      items.push({ withdrawal, fee, isSigned });
      signed.push({ withdrawal, fee, signature });
    }
    const operator = trader();
    const { error, receipt } = await onHub(operator, "withdrawBatch", [signed]);
    const expected = ledger.withdrawBatch(operator, items);
    agree("withdrawBatch", [], error);
    const answers = parseEventLogs({
      abi: clearingHouseAbi,
      eventName: ["Withdrawn", "WithdrawalSkipped"],
      logs: receipt.logs,
    });
    if (answers.length !== items.length) throw new Error(`a batch of ${items.length} has ${answers.length} answers`);
    answers.forEach((answer, index) => {
      const error = answer.eventName === "Withdrawn" ? undefined : REFUSALS[answer.args.reason];
      agree("signed", expected[index] as Reasons, error);
    });
  }

  async function cancelNonce(): Promise<void> {
    const [owner, nonce] = [trader(), random.bigBelow(BigInt(NONCES))];
    const { error } = await onHub(owner, "cancelNonce", [nonce]);
    agree("cancelNonce", ledger.cancelNonce(owner, nonce), error);
  }

  async function transfer(): Promise<void> {
    const [owner, id, sub, toOwner, toSub] = [trader(), asset(), subaccount(), someone(), subaccount()];
    const from = accountOf({ owner, subaccount: sub });
    const amount = upTo(ledger.balances.get(from, id));
    const { error } = await onHub(owner, "transfer", [sub, toOwner, toSub, id, amount]);
    const to = accountOf({ owner: toOwner, subaccount: toSub });
    agree("transfer", ledger.transfer({ from, to, asset: id, amount }), error);
  }

  async function register(): Promise<void> {
    const [owner, vault, other] = [trader(), vaultOf(), trader()];
    if (random.oneIn(2)) {
      const isAllowed = !random.oneIn(3);
      const { error } = await onHub(owner, "setRecipient", [vault, other, isAllowed]);
      if (isAllowed) ledger.recipients.add(`${owner}:${vault}:${other}`);
      else ledger.recipients.delete(`${owner}:${vault}:${other}`);
      return agree("setRecipient", [], error);
    }
    const { error } = await onHub(owner, "setController", [vault, other]);
    ledger.controllers.set(`${owner}:${vault}`, other);
    agree("setController", [], error);
  }

  async function request(): Promise<void> {
    const { vault: dstEid, id, owner, sub, most } = payable();
    const vault = vaultOf();
    const requester = random.oneIn(2) ? owner : trader();
    const recipient = random.oneIn(3) ? trader() : requester;
    const amount = upTo(most);
    const asked = { owner, subaccount: sub, dstEid, asset: id, amount, recipient };
    if (random.oneIn(2)) {
      const { error } = await onVault(vault, requester, "requestWithdrawal", [asked]);
      return agree("request", ledger.request(vault, asked, requester), error);
    }
    const [nonce, deadline] = [random.bigBelow(BigInt(NONCES)), ledger.now + 1_000n];
    const hash = await world.site(vault).node.client.readContract({
      address: world.site(vault).app,
      abi: collateralVaultAbi,
      functionName: "requestDigest",
      args: [asked, requester, nonce, deadline],
    });
    const isForged = random.oneIn(6);
    const signature = await (isForged ? STRANGER : keyOf(requester)).sign({ hash });
    const args = [asked, requester, nonce, deadline, signature];
    const { error } = await onVault(vault, STRANGER.address, "requestWithdrawalSigned", args);
    if (isForged && error === "SignerMismatch") return count("signed request: SignerMismatch");
    agree("signed request", isForged ? ["RequestNonceUsed"] : ledger.request(vault, asked, requester, nonce), error);
  }

  /** What is open is sealed and attested, and the next window executed. */
  async function carry(): Promise<void> {
    const waiting = LANES.filter(([from, to]) => ledger.lane(from, to).entries.length > ledger.lane(from, to).executed);
    if (waiting.length === 0) return deposit();
    const [from, to] = random.pick(waiting);
    const lane = ledger.lane(from, to);
    await world.attest(from, to, lane.seals.at(-1) !== lane.entries.length, ledger.now);
    ledger.seal(from, to);
    ledger.pass(10n);
    const { error, receipt } = await at(world.execute(from, to, lane, ledger.now));
    agree("execute", ledger.execute(from, to), error);
    const refused = parseEventLogs({ abi: clearingHouseAbi, eventName: "RequestRefused", logs: receipt.logs });
    for (const { args } of refused) {
      const key = `${args.srcEid}:${args.index}`;
      agree("asked", ledger.refusedRequests.get(key) ?? [], REFUSALS[args.reason]);
      ledger.refusedRequests.delete(key);
    }
    for (const key of ledger.refusedRequests.keys())
      throw new Error(`request ${key}: the model refuses, the chain serves`);
  }

  async function blacklist(): Promise<void> {
    await setRefusing(vaultOf(), asset(), trader(), !random.oneIn(3));
  }
  async function setRefusing(vault: number, id: number, who: Address, isIt: boolean): Promise<void> {
    const to = world.site(vault).tokens[id - 1] as Address;
    const call = { from: STRANGER.address, to, abi: tokenAbi, functionName: "setBlacklisted", args: [who, isIt] };
    agree("blacklist", [], (await world.send(vault, call, ledger.now)).error);
    ledger.setRefusing(vault, id, who, isIt);
  }

  async function list(vault: number = vaultOf()): Promise<void> {
    const args = [vault, LATE, CANONICAL_DECIMALS, LANE_RULES];
    const { error } = await onHub(world.site(HUB).deployer, "listAsset", args);
    agree("listAsset", ledger.list(vault, LATE), error);
  }

  const parkArgs = ({ index, entry, terms, payee }: Park) => [BigInt(index), packEntry(entry), terms, payee];
  const waits = <T extends { isOver: boolean }>(all: readonly T[]): T | undefined => {
    const open = all.filter(({ isOver }) => !isOver);
    if (all.length === 0) return undefined;
    return random.pick(open.length === 0 || random.oneIn(8) ? all : open);
  };

  async function retry(): Promise<void> {
    const park = waits(ledger.parks);
    if (park === undefined) return withdraw();
    if (random.oneIn(2)) {
      await setRefusing(park.vault, park.entry.asset, park.payee, false);
      ledger.pass(10n);
    }
    const { error } = await onVault(park.vault, STRANGER.address, "retry", [HUB, ...parkArgs(park)]);
    agree("retry", ledger.retry(park), error);
  }

  async function returnRelease(): Promise<void> {
    const park = waits(ledger.parks);
    if (park === undefined) return withdraw();
    const { owner } = parseAccount(park.entry.account);
    const who = random.pick([park.payee, owner, STRANGER.address].filter((each) => each !== zeroAddress));
    const { error } = await onVault(park.vault, who, "returnRelease", parkArgs(park));
    agree("returnRelease", ledger.returnRelease(park, who === park.payee || who === owner), error);
  }

  const suspended = () => waits(ledger.held.filter(({ reason }) => reason !== "Returned" || random.oneIn(10)));
  const placeOf = ({ vault, index, entry }: HeldEntry) => [vault, BigInt(index), packEntry(entry)];

  async function finish(): Promise<void> {
    const held = suspended();
    if (held === undefined) return deposit();
    if (random.oneIn(2)) {
      await list(held.vault);
      ledger.pass(10n);
    }
    const args = [...placeOf(held), Held[held.reason], held.terms];
    const { error } = await onHub(STRANGER.address, "finish", args);
    agree("finish", ledger.finish(held), error);
  }

  async function refund(): Promise<void> {
    const held = suspended();
    if (held === undefined) return deposit();
    if (random.oneIn(2)) ledger.pass(8n * 86_400n);
    const args = [...placeOf(held), Held[held.reason], held.terms];
    const { error } = await onHub(STRANGER.address, "refund", args);
    agree("refund", ledger.refund(held), error);
  }

  async function settle(): Promise<void> {
    const held = waits(ledger.held.filter(({ reason }) => reason === "Returned"));
    if (held === undefined) return withdraw();
    const { entries, seals } = ledger.lane(HUB, held.vault);
    const ref = Number(held.entry.ref);
    const last = seals.findIndex((sealed) => sealed > ref);
    const isRight = !random.oneIn(3);
    const previous = seals[last - 1] ?? 0;
    const window = entries.slice(previous, isRight ? seals[last] : (seals[last] ?? 1) - 1).map(packEntry);
    const args = [held.vault, BigInt(held.index), packEntry(held.entry), held.terms, BigInt(previous), window];
    const { error } = await onHub(STRANGER.address, "settleReturned", args);
    agree("settle", ledger.settleReturned(held, isRight), error);
  }

  /** A guardian vetoes what waits, and the council clears or strikes it. */
  async function judge(): Promise<void> {
    const functionName = random.pick(["vetoRelease", "vetoRelease", "clearRelease", "clearRelease", "strike"] as const);
    const vetoed = ledger.parks.filter(({ reason, isOver }) => reason === "Vetoed" && !isOver);
    const isClearing = functionName === "clearRelease" && vetoed.length > 0 && !random.oneIn(4);
    const park = waits(isClearing ? vetoed : ledger.parks);
    if (park === undefined) return withdraw();
    const { deployer } = world.site(park.vault);
    const { error } = await onVault(park.vault, deployer, functionName, [HUB, ...parkArgs(park)]);
    const told = { vetoRelease: ledger.veto, clearRelease: ledger.clear, strike: ledger.strike }[functionName];
    agree(functionName, told(park), error);
  }

  const seen = new Set<string>();
  /** Each wait of each entry once. */
  function countWaits(): void {
    for (const { vault, index, reason } of ledger.parks) countWait(`parked: ${reason}`, `${vault}<${index}`);
    for (const { vault, index, reason } of ledger.held) countWait(`held: ${reason}`, `${vault}>${index}`);
  }
  function countWait(what: string, id: string): void {
    if (!seen.has(`${what} ${id}`)) count(what);
    seen.add(`${what} ${id}`);
  }

  const roles = createRoles({ world, ledger, random, agree });
  const actions: [number, () => Promise<void>][] = [
    [14, deposit],
    [6, withdraw],
    [5, withdrawBatch],
    [1, cancelNonce],
    [3, transfer],
    [2, register],
    [5, request],
    [20, carry],
    [2, blacklist],
    [3, roles.stop],
    [5, roles.resume],
    [3, roles.tighten],
    [2, roles.loosen],
    [5, judge],
    [1, () => list()],
    [7, retry],
    [5, returnRelease],
    [8, finish],
    [4, refund],
    [5, settle],
    [4, async () => ledger.pass(random.bigBelow(random.oneIn(2) ? 20_000n : 700_000n))],
  ];
  const bag = actions.flatMap(([weight, action]) => Array.from({ length: weight }, () => action));

  return {
    ledger,
    counts,
    async step() {
      ledger.pass(10n);
      const action = random.pick(bag);
      await action();
      countWaits();
      return action.name || "pass time";
    },
  };
}

/** Buckets were filled, and limits began to rise, when the assets were listed. */
async function startFull({ world, ledger }: { world: World; ledger: Ledger }): Promise<void> {
  const { node, app } = world.site(HUB);
  const at = { address: app, abi: clearingHouseAbi } as const;
  const listings = await node.client.getContractEvents({
    ...at,
    eventName: "AssetListed",
    fromBlock: 0n,
    strict: true,
  });
  for (const { args, blockNumber } of listings) {
    const { timestamp } = await node.client.getBlock({ blockNumber });
    ledger.list(args.eid, args.asset);
    ledger.listedAt.set(`${args.eid}:${args.asset}`, timestamp);
    ledger.inflow.set(timestamp << 64n, args.eid, args.asset);
  }
  for (const vault of VAULTS) {
    const site = world.site(vault);
    for (const asset of ASSETS) {
      const read = { address: site.app, abi: collateralVaultAbi, functionName: "bucketOf", args: [asset] } as const;
      const [fullAt] = await site.node.client.readContract(read);
      ledger.outflow.set(fullAt, vault, asset);
    }
  }
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
