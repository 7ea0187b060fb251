/**
 * What anyone may show a gateway of what paths attested: that another path's word stands behind what was executed, or that
 * two words can't both be true. The source's node says where to look; the gateway judges by what it holds itself.
 */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { findContradiction } from "@weighlock/core/contradiction.ts";
import type { LaneDeployment } from "@weighlock/core/deployment.ts";
import { type Boundary, encodeSuffix, walkSuffix } from "@weighlock/core/laneLog.ts";
import type { Sender } from "@weighlock/core/sender.ts";
import { TransactionRevertedError } from "@weighlock/core/senderErrors.ts";
import { type Hash, type Hex, zeroHash } from "viem";
import { OperationError } from "./errors.ts";
import { createLaneReader, type LanePath, type LaneReader } from "./laneReader.ts";
import type { Network } from "./network.ts";

type Mined = { transactionHash: Hash; block: bigint };
export type Vouched = Mined & {
  lane: string;
  path: string /** Executed entries that it vouches for now. */;
  count: bigint;
};
export type Contradicted = Mined & { lane: string; count: bigint; path: string; otherPath: string };

type Request = { network: Network; lane: LaneDeployment; privateKey: Hex };
type Said = { path: number; count: bigint; head: Hex };

/** The newest attestations that are looked at. */
const MOST = 1_000;
/** `contradict`'s number for the executed log. */
const EXECUTED_LOG = 255;

/**
 * For every enabled path, or the named one, that attested more than it vouches for. Anyone may.
 * @throws OperationError when no path has anything to add.
 */
export async function vouch({
  network,
  lane,
  privateKey,
  path: wanted,
}: Request & { path?: number | undefined }): Promise<Vouched[]> {
  const reader = await createLaneReader({ network, lane });
  const [paths, said, { executed, head }] = await Promise.all([reader.paths(), readSaid(reader), reader.inbox()]);
  const sender = await network.sender(lane.dst, privateKey);
  const done: Vouched[] = [];
  for (const path of paths.filter(({ index }) => wanted === undefined || index === wanted)) {
    const found = await vouchingOf(reader, said, path, { count: executed, head });
    const mined = found && (await sendVouch({ lane, sender, path: path.index, ...found }));
    if (found && mined) done.push({ lane: reader.name, path: path.name, count: found.count, ...mined });
  }
  if (done.length > 0) return done;
  throw new OperationError(
    `Nothing to show of ${reader.name}: each path that attested what is executed vouches for it already`,
    { details: { executed } },
  );
}

async function sendVouch({
  lane: { src, dst },
  sender,
  path,
  count,
  suffix,
}: {
  lane: LaneDeployment;
  sender: Sender;
  path: number;
  count: bigint;
  suffix: Hex;
}): Promise<Mined | undefined> {
  try {
    const call = { address: dst.gateway, abi: gatewayAbi, functionName: "vouch" } as const;
    const receipt = await sender.write({ ...call, args: [src.eid, path, count, suffix], label: "vouch" });
    return { transactionHash: receipt.transactionHash, block: receipt.blockNumber };
  } catch (error) {
    if (error instanceof TransactionRevertedError && error.revert.name === "NothingVouched") return undefined;
    throw error;
  }
}

/** The highest that is executed; else the lowest beyond, with the windows between. */
async function vouchingOf(
  reader: LaneReader,
  said: readonly Said[],
  { index }: LanePath,
  executed: Boundary,
): Promise<{ count: bigint; suffix: Hex } | undefined> {
  const falling = said.filter(({ path }) => path === index).sort((a, b) => (a.count > b.count ? -1 : 1));
  for (const { count, head } of falling.filter((each) => each.count <= executed.count)) {
    if (count > 0n && (await reader.executedHead(count)) === head) return { count, suffix: "0x" };
  }
  const seals = await reader.seals((counts) => counts.some((count) => count <= executed.count));
  const nodes = seals.map(({ args }) => args).filter(({ count }) => count > executed.count);
  const heads = new Map(walkSuffix(executed, nodes).map(({ count, head }) => [count, head]));
  const beyond = falling.toReversed().find(({ count, head }) => heads.get(count) === head);
  if (beyond === undefined) return undefined;
  return { count: executed.count, suffix: encodeSuffix(nodes.filter(({ count }) => count <= beyond.count)) };
}

async function readSaid(reader: LaneReader): Promise<Said[]> {
  const logs = await reader.newestAttestations(MOST);
  return logs.map(({ args: { path, count, head } }) => ({ path, count, head }));
}

/**
 * Halts the lane. Anyone may.
 * @throws OperationError when no two words of the newest contradict each other as far as the source tells.
 */
export async function contradict({ network, lane, privateKey }: Request): Promise<Contradicted> {
  const reader = await createLaneReader({ network, lane });
  const [paths, all, { executed }, { sealed }] = await Promise.all([
    reader.paths(),
    readSaid(reader),
    reader.inbox(),
    reader.outbox(),
  ]);
  // What a disabled path said is void.
  const said = all.filter(({ path }) => paths.some(({ index }) => index === path));
  const judged = await Promise.all(said.map(async (each) => ({ ...each, true: await reader.sealedHead(each.count) })));
  const borneOut = judged.filter(({ head, true: expected }) => head === expected);
  // Beyond all seals the source can't tell.
  const lies = judged.filter(({ head, count, true: expected }) => head !== expected && count <= sealed);
  const nameOf = (path: number) => paths.find(({ index }) => index === path)?.name ?? "the executed log";
  for (const lie of lies) {
    const found = await evidenceOf(reader, lie, borneOut, executed);
    if (found === undefined) continue;
    const { startHead, nodes, path, count, otherPath } = found;
    const sender = await network.sender(lane.dst, privateKey);
    const receipt = await sender.write({
      ...{ address: lane.dst.gateway, abi: gatewayAbi, functionName: "contradict", label: "contradict" },
      args: [lane.src.eid, startHead, nodes, path, count, otherPath],
    });
    const mined = { transactionHash: receipt.transactionHash, block: receipt.blockNumber };
    return { lane: reader.name, count, path: nameOf(path), otherPath: nameOf(otherPath), ...mined };
  }
  throw new OperationError(`No two words about ${reader.name} contradict each other, as far as its source tells`, {
    details: { attestations: said.length, unlike: lies.length },
  });
}

async function evidenceOf(reader: LaneReader, lie: Said, borneOut: readonly Said[], executed: bigint) {
  const seals = await reader.seals((counts) => counts.filter((count) => count < lie.count).length > 2);
  const windows = seals.map(({ args: { root, count } }) => ({ root, count }));
  // From the window before the one that the lie is in, so that a count inside a window is seen to be jumped over.
  const first = Math.max(windows.filter(({ count }) => count < lie.count).length - 1, 0);
  const before = windows[first - 1]?.count ?? 0n;
  const startHead = await reader.sealedHead(before);
  if (startHead === zeroHash) return undefined;
  const shown = windows.slice(first);
  const boundary = shown.find(({ count }) => count >= lie.count && count <= executed);
  const witnesses = boundary === undefined ? [] : [{ path: EXECUTED_LOG, count: boundary.count }];
  return findContradiction({
    ...{ startHead, windows: shown, borneOut: [...borneOut, ...witnesses], contradicting: [lie] },
    isBeginning: before === 0n,
  });
}
