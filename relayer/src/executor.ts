/**
 * Brings a commitment to the watchers' path and executes what at least two paths have attested. Everything is hashed here
 * before it is sent; what does not fit is an error, and nothing is executed. Where two paths' words show that one of them
 * lies, the gateway is shown that, and halts the lane.
 */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import type { Common } from "@weighlock/core/common.ts";
import { findContradiction } from "@weighlock/core/contradiction.ts";
import { FatalError, RetryableError } from "@weighlock/core/errors.ts";
import { explain, revertData } from "@weighlock/core/explain.ts";
import type { Boundary } from "@weighlock/core/laneLog.ts";
import { TransactionRevertedError } from "@weighlock/core/senderErrors.ts";
import { encodeFunctionData } from "viem";
import { bestPair, type ExecutionPlan, LogMismatchError, planExecution } from "./executionPlan.ts";
import type { Job } from "./jobs.ts";
import { type Attestation, choosePair, hasPath, readAttestation } from "./lane/attested.ts";
import { type AttestedLog, createAttestedLogReader, executableOf } from "./lane/attestedLog.ts";
import type { LaneChains } from "./lane/chains.ts";
import type { Lane } from "./lane/lanes.ts";
import type { LaneRecord } from "./lane/record.ts";
import { type Counters, readCounters, readPathCounters } from "./lane/state.ts";
import { createSignatureCollector, readCommitment } from "./watcherSignatures.ts";

export type Executor = (job: Job<"execute">) => Promise<void>;

/** Evidence stopped this direction; the council resumes or closes it. */
export class LaneHaltedError extends FatalError {
  override name = "LaneHaltedError";
}

export type ExecutionLimits = {
  /** Gas of one `execute`, as estimated. */
  maxGas: bigint;
  /** Bytes of its entries and suffix: nodes refuse transactions above 128 KiB. */
  maxBytes: number;
};

