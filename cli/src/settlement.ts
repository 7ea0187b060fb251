/** One entry's life, read from the chains alone: posted → sealed → dispatched → attested → executed → its outcome. */

import type { AssetDeployment, LaneDeployment } from "@weighlock/core/deployment.ts";
import { type Entry, kindName, parseAccount, unpackEntry } from "@weighlock/core/entry.ts";
import { type Address, getAddress, type Hex, slice } from "viem";
import { formatUnits } from "./amount.ts";
import { OperationError } from "./errors.ts";
import { createLaneReader, type LanePath, type LaneReader, type Place } from "./laneReader.ts";
import { secondsOf, untilOf } from "./lockWords.ts";
import type { Network } from "./network.ts";
import { type Outcome, readOutcome } from "./outcome.ts";
import { haltEnd } from "./reasons.ts";

export type Stage = "posted" | "sealed" | "dispatched" | "attested" | "executed" | Outcome["type"];

export type Settlement = {
  /** `alpha-hub:12`. */
  id: string;
  lane: string;
  index: bigint;
  kind: string;
  asset: string;
  /** Canonical units. */
  amount: bigint;
  /** `amount` as a decimal number of the asset. */
  quantity: string;
  owner: Address;
  subaccount: bigint;
  /** Deposit: refund address; Release and request: recipient. */
  party: Address;
  stage: Stage;
  posted: Place;
  sealed?: Place & { count: bigint; head: Hex };
  /** The first dispatch at or above the seal, for each path that had one. */
  dispatched: (Place & { path: string; count: bigint })[];
  /** The first attestation at or above the seal, for each enabled path; `place` is absent while there is none. */
  attested: { path: string; isNetwork: boolean; count?: bigint; place?: Place }[];
  executed?: Place & { paths: string[] };
  outcome?: Omit<Outcome, "waitsFor">;
  /** What has to happen next; empty when nothing has to. */
  waitsFor: string[];
  /** It can't change any more. */
  isDone: boolean;
};

/** Below two nothing moves. */
export const REQUIRED_PATHS = 2;
/** Reads on from `known`, what an earlier call returned. Throws OperationError when the lane has no such entry. */
export async function traceSettlement({
  network,
  lane,
  index,
  known,
}: {
  network: Network;
  lane: LaneDeployment;
  index: bigint;
  known?: Settlement | undefined;
}): Promise<Settlement> {
  if (known?.isDone) return known;
  const reader = await createLaneReader({ network, lane });
  const settlement = known ? structuredClone(known) : await readPosted(reader, index);
  const paths = await reader.paths();
  await readSeal(reader, settlement);
  if (settlement.sealed) {
    await readDispatches(reader, settlement, paths);
    await readAttestations(reader, settlement, paths);
    await readExecution(reader, settlement, paths);
  }
  const found =
    settlement.executed &&
    (await readOutcome({
      ...{ network, reader, index, executed: settlement.executed },
      isRequest: settlement.kind === "WithdrawalRequest",
    }));
  if (found) {
    const { waitsFor: next, ...outcome } = found;
    settlement.outcome = outcome;
    settlement.waitsFor = next;
    settlement.isDone = next.length === 0 && outcome.type !== "held" && outcome.type !== "parked";
  } else {
    settlement.waitsFor = await waitsFor(reader, settlement, paths);
  }
  settlement.stage = stageOf(settlement);
  return settlement;
}

async function readPosted(reader: LaneReader, index: bigint): Promise<Settlement> {
  const log = await reader.postedAt(index);
  if (!log) {
    const { posted } = await reader.outbox();
    const range = posted === 0n ? "it is empty" : `its entries are 0 to ${posted - 1n}`;
    throw new OperationError(`Lane ${reader.name} has no entry ${index}: ${range}.`, { details: { posted } });
  }
  const entry = unpackEntry(log.args.entry);
  const { owner, subaccount } = parseAccount(entry.account);
  const asset = assetOf(reader, entry);
  return {
    id: `${reader.name}:${index}`,
    lane: reader.name,
    index,
    kind: kindName(entry.kind) ?? `kind ${entry.kind}`,
    asset: asset?.symbol ?? `asset ${entry.asset}`,
    amount: entry.amount,
    quantity: quantityOf(entry, asset),
    owner,
    subaccount,
    party: getAddress(slice(entry.party, 12)),
    stage: "posted",
    posted: await reader.srcPlace(log),
    dispatched: [],
    attested: [],
    waitsFor: [],
    isDone: false,
  };
}

/** In the asset's own numbers, where the deployment knows it. */
export function quantityOf({ amount }: Entry, asset: AssetDeployment | undefined): string {
  return asset ? formatUnits(amount, asset.canonicalDecimals) : `${amount} units`;
}

