import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { EntryKind, packEntry } from "@weighlock/core/entry.ts";
import { createPaperDeployment } from "@weighlock/relayer/testing/deployment.ts";
import {
  type Abi,
  type AbiEvent,
  type Address,
  encodeAbiParameters,
  encodeEventTopics,
  type Hex,
  type Log,
  zeroHash,
} from "viem";
import { expect, test } from "vitest";
import { createJournal } from "./journal.ts";

const [hub, alpha] = createPaperDeployment().chains as [
  ChainDeployment & { role: "hub" },
  ChainDeployment & { role: "vault" },
];
type MinedLog = Log<bigint, number, false>;

/** A log as a node tells it. */
function logOf(abi: Abi, address: Address, block: number, eventName: string, args: Record<string, unknown>): MinedLog {
  const event = abi.find((item) => item.type === "event" && item.name === eventName) as AbiEvent;
  const topics = encodeEventTopics({ abi: [event], eventName, args } as never) as [Hex, ...Hex[]];
  const plain = event.inputs.filter(({ indexed }) => !indexed);
  return {
    address,
    topics,
    data: encodeAbiParameters(plain, plain.map(({ name = "" }) => args[name]) as never),
    blockNumber: BigInt(block),
    blockHash: zeroHash,
    transactionHash: zeroHash,
    transactionIndex: 0,
    logIndex: 0,
    blockTimestamp: 0n,
    removed: false,
  } as MinedLog;
}

const entry = (kind: number, amount: bigint) =>
  packEntry({ kind, asset: 1, eid: alpha.eid, ref: 0n, amount, spare: 0, account: zeroHash, party: zeroHash });
const terms = { parkedAt: 1n, unlockAt: 2n, unlockBlock: 0n, stage: 1 };
const held = (block: number, index: bigint, reason: number, kind: number, address: Address = hub.clearingHouse) =>
  logOf(clearingHouseAbi, address, block, "EntryHeld", {
    srcEid: alpha.eid,
    index,
    reason,
    entry: entry(kind, 7n),
    terms,
  });
const parked = (block: number, index: bigint) =>
  logOf(collateralVaultAbi, alpha.vault, block, "ReleaseParked", {
    srcEid: hub.eid,
    index,
    reason: 1,
    entry: entry(EntryKind.Release, 5n),
    payee: alpha.vault,
    terms,
  });
const posted = (block: number, index: bigint, kind: number, amount: bigint) =>
  logOf(gatewayAbi, alpha.gateway, block, "EntryPosted", { dstEid: hub.eid, index, entry: entry(kind, amount) });

test("what the hub holds and what a vault parks is kept by its index", () => {
  const onHub = createJournal({ deployment: hub });
  onHub.hear([held(4, 2n, 5, EntryKind.Returned), held(5, 3n, 2, EntryKind.Deposit)]);
  expect(onHub.parked(alpha.eid, 4n)).toMatchObject([
    { index: 2n, kind: EntryKind.Returned, asset: 1, amount: 7n, reason: 5, terms },
  ]);
  expect(onHub.parked(alpha.eid, 5n)).toHaveLength(2);
  const inVault = createJournal({ deployment: alpha });
  inVault.hear([parked(4, 0n)]);
  expect(inVault.parked(hub.eid, 4n)).toMatchObject([
    { index: 0n, kind: EntryKind.Release, asset: 1, amount: 5n, reason: 1, terms, payee: alpha.vault },
  ]);
});

test("one index that is held again as another entry counts as that alone", () => {
  const journal = createJournal({ deployment: hub });
  journal.hear([held(4, 2n, 5, EntryKind.Returned), held(6, 2n, 3, EntryKind.Deposit)]);
  expect(journal.parked(alpha.eid, 5n)).toMatchObject([{ kind: EntryKind.Returned }]);
  expect(journal.parked(alpha.eid, 6n)).toMatchObject([{ kind: EntryKind.Deposit }]);
});

test("what stands no more is asked for until that is final, and what a reorg brings back stands again", () => {
  const journal = createJournal({ deployment: hub });
  journal.hear([held(4, 2n, 5, EntryKind.Returned), held(4, 3n, 5, EntryKind.Returned)]);
  const indexes = () => journal.parked(alpha.eid, 99n).map(({ index }) => index);
  journal.standing(alpha.eid, { standing: new Set([3n]), block: 8n, final: 7n });
  expect(indexes()).toEqual([2n, 3n]);
  journal.takeBack(7n);
  journal.standing(alpha.eid, { standing: new Set([2n, 3n]), block: 8n, final: 8n });
  expect(indexes()).toEqual([2n, 3n]);
  journal.standing(alpha.eid, { standing: new Set([3n]), block: 9n, final: 8n });
  journal.standing(alpha.eid, { standing: new Set([3n]), block: 10n, final: 9n });
  expect(indexes()).toEqual([3n]);
});

