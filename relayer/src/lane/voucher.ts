/**
 * Shows a gateway that another path's word stands behind what was executed: a large entry that waits for a third one may
 * pass then. What the path attested is found in the destination's events; where it is further on than what is executed, the
 * lane's record has the nodes between.
 */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { Common } from "@weighlock/core/common.ts";
import { type Boundary, encodeSuffix } from "@weighlock/core/laneLog.ts";
import { readRanges } from "@weighlock/core/ranges.ts";
import { LARGE_QUORUM } from "@weighlock/core/waiting.ts";
import { getAbiItem, type Hex } from "viem";
import { hasPath, readAttestation } from "./attested.ts";
import { headsOf } from "./attestedLog.ts";
import { MOST_WINDOWS } from "./boundary.ts";
import type { LaneChains } from "./chains.ts";
import type { Lane } from "./lanes.ts";
import type { LaneRecord } from "./record.ts";
import { readCounters, readVouched } from "./state.ts";

/** True when a third path's word was shown, or may still come; false where the lane has but two. */
export type LaneVoucher = (waiting: { index: bigint; block: bigint }) => Promise<boolean>;

type Vouching = { path: number; count: bigint; suffix: Hex };

const Attested = getAbiItem({ abi: gatewayAbi, name: "Attested" });
/** A path that attested what was executed and was not named did so a little before, or after. */
const LOOK_BACK = 5_000n;

export function createLaneVoucher({
  common,
  lane,
  record,
  chains: { dst },
}: {
  common: Common;
  lane: Lane;
  record: Pick<LaneRecord, "windowsAfter">;
  chains: Pick<LaneChains, "dst">;
}): LaneVoucher {
  const logger = common.logger.child({ lane: lane.name });
  const { chain, sender } = dst;
  const { client } = chain;
  const { gateway } = lane.dst;
  const srcEid = lane.src.eid;
  const vouches = common.metrics.counter({
    name: "vouches_total",
    help: "Times that this relayer showed another path's word for what was executed.",
    labels: ["lane", "path"],
  });
  /** By path, from the events of the blocks `from` to `to`. */
  const attested = new Map<number, Set<bigint>>();
  let scanned: { from: bigint; to: bigint } | undefined;

  async function scan(block: bigint): Promise<void> {
    const to = await client.getBlockNumber({ cacheTime: 0 });
    const from = block > LOOK_BACK ? block - LOOK_BACK : 0n;
    const isKnown = scanned !== undefined && scanned.from <= from;
    const start = isKnown ? (scanned?.to ?? 0n) + 1n : from;
    if (start > to) return;
    const logs = await readRanges({
      ...{ from: start, to },
      read: (fromBlock, toBlock) =>
        client.getLogs({ address: gateway, event: Attested, args: { srcEid }, fromBlock, toBlock, strict: true }),
    });
    for (const { args } of logs) attested.set(args.path, (attested.get(args.path) ?? new Set()).add(args.count));
    scanned = { from: isKnown ? (scanned?.from ?? from) : from, to };
  }

  async function executedBoundary(): Promise<Boundary> {
    const read = { address: gateway, abi: gatewayAbi, functionName: "inbox", args: [srcEid] } as const;
    const [count, head] = await client.readContract(read);
    return { count, head };
  }

  /** The highest that lies on what is executed; else the lowest beyond, with what lies between. */
  async function vouchingOf(path: number, index: bigint, executed: Boundary): Promise<Vouching | undefined> {
    const counts = [...(attested.get(path) ?? [])].filter((count) => count > index).sort((a, b) => Number(b - a));
    for (const count of counts.filter((each) => each <= executed.count)) {
      const [attestation, head] = await Promise.all([
        readAttestation({ client, lane, path, count }),
        client.readContract({ address: gateway, abi: gatewayAbi, functionName: "executedHead", args: [srcEid, count] }),
      ]);
      if (attestation?.head === head) return { path, count, suffix: "0x" };
    }
    const windows = record.windowsAfter(executed.count).sort((a, b) => Number(a.count - b.count));
    const heads = headsOf({ from: executed, windows });
    for (const count of counts.filter((each) => each > executed.count).reverse()) {
      const nodes = windows.filter((window) => window.count <= count);
      if (!heads.has(count) || nodes.length > MOST_WINDOWS) continue;
      const attestation = await readAttestation({ client, lane, path, count });
      if (attestation?.head === heads.get(count)) return { path, count: executed.count, suffix: encodeSuffix(nodes) };
    }
    return undefined;
  }

  return async ({ index, block }) => {
    const at = { client, gateway, eid: srcEid };
    const [{ enabled }, vouched] = await Promise.all([readCounters(at), readVouched(at)]);
    const paths = vouched.map((_, path) => path).filter((path) => hasPath(enabled, path));
    if (BigInt(paths.length) < LARGE_QUORUM) return false;
    const silent = paths.filter((path) => (vouched[path] ?? 0n) <= index);
    if (silent.length === 0) return true;
    await scan(block);
    const executed = await executedBoundary();
    for (const path of silent) {
      const vouching = await vouchingOf(path, index, executed);
      if (vouching === undefined) continue;
      const { count, suffix } = vouching;
      const args = [srcEid, path, count, suffix] as const;
      const call = { address: gateway, abi: gatewayAbi, functionName: "vouch", args } as const;
      const { transactionHash: hash, gasUsed } = await sender.write({ ...call, label: `vouch ${lane.name}` });
      vouches.inc({ lane: lane.name, path: `${path}` });
      logger.info({ path, count, hash, gasUsed }, "another path vouches for what was executed");
    }
    return true;
  };
}
