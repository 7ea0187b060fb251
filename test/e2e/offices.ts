/** What people with keys do on a devnet. Councils and guardians act through their Safes; no test waits out a delay. */

import { createChain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import { type ChainDeployment, type Deployment, keyOf } from "@weighlock/core/deployment.ts";
import { createSender } from "@weighlock/core/sender.ts";
import { asCouncil, asGuardian, executeAsCouncil, scheduleAsCouncil } from "@weighlock/devnet/weighlock/authority.ts";
import { type Abi, type Address, encodeFunctionData } from "viem";

export type Call = { chain: ChainDeployment; to: Address; abi: Abi; functionName: string; args: readonly unknown[] };

export type Offices = {
  guardian(call: Call): Promise<void>;
  /** What its role has no delay for. */
  council(call: Call): Promise<void>;
  /** The two halves of what has one. */
  schedule(call: Call): Promise<void>;
  carryOut(call: Call): Promise<void>;
  /** Whoever holds that key, for itself. */
  as(role: string, call: Call): Promise<void>;
};

export function createOffices({ common, deployment }: { common: Common; deployment: Deployment }): Offices {
  const { keys } = deployment;
  const dataOf = ({ abi, functionName, args }: Call) => encodeFunctionData({ abi, functionName, args });
  const through = (act: typeof asCouncil | typeof scheduleAsCouncil) => async (call: Call) => {
    await act({ chain: call.chain, keys, to: call.to, data: dataOf(call) });
  };

  return {
    guardian: through(asGuardian),
    council: through(asCouncil),
    schedule: through(scheduleAsCouncil),
    carryOut: through(executeAsCouncil),
    async as(role, call) {
      const { privateKey } = keyOf(deployment, role);
      const sender = createSender({ common, chain: await createChain(call.chain), privateKey });
      await sender.send({ to: call.to, data: dataOf(call), label: call.functionName });
    },
  };
}
