import { Held, Parked, Stage } from "@weighlock/core/waiting.ts";
import { zeroHash } from "viem";
import { describe, expect, test } from "vitest";
import type { EntryReading, LaneReading, Reading, VaultAssetReading, Waiting } from "./reading.ts";
import { reconcile, reconcileLanes } from "./reconcile.ts";

const lane = (src: string, dst: string, over: Partial<LaneReading> = {}): LaneReading => ({
  src,
  dst,
  posted: 0n,
  sealed: 0n,
  executed: 0n,
  executedBeyondPosted: 0n,
  headsEqual: true,
  between: [],
  parked: [],
  struck: [],
  ...over,
});
const vault = (over: Partial<VaultAssetReading> = {}): VaultAssetReading => ({
  chain: "alpha",
  asset: 1,
  deposited: 0n,
  released: 0n,
  queued: 0n,
  held: 0n,
  scale: 10n,
  token: "0x0000000000000000000000000000000000000001",
  credited: 0n,
  authorised: 0n,
  suspense: 0n,
  ...over,
});
const reading = (totalLedger: bigint, vaults: VaultAssetReading[], lanes: LaneReading[]): Reading => ({
  blocks: {},
  lanes,
  vaults,
  assets: [{ asset: 1, symbol: "USDC", canonicalDecimals: 6, totalLedger }],
});
const deposits = (...amounts: bigint[]) =>
  amounts.map((amount, i) => ({ index: BigInt(i), kind: 1, asset: 1, amount }));
const releases = (...amounts: bigint[]) =>
  amounts.map((amount, i) => ({ index: BigInt(i), kind: 3, asset: 1, amount }));
/** The same, executed and waiting. */
const waiting = (entries: readonly EntryReading[], reason: number, stage: number = Stage.Arrived): Waiting[] =>
  entries.map((entry) => ({
    ...entry,
    reason,
    terms: { parkedAt: 0n, unlockAt: 0n, unlockBlock: 0n, stage },
    words: { word: 0n, account: zeroHash, party: zeroHash },
  }));
const parkedReleases = (...amounts: bigint[]) => waiting(releases(...amounts), Parked.Refused);

const settled = vault({ deposited: 100n, released: 30n, held: 700n, credited: 100n, authorised: 30n });
const quiet = [lane("alpha", "hub"), lane("hub", "alpha")];

