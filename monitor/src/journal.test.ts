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
const held = (block: number, index: bigint, reason: number, kind: number, address: Address = hub.clearingHouse) =>
  logOf(clearingHouseAbi, address, block, "EntryHeld", {
    srcEid: alpha.eid,
    index,
    reason,
    entry: entry(kind, 7n),
    parkedAt: 1n,
  });
const parked = (block: number, index: bigint) =>
  logOf(collateralVaultAbi, alpha.vault, block, "ReleaseParked", {
    srcEid: hub.eid,
    index,
    reason: 1,
    entry: entry(EntryKind.Release, 5n),
    payee: alpha.vault,
    unlockAt: 0n,
    parkedAt: 0n,
  });

test("what the hub holds and what a vault parks is kept by its index", () => {
  const onHub = createJournal({ deployment: hub });
  onHub.hear([held(4, 2n, 5, EntryKind.Returned), held(5, 3n, 2, EntryKind.Deposit)]);
  expect(onHub.parked(alpha.eid, 4n)).toEqual([{ index: 2n, kind: EntryKind.Returned, asset: 1, amount: 7n }]);
  expect(onHub.parked(alpha.eid, 5n)).toHaveLength(2);
  const inVault = createJournal({ deployment: alpha });
  inVault.hear([parked(4, 0n)]);
  expect(inVault.parked(hub.eid, 4n)).toEqual([{ index: 0n, kind: EntryKind.Release, asset: 1, amount: 5n }]);
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
