import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { ChainDeployment, PublicDeployment } from "@weighlock/core/deployment.ts";
import { EntryKind, packEntry } from "@weighlock/core/entry.ts";
import { Held, Parked, Stage } from "@weighlock/core/waiting.ts";
import { createPaperDeployment } from "@weighlock/relayer/testing/deployment.ts";
import { encodeAbiParameters, encodeEventTopics, getAbiItem, type Hex, type Log, zeroHash } from "viem";
import { expect, test } from "vitest";
import { compareSums, sumEntries } from "./entrySums.ts";
import { createJournal } from "./journal.ts";
import type { LaneReading, Reading, Waiting } from "./reading.ts";

const paper = createPaperDeployment();
const asset = { id: 1, symbol: "USDC", token: null, decimals: 6, canonicalDecimals: 6 };
const deployment: PublicDeployment = { chains: paper.chains.map((chain) => ({ ...chain, assets: [asset] })) };
const [hub, alpha] = deployment.chains as [ChainDeployment, ChainDeployment];

const item = getAbiItem({ abi: gatewayAbi, name: "EntryPosted" });
function posted(from: ChainDeployment, to: ChainDeployment, index: number, kind: number, amount: bigint) {
  const words = packEntry({
    kind,
    asset: 1,
    eid: alpha.eid,
    ref: 0n,
    amount,
    spare: 0,
    account: zeroHash,
    party: zeroHash,
  });
  const topics = encodeEventTopics({ abi: [item], args: { dstEid: to.eid, index: BigInt(index) } });
  const entry = item.inputs.filter(({ indexed }) => !indexed);
  return {
    address: from.gateway,
    topics: topics as [Hex, ...Hex[]],
    data: encodeAbiParameters(entry, [words]),
    blockNumber: 1n,
    logIndex: index,
    transactionHash: zeroHash,
  } as unknown as Log<bigint, number, false>;
}
const waiting = (kind: number, amount: bigint, reason: number): Waiting => ({
  ...{ index: 0n, kind, asset: 1, amount, reason },
  words: { word: 0n, account: zeroHash, party: zeroHash },
  terms: { parkedAt: 0n, unlockAt: 0n, unlockBlock: 0n, stage: Stage.Arrived },
});
const { Deposit, Release, Returned } = EntryKind;

/** alpha posted deposits of 10, 20, 30 and a return of 4; the hub posted releases of 7, 4, 5 and 3. */
function site(over: { toHub?: Partial<LaneReading>; fromHub?: Partial<LaneReading> } = {}) {
  const [onHub, inVault] = [createJournal({ deployment: hub }), createJournal({ deployment: alpha })];
  inVault.hear([
    ...[10n, 20n, 30n].map((amount, i) => posted(alpha, hub, i, Deposit, amount)),
    posted(alpha, hub, 3, Returned, 4n),
  ]);
  onHub.hear([7n, 4n, 5n, 3n].map((amount, i) => posted(hub, alpha, i, Release, amount)));
  const lane = { sealed: 4n, executedBeyondPosted: 0n, headsEqual: true, between: [], struck: [] };
  const toHub = { ...lane, src: "alpha", dst: "hub", posted: 4n, executed: 2n, parked: [], ...over.toHub };
  const parked = [waiting(Release, 5n, Parked.Refused)];
  const fromHub = { ...lane, src: "hub", dst: "alpha", posted: 4n, executed: 3n, parked, ...over.fromHub };
  const reading: Reading = { blocks: { hub: 9n, alpha: 9n }, lanes: [toHub, fromHub], vaults: [], assets: [] };
  const sums = sumEntries({ deployment, reading, journalOf: (eid) => (eid === hub.eid ? onHub : inVault) });
  return { reading, sums, onHub, inVault };
}

test("each entry counts where it ended", () => {
  // Of the releases 7 is paid, 4 was given back, 5 is parked and 3 is on its way.
  expect(site().sums).toEqual([
    { chain: "alpha", asset: 1, credited: 30n, authorised: 19n, deposited: 60n, released: 7n },
  ]);
});

test("what is in suspense is credited to the lane; what holds no money is not", () => {
  const parked = [waiting(Deposit, 10n, Held.OverLimit), waiting(Deposit, 20n, Held.NotCreditable)];
  expect(site({ toHub: { parked } }).sums).toMatchObject([{ credited: 10n }]);
});

test("a release that was struck is not paid", () => {
  const struck = [{ index: 2n, kind: Release, asset: 1, amount: 5n }];
  expect(site({ fromHub: { parked: [], struck } }).sums).toMatchObject([{ released: 7n }]);
});

test("what was executed without a cause is in no sum", () => {
  const toHub = { executed: 9n, executedBeyondPosted: 5n };
  expect(site({ toHub }).sums).toMatchObject([{ credited: 60n }]);
});

test("where the journal is behind there is no sum", () => {
  expect(site({ toHub: { posted: 5n } }).sums).toBeUndefined();
});

test("a figure that is off by one is told by its name", () => {
  const { sums = [], reading } = site();
  const book = { ...sums[0], chain: "alpha", asset: 1, queued: 5n, held: 0n, scale: 1n, suspense: 0n };
  const vault = { ...book, token: hub.gateway } as Reading["vaults"][number];
  expect(compareSums(sums, { ...reading, vaults: [vault] })).toEqual([]);
  expect(compareSums(sums, { ...reading, vaults: [{ ...vault, authorised: 20n }] })).toEqual([
    { identity: "authorised = the entries that make it up", chain: "alpha", asset: 1, residual: 1n },
  ]);
});