describe("reconcile()", () => {
  test("finds nothing where every unit is accounted for", () => {
    expect(reconcile(reading(70n, [settled], quiet))).toEqual([
      expect.objectContaining({ ledger: 70n, vaults: 70n, held: 70n, inFlight: 0n, residual: 0n, failures: [] }),
    ]);
  });

  test("counts entries in flight both ways", () => {
    const lanes = [
      lane("alpha", "hub", { posted: 2n, between: deposits(15n, 25n) }),
      lane("hub", "alpha", { posted: 1n, between: releases(10n) }),
    ];
    const moving = vault({ deposited: 100n, released: 20n, held: 800n, credited: 60n, authorised: 30n });
    expect(reconcile(reading(30n, [moving], lanes))[0]).toMatchObject({ inFlight: 50n, residual: 0n });
  });

  test("takes entries off where the destination was read later than the source", () => {
    const lanes = [lane("alpha", "hub", { executed: 1n, between: deposits(40n) }), lane("hub", "alpha")];
    const behind = vault({ deposited: 60n, held: 600n, credited: 100n });
    expect(reconcile(reading(100n, [behind], lanes))[0]).toMatchObject({ inFlight: -40n, residual: 0n });
  });

  test("counts suspense and parked releases", () => {
    const lanes = [
      lane("alpha", "hub", { parked: waiting(deposits(20n), Held.OverLimit) }),
      lane("hub", "alpha", { parked: parkedReleases(5n) }),
    ];
    const stuck = vault({ deposited: 100n, held: 1000n, credited: 100n, authorised: 5n, queued: 5n, suspense: 20n });
    expect(reconcile(reading(75n, [stuck], lanes))[0]).toMatchObject({ suspense: 20n, parked: 5n, residual: 0n });
  });

  test.each(["AssetUnlisted", "OwnerZero", "Large", "OverLimit", "OverExposure", "AssetPaused"] as const)(
    "a deposit that is held for %s is in suspense, to the unit",
    (reason) => {
      const lanes = [lane("alpha", "hub", { parked: waiting(deposits(20n), Held[reason]) }), lane("hub", "alpha")];
      const held = vault({ deposited: 100n, held: 1000n, credited: 100n, suspense: 20n });
      expect(reconcile(reading(80n, [held], lanes))[0]?.failures).toEqual([]);
      const more = reconcile(reading(79n, [{ ...held, suspense: 21n }], lanes))[0]?.failures;
      expect(more).toEqual([{ identity: "suspense = deposits held", chain: "alpha", residual: 1n }]);
    },
  );

  test("what holds no money is in no sum", () => {
    const parked = [...waiting(deposits(7n), Held.NotCreditable), ...waiting(deposits(9n), Held.BookFull)];
    const lanes = [lane("alpha", "hub", { parked }), lane("hub", "alpha")];
    expect(reconcile(reading(70n, [settled], lanes))[0]?.failures).toEqual([]);
  });

  test("a release that was struck stays authorised and is paid to nobody", () => {
    const lanes = [lane("alpha", "hub"), lane("hub", "alpha", { struck: releases(5n) })];
    const struck = vault({ deposited: 100n, held: 1000n, credited: 100n, authorised: 5n });
    expect(reconcile(reading(95n, [struck], lanes))[0]).toMatchObject({ parked: 5n, residual: 0n, failures: [] });
    expect(reconcile(reading(95n, [struck], quiet))[0]?.residual).toBe(5n);
  });

  test("a vault sets aside what is parked and payable, and nothing else", () => {
    const parked = [
      ...waiting(releases(5n), Parked.Large, Stage.Waited),
      ...waiting(releases(3n), Parked.BeyondBook, Stage.Unbacked),
    ];
    const lanes = [lane("alpha", "hub"), lane("hub", "alpha", { parked })];
    const queueing = vault({ deposited: 100n, held: 1000n, credited: 100n, authorised: 8n, queued: 5n });
    expect(reconcile(reading(92n, [queueing], lanes))[0]?.failures).toEqual([]);
    expect(reconcile(reading(92n, [{ ...queueing, queued: 8n }], lanes))[0]?.failures).toEqual([
      { identity: "queued = parked and payable", chain: "alpha", residual: 3n },
    ]);
  });

  const returns = (...amounts: bigint[]) => releases(...amounts).map((entry) => ({ ...entry, kind: 4 }));

  test.each<[string, LaneReading[], bigint]>([
    ["parked in the vault", [lane("alpha", "hub"), lane("hub", "alpha", { parked: parkedReleases(5n) })], 5n],
    ["on its way back", [lane("alpha", "hub", { posted: 1n, between: returns(5n) }), lane("hub", "alpha")], 0n],
    [
      "held on the hub",
      [lane("alpha", "hub", { parked: waiting(returns(5n), Held.Returned) }), lane("hub", "alpha")],
      0n,
    ],
  ])("a release of 5 that is %s is still authorised and counted once", (_, lanes, queued) => {
    const unpaid = vault({ deposited: 100n, held: 1000n, credited: 100n, authorised: 5n, queued });
    expect(reconcile(reading(95n, [unpaid], lanes))[0]).toMatchObject({ residual: 0n, failures: [] });
    expect(reconcile(reading(95n, [unpaid], quiet))[0]?.residual).toBe(5n);
  });

  test("a return that the hub settled is credited and no longer authorised", () => {
    const lanes = [lane("alpha", "hub", { posted: 1n, executed: 1n }), lane("hub", "alpha")];
    const settledReturn = vault({ deposited: 100n, held: 1000n, credited: 100n });
    expect(reconcile(reading(100n, [settledReturn], lanes))[0]?.residual).toBe(0n);
  });

  test("a return in flight and a deposit in flight of one lane are told apart", () => {
    const between = [...deposits(15n), ...returns(5n).map((entry) => ({ ...entry, index: 1n }))];
    const lanes = [lane("alpha", "hub", { posted: 2n, between }), lane("hub", "alpha")];
    const moving = vault({ deposited: 115n, held: 1150n, credited: 100n, authorised: 5n });
    expect(reconcile(reading(95n, [moving], lanes))[0]).toMatchObject({ inFlight: 20n, residual: 0n });
  });

  test("a withdrawal request moves no value", () => {
    const between = deposits(50n).map((entry) => ({ ...entry, kind: 2 }));
    const lanes = [lane("alpha", "hub", { posted: 1n, between }), lane("hub", "alpha")];
    expect(reconcile(reading(70n, [settled], lanes))[0]).toMatchObject({ inFlight: 0n, residual: 0n });
  });

  test("a refund out of suspense is authorised and in flight", () => {
    const lanes = [lane("alpha", "hub"), lane("hub", "alpha", { posted: 1n, between: releases(20n) })];
    const refunded = vault({ deposited: 100n, held: 1000n, credited: 100n, authorised: 20n });
    expect(reconcile(reading(80n, [refunded], lanes))[0]).toMatchObject({ suspense: 0n, inFlight: 20n, residual: 0n });
  });

  test.each<[string, Partial<VaultAssetReading>, bigint, bigint]>([
    ["the vault's deposited book", { deposited: 101n, held: 710n }, 70n, 1n],
    ["the vault's released book", { released: 31n }, 70n, -1n],
    ["the hub's credited book", { credited: 101n }, 70n, 1n],
    ["the hub's authorised book", { authorised: 31n }, 70n, -1n],
    ["the ledger", {}, 71n, -1n],
    ["the vault's tokens", { held: 690n }, 70n, -1n],
    ["a fraction of a unit of the vault's tokens", { held: 699n }, 70n, -1n],
  ])("sees exactly one unit that is wrong in %s", (_, over, ledger, residual) => {
    expect(reconcile(reading(ledger, [{ ...settled, ...over }], quiet))[0]?.residual).toBe(residual);
  });

  test("takes more tokens than the book says for a gift", () => {
    expect(reconcile(reading(70n, [{ ...settled, held: 5_000n }], quiet))[0]).toMatchObject({
      held: 500n,
      residual: 0n,
    });
  });

  test("sees a credit that no deposit stands behind", () => {
    const forged = [
      lane("alpha", "hub", { executed: 1n, executedBeyondPosted: 1n, headsEqual: false }),
      lane("hub", "alpha"),
    ];
    const found = reading(300n, [vault({ credited: 300n })], forged);
    expect(reconcile(found)[0]?.residual).toBe(-300n);
    expect(reconcileLanes(found)).toEqual([{ identity: "executed ≤ posted", chain: "alpha → hub", residual: 1n }]);
  });

  test("sees other entries of the same amounts by the lane's heads", () => {
    const substituted = reading(
      70n,
      [settled],
      [lane("alpha", "hub", { executed: 4n, headsEqual: false }), lane("hub", "alpha")],
    );
    expect(reconcile(substituted)[0]?.residual).toBe(0n);
    expect(reconcileLanes(substituted)).toEqual([{ identity: "heads equal at 4", chain: "alpha → hub", residual: 4n }]);
  });
});