test("the same event of another contract says nothing", () => {
  const journal = createJournal({ deployment: hub });
  journal.hear([held(4, 2n, 5, EntryKind.Returned, hub.tipJar)]);
  expect(journal.parked(alpha.eid, 9n)).toEqual([]);
});

test("attestations are handed on with their lane", () => {
  const journal = createJournal({ deployment: hub });
  const args = { srcEid: alpha.eid, count: 3n, path: 1, head: zeroHash };
  const found = journal.hear([logOf(gatewayAbi, hub.gateway, 4, "Attested", args)]);
  expect(found).toEqual([{ ...args, dstEid: hub.eid }]);
});

test("sums of a lane's entries go on over what was forgotten, and end where the log does", () => {
  const journal = createJournal({ deployment: alpha });
  const { Deposit, Returned } = EntryKind;
  journal.hear([posted(1, 0n, Deposit, 5n), posted(1, 1n, Returned, 3n), posted(2, 2n, Deposit, 7n)]);
  const sum = (kind: number, before: bigint) => journal.sumPosted(hub.eid, { kind, asset: 1, before });
  const sums = () => [sum(Deposit, 2n), sum(Deposit, 3n), sum(Returned, 3n)];
  expect(sums()).toEqual([5n, 12n, 3n]);
  journal.forget(hub.eid, 2n);
  expect(sums()).toEqual([5n, 12n, 3n]);
  expect(journal.sumPosted(hub.eid, { kind: Deposit, asset: 2, before: 3n })).toBe(0n);
  expect(() => sum(Deposit, 1n)).toThrow(/does not tell/);
  expect(() => sum(Deposit, 4n)).toThrow(/does not tell/);
  journal.takeBack(1n);
  expect(() => sum(Deposit, 3n)).toThrow(/does not tell/);
});

test("what was given back and settled is summed by the asset that was held", () => {
  const journal = createJournal({ deployment: hub });
  const settled = (block: number, index: bigint) =>
    logOf(clearingHouseAbi, hub.clearingHouse, block, "ReturnSettled", {
      srcEid: alpha.eid,
      index,
      ref: 0n,
      account: zeroHash,
      amount: 7n,
    });
  journal.hear([
    held(4, 2n, 5, EntryKind.Returned),
    settled(5, 2n),
    held(6, 3n, 5, EntryKind.Returned),
    settled(7, 3n),
  ]);
  expect([4n, 5n, 7n].map((block) => journal.sumSettled(alpha.eid, 1, block))).toEqual([0n, 7n, 14n]);
  expect(journal.sumSettled(alpha.eid, 2, 7n)).toBe(0n);
  // What is final is in a sum from then on, and a reorg takes back the rest.
  journal.standing(alpha.eid, { standing: new Set(), block: 7n, final: 6n });
  expect([7n, 9n].map((block) => journal.sumSettled(alpha.eid, 1, block))).toEqual([14n, 14n]);
  expect(journal.sumSettled(alpha.eid, 2, 9n)).toBe(0n);
  journal.takeBack(6n);
  expect(journal.sumSettled(alpha.eid, 1, 9n)).toBe(7n);
  journal.standing(alpha.eid, { standing: new Set(), block: 7n, final: 6n });
  expect(journal.sumSettled(alpha.eid, 1, 9n)).toBe(7n);
});

test("evidence, quarantines and struck releases are kept with their block", () => {
  const onHub = createJournal({ deployment: hub });
  const head: Hex = `0x${"12".repeat(32)}`;
  const shown = { srcEid: alpha.eid, count: 3n, path: 1, head, otherPath: 0, otherHead: zeroHash };
  onHub.hear([
    logOf(gatewayAbi, hub.gateway, 4, "Contradicted", shown),
    logOf(gatewayAbi, hub.gateway, 5, "Quarantined", { srcEid: alpha.eid, path: 1, count: 3n, head }),
    logOf(gatewayAbi, hub.gateway, 6, "FalselyAcknowledged", {
      dstEid: alpha.eid,
      path: 0,
      ackCount: 9n,
      expected: zeroHash,
      actual: head,
    }),
  ]);
  expect(onHub.contradictions(4n)).toEqual([{ ...shown, block: 4n }]);
  expect(onHub.quarantines(4n)).toEqual([]);
  expect(onHub.quarantines(5n)).toMatchObject([{ path: 1, count: 3n, head }]);
  expect(onHub.falseAcks(6n)).toEqual([{ dstEid: alpha.eid, path: 0, ackCount: 9n, block: 6n }]);
  const inVault = createJournal({ deployment: alpha });
  const release = entry(EntryKind.Release, 5n);
  inVault.hear([
    logOf(collateralVaultAbi, alpha.vault, 4, "ReleaseStruck", { srcEid: hub.eid, index: 0n, entry: release }),
  ]);
  expect(inVault.struck(hub.eid, 4n)).toMatchObject([{ index: 0n, amount: 5n, words: release }]);
});
