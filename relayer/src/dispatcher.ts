/** Dispatches a lane when its policy says so: seals what is open and pays the networks to carry the commitment. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { Common } from "@weighlock/core/common.ts";
import { TransactionRevertedError } from "@weighlock/core/senderErrors.ts";
import { type DispatchPolicy, decideDispatch } from "./dispatchPolicy.ts";
import type { Job } from "./jobs.ts";
import type { LaneChains } from "./lane/chains.ts";
import type { Lane } from "./lane/lanes.ts";
import type { SituationReader } from "./lane/situation.ts";

/** `dispatch`'s count that means: everything posted. */
const EVERYTHING = (1n << 64n) - 1n;

export type Dispatcher = (job: Job<"dispatch">) => Promise<void>;

export function createDispatcher({
  common,
  lane,
  chains,
  readSituation,
  policy,
}: {
  common: Common;
  lane: Lane;
  chains: LaneChains;
  readSituation: SituationReader;
  policy: DispatchPolicy;
}): Dispatcher {
  const logger = common.logger.child({ lane: lane.name });
  const dispatched = common.metrics.counter({
    name: "dispatched_total",
    help: "Dispatches sent, by what made them due.",
    labels: ["lane", "reason"],
  });
  const { chain, sender } = chains.src;
  const { gateway } = lane.src;
  const dstEid = lane.dst.eid;

  return async () => {
    // The job's counts only name it: what is due now may be more, or nothing.
    const situation = await readSituation();
    const reason = decideDispatch(situation, policy);
    const { networks, posted, executed } = situation;
    if (reason === undefined || networks === 0) return;
    const value = await chain.client.readContract({
      address: gateway,
      abi: gatewayAbi,
      functionName: "quoteDispatch",
      args: [dstEid, networks],
    });
    try {
      const { transactionHash: hash, gasUsed } = await sender.write({
        address: gateway,
        abi: gatewayAbi,
        functionName: "dispatch",
        args: [dstEid, EVERYTHING, networks, sender.address, false],
        value,
        label: `dispatch ${lane.name}`,
      });
      dispatched.inc({ lane: lane.name, reason });
      logger.info({ count: posted, ackCount: executed, reason, fee: value, hash, gasUsed }, "dispatched");
    } catch (error) {
      // Somebody else was first, which is as good.
      if (error instanceof TransactionRevertedError && error.revert.name === "AlreadyDispatched") return;
      throw error;
    }
  };
}