export function createExecutor({
  common,
  lane,
  record,
  chains,
  watcherUrls,
  limits,
}: {
  common: Common;
  lane: Lane;
  record: LaneRecord;
  chains: LaneChains;
  watcherUrls: readonly string[];
  limits: ExecutionLimits;
}): Executor {
  const { metrics, shutdown } = common;
  const logger = common.logger.child({ lane: lane.name });
  const { chain, sender } = chains.dst;
  const { client } = chain;
  const { gateway } = lane.dst;
  const srcEid = lane.src.eid;
  const readAttested = createAttestedLogReader({ common, lane, record, chains });
  const signatures = createSignatureCollector({ common, lane, chains, watcherUrls });
  const executedEntries = metrics.counter({
    name: "executed_entries_total",
    help: "Entries executed by this relayer.",
    labels: ["lane"],
  });
  const mismatches = metrics.counter({
    name: "log_mismatches_total",
    help: "Times that a lane's logs did not hash to what is attested.",
    labels: ["lane"],
  });
  const shownContradictions = metrics.counter({
    name: "shown_contradictions_total",
    help: "Times that this relayer showed a gateway that one of two paths lies.",
    labels: ["lane"],
  });
  /** Learned from estimates, for a first guess at how many windows fit. */
  let gasPerEntry = 15_000n;

  async function attestByWatchers({ count, ackCount }: Job<"execute">, counters: Counters): Promise<void> {
    const path = lane.watchers.index;
    if (!hasPath(counters.enabled, path)) return;
    const [attestation, acknowledged] = await Promise.all([
      readAttestation({ client, lane, path, count }),
      readPathCounters({ client, gateway, eid: srcEid, path }),
    ]);
    // A job only says where to look: whoever can write Redis must not make us pay for what is of no use any more.
    const isAttested = attestation !== undefined || count <= counters.executed;
    if (isAttested && acknowledged.ackCount >= ackCount) return;
    const commitment = await readCommitment({ lane, chains, count, ackCount });
    if (commitment === undefined) {
      logger.warn({ count, ackCount }, "the source sealed or executed no such boundary; nothing to attest");
      return;
    }
    const signed = await signatures.collect(commitment);
    const { transactionHash: hash, gasUsed } = await sender.write({
      address: lane.watchers.address,
      abi: watcherPathAbi,
      functionName: "attest",
      args: [srcEid, commitment, signed],
      label: `attest ${lane.name}`,
    });
    logger.info({ count, ackCount, hash, gasUsed }, "attested by watchers");
  }

  async function executedBoundary(): Promise<Boundary> {
    const [count, head] = await client.readContract({
      address: gateway,
      abi: gatewayAbi,
      functionName: "inbox",
      args: [srcEid],
    });
    return { count, head };
  }

  const callOf = ({ counts, entries, suffix, paths }: ExecutionPlan) =>
    ({
      address: gateway,
      abi: gatewayAbi,
      functionName: "execute",
      args: [srcEid, counts, entries, suffix, paths],
    }) as const;

  /** As many windows as the gas allows; at least one. */
  async function fittingPlan(from: Boundary, attested: readonly Attestation[], networks: number) {
    let maxWindows = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const entriesAllowed = Number(limits.maxGas / gasPerEntry);
      const maxBytes = Math.min(limits.maxBytes, 96 * entriesAllowed);
      const limited = { from, record, maxWindows, maxBytes };
      const pair = bestPair({ ...limited, attested, networks });
      const plan = pair && planExecution({ ...limited, pair, others: attested });
      if (plan === undefined) return undefined;
      const { functionName, args, abi } = callOf(plan);
      const gas = await client
        .estimateGas({
          account: sender.address,
          to: gateway,
          data: encodeFunctionData({ abi, functionName, args }),
          blockTag: "pending",
        })
        .catch((error: unknown) => judgeEstimate(error, plan));
      if (gas !== undefined) {
        gasPerEntry = gas / BigInt(plan.entries.length) + 1n;
        if (gas <= limits.maxGas || plan.counts.length === 1) return plan;
      }
      maxWindows = Math.max(1, Math.floor(plan.counts.length / 2));
    }
  }

  /** Undefined when fewer windows may fit; throws otherwise. */
  function judgeEstimate(error: unknown, plan: ExecutionPlan): undefined {
    const isRevert = revertData(error) !== undefined && revertData(error) !== "0x";
    if (!isRevert && plan.counts.length > 1) return undefined;
    throw new TransactionRevertedError({ revert: explain(error), label: `execute ${lane.name}`, cause: error });
  }

  /** True when that was sent: the lane is halted then. */
  async function showContradiction({ borneOut, contradicting }: AttestedLog, from: Boundary): Promise<boolean> {
    if (contradicting.length === 0) return false;
    const windows = record.windowsAfter(from.count).sort((a, b) => Number(a.count - b.count));
    const found = findContradiction({
      ...{ startHead: from.head, windows, borneOut, contradicting },
      isBeginning: from.count === 0n,
    });
    if (found === undefined) return false;
    const { startHead, nodes, path, count, otherPath } = found;
    const args = [srcEid, startHead, nodes, path, count, otherPath] as const;
    const call = { address: gateway, abi: gatewayAbi, functionName: "contradict", args } as const;
    const { transactionHash: hash, gasUsed } = await sender.write({ ...call, label: `contradict ${lane.name}` });
    shownContradictions.inc({ lane: lane.name });
    logger.error({ count, path, otherPath, hash, gasUsed }, "showed that one of two paths lies: the lane is halted");
    return true;
  }

  async function executeOnce(): Promise<boolean> {
    const from = await executedBoundary();
    const counters = await readCounters({ client, gateway, eid: srcEid });
    if (counters.halt !== 0) {
      throw new LaneHaltedError("The lane is halted on evidence; nothing is executed until the council resumes it.", {
        details: { lane: lane.name, halt: counters.halt },
      });
    }
    const log = await readAttested(counters, from);
    if (await showContradiction(log, from)) return true;
    const attested = executableOf(log, counters);
    const reach = choosePair(attested, counters.networks)?.[1].count;
    if (reach === undefined) return false;
    const plan = await fittingPlan(from, attested, counters.networks);
    if (plan === undefined) return false;
    const count = plan.counts.at(-1) ?? from.count;
    const { transactionHash: hash, gasUsed } = await sender.write({ ...callOf(plan), label: `execute ${lane.name}` });
    executedEntries.inc({ lane: lane.name }, plan.entries.length);
    const { entries, counts, remaining } = plan;
    logger.info({ count, entries: entries.length, windows: counts.length, remaining, hash, gasUsed }, "executed");
    return count < reach;
  }

  return async (job) => {
    const counters = await readCounters({ client, gateway, eid: srcEid });
    if (counters.halt === 0) await attestByWatchers(job, counters);
    try {
      while (!shutdown.signal.aborted && (await executeOnce()));
    } catch (error) {
      if (error instanceof LogMismatchError) mismatches.inc({ lane: lane.name });
      throw judge(error);
    }
  };
}

/** Reverts that say the log itself is wrong are no matter of time; all others may be, as when somebody was first. */
function judge(error: unknown): unknown {
  if (!(error instanceof TransactionRevertedError)) return error;
  const { revert } = error;
  const options = { details: { revert: revert.name, args: revert.args }, cause: error };
  const isFatal = ["LaneHeadMismatch", "LaneIsHalted"].includes(revert.name);
  return isFatal ? new FatalError(revert.sentence, options) : new RetryableError(revert.sentence, options);
}