export function assetOf({ src, dst }: LaneDeployment, entry: Entry): AssetDeployment | undefined {
  return [...src.assets, ...dst.assets].find(({ id }) => id === entry.asset);
}

async function readSeal(reader: LaneReader, settlement: Settlement): Promise<void> {
  if (settlement.sealed) return;
  const { sealed } = await reader.outbox();
  if (sealed <= settlement.index) return;
  const log = await reader.sealOf(settlement.index, settlement.posted.block);
  if (log) settlement.sealed = { ...(await reader.srcPlace(log)), count: log.args.count, head: log.args.head };
}

async function readDispatches(reader: LaneReader, settlement: Settlement, paths: readonly LanePath[]): Promise<void> {
  const { sealed, dispatched } = settlement;
  const missing = paths.filter((path) => path.isNetwork && !dispatched.some(({ path: name }) => name === path.name));
  if (!sealed || missing.length === 0) return;
  const logs = await reader.dispatchesOf(sealed.count, sealed.block, missing);
  for (const { name, index } of missing) {
    const log = logs.find(({ args }) => (args.paths >> index) & 1);
    if (log) dispatched.push({ path: name, ...(await reader.srcPlace(log)), count: log.args.count });
  }
}

async function readAttestations(reader: LaneReader, settlement: Settlement, paths: readonly LanePath[]): Promise<void> {
  const { sealed } = settlement;
  if (!sealed) return;
  const before = settlement.attested;
  const missing = paths.filter(({ name }) => !before.some((each) => each.path === name && each.place));
  if (missing.length === 0) return;
  const from = await reader.dstBlockBefore(sealed.at);
  const logs = await reader.attestationsOf(sealed.count, from, missing);
  settlement.attested = await Promise.all(
    paths.map(async ({ name, index, isNetwork }) => {
      const known = before.find((each) => each.path === name && each.place);
      if (known) return known;
      const log = logs.find(({ args }) => args.path === index);
      const found = log && { count: log.args.count, place: await reader.dstPlace(log) };
      return { path: name, isNetwork, ...found };
    }),
  );
}

async function readExecution(reader: LaneReader, settlement: Settlement, paths: readonly LanePath[]): Promise<void> {
  const { sealed } = settlement;
  if (!sealed || settlement.executed) return;
  const { executed } = await reader.inbox();
  if (executed <= settlement.index) return;
  const log = await reader.executionOf(sealed.count, await reader.dstBlockBefore(sealed.at));
  if (!log) return;
  const named = paths.filter(({ index }) => (log.args.paths >> index) & 1).map(({ name }) => name);
  settlement.executed = { ...(await reader.dstPlace(log)), paths: named };
}

function stageOf({ sealed, dispatched, attested, executed, outcome }: Settlement): Stage {
  if (outcome) return outcome.type;
  if (executed) return "executed";
  if (attested.length > 0 && isAttested(attested)) return "attested";
  if (dispatched.length > 0) return "dispatched";
  return sealed ? "sealed" : "posted";
}

function isAttested(attested: Settlement["attested"]): boolean {
  const done = attested.filter(({ place }) => place);
  return done.length >= REQUIRED_PATHS && done.some(({ isNetwork }) => isNetwork);
}

async function waitsFor(reader: LaneReader, settlement: Settlement, paths: readonly LanePath[]): Promise<string[]> {
  const { sealed, dispatched, attested, executed } = settlement;
  if (executed) return [];
  const halt = await reader.haltReason();
  if (halt !== "") return [`the lane is halted at ${reader.dst.name} (${halt})${haltEnd(halt)}`];
  if (!sealed) {
    const limit = await reader.windowLimit();
    return [`a seal: the window closes by itself at ${limit} entries, and anyone may seal or dispatch it now`];
  }
  if (isAttested(attested)) {
    const until = await reader.executionPausedUntil();
    const { src, dst } = reader;
    if (until === undefined) return [`execution: anyone may execute the window at ${dst.name}`];
    return [`execution: ${dst.name} executes nothing from ${src.name}: paused ${untilOf(secondsOf(until))}`];
  }
  const final = await reader.srcClient.getBlock({ blockTag: "finalized" });
  return paths
    .filter(({ name }) => !attested.some(({ path, place }) => path === name && place))
    .map(({ name, isNetwork }) => {
      const sent = dispatched.find(({ path }) => path === name);
      if (isNetwork && !sent) return `${name}: a dispatch at ${reader.src.name}; a relayer sends it, and anyone may`;
      const block = sent?.block ?? sealed.block;
      if (block > final.number) {
        return `${name}: block ${block} of ${reader.src.name} to become final (${final.number} is)`;
      }
      return isNetwork
        ? `${name}: its verifiers' signatures and a commit at ${reader.dst.name}`
        : `${name}: enough watchers' signatures, brought to ${reader.dst.name} by anyone`;
    });
}
