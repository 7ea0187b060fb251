/**
 * Dispatches a lane when its policy says so: seals what is open and pays the networks to carry the commitment, out of the
 * lane's tip jar where that has enough.
 */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { tipJarAbi } from "@weighlock/core/abi/tipJar.ts";
import type { Common } from "@weighlock/core/common.ts";
import { TransactionRevertedError } from "@weighlock/core/senderErrors.ts";
import { parseEventLogs, type TransactionReceipt } from "viem";
import { type DispatchPolicy, type DispatchReason, decideDispatch } from "./dispatchPolicy.ts";
import type { Job } from "./jobs.ts";
import type { LaneChains } from "./lane/chains.ts";
import type { Lane } from "./lane/lanes.ts";
import type { LaneSituation, SituationReader } from "./lane/situation.ts";
import { isPaidByJar } from "./tipJar.ts";

/** `dispatch`'s count that means: everything posted. */
const EVERYTHING = (1n << 64n) - 1n;

export type Dispatcher = (job: Job<"dispatch">) => Promise<void>;
/** `fee`: what the networks take, in wei. */
type Due = LaneSituation & { reason: DispatchReason; fee: bigint };

export function createDispatcher({
  common,
  lane,
  chains,
  readSituation,
  policy,
  useTipJars,
}: {
  common: Common;
  lane: Lane;
  chains: LaneChains;
  readSituation: SituationReader;
  policy: DispatchPolicy;
  useTipJars: boolean;
}): Dispatcher {
  const logger = common.logger.child({ lane: lane.name });
  const dispatched = common.metrics.counter({
    name: "dispatched_total",
    help: "Dispatches sent, by what made them due and by whether the lane's tip jar paid.",
    labels: ["lane", "reason", "payer"],
  });
  const { chain, sender } = chains.src;
  const { client } = chain;
  const { gateway, tipJar } = lane.src;
  const dstEid = lane.dst.eid;
  const label = `dispatch ${lane.name}`;

  async function readDue(): Promise<Due | undefined> {
    // The job's counts only name it: what is due now may be more, or nothing.
    const situation = await readSituation();
    const reason = decideDispatch(situation, policy);
    const { networks } = situation;
    if (reason === undefined || networks === 0) return undefined;
    const fee = await client.readContract({
      address: gateway,
      abi: gatewayAbi,
      functionName: "quoteDispatch",
      args: [dstEid, networks],
    });
    return { ...situation, reason, fee };
  }

  function done({ boundary, posted, executed, reason, fee }: Due, receipt: TransactionReceipt, reward?: bigint): void {
    const { transactionHash: hash, gasUsed } = receipt;
    dispatched.inc({ lane: lane.name, reason, payer: reward === undefined ? "self" : "jar" });
    logger.info({ count: boundary ?? posted, ackCount: executed, reason, fee, reward, hash, gasUsed }, "dispatched");
  }

  /** False when the jar did not take it. */
  async function dispatchByJar(due: Due): Promise<boolean> {
    try {
      const args = [dstEid, due.networks] as const;
      const receipt = await sender.write({ address: tipJar, abi: tipJarAbi, functionName: "dispatch", args, label });
      const [paid] = parseEventLogs({ abi: tipJarAbi, eventName: "DispatchPaid", logs: receipt.logs });
      done(due, receipt, paid?.args.reward ?? 0n);
      return true;
    } catch (error) {
      if (!(error instanceof TransactionRevertedError)) throw error;
      logger.info({ revert: error.revert.name, args: error.revert.args }, "the lane's tip jar does not pay");
      return false;
    }
  }

  async function dispatchDirectly(due: Due): Promise<void> {
    try {
      const args = [dstEid, due.boundary ?? EVERYTHING, due.networks, sender.address, false] as const;
      const call = { address: gateway, abi: gatewayAbi, functionName: "dispatch", args } as const;
      done(due, await sender.write({ ...call, value: due.fee, label }));
    } catch (error) {
      // Somebody else was first, which is as good.
      if (error instanceof TransactionRevertedError && error.revert.name === "AlreadyDispatched") return;
      throw error;
    }
  }

  return async () => {
    let due = await readDue();
    // A jar sends the newest count and no other.
    if (
      due !== undefined &&
      due.boundary === undefined &&
      useTipJars &&
      (await isPaidByJar({ client, lane, ...due }))
    ) {
      if (await dispatchByJar(due)) return;
      // Perhaps since somebody else was first, and then nothing is due any more.
      due = await readDue();
    }
    if (due !== undefined) await dispatchDirectly(due);
  };
}
