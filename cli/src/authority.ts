/**
 * How a council's or guardian's call is made, by its Safe. A role that has a delay schedules it with the chain's access manager
 * first, and carries it out with the same command once it is ready.
 */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { type Address, encodeFunctionData, type Hash, type Hex, type PublicClient, slice } from "viem";
import { OperationError } from "./errors.ts";
import { dateOf } from "./lockWords.ts";
import type { Called, SafeCaller } from "./safeCaller.ts";

export type AuthorityCall = {
  chain: ChainDeployment;
  to: Address;
  data: Hex;
  /** A few words for logs and messages. */
  label: string;
  /** False: the contract knows by itself who may, and no role or delay stands before it. */
  isManaged: boolean;
};

export type AuthorityOutcome =
  | { type: "done"; transactionHash: Hash; block: bigint }
  /** It may be carried out from `readyAt` and before `expiresAt`, by the same call again. */
  | { type: "scheduled"; operation: Hex; readyAt: Date; expiresAt: Date; transactionHash: Hash; block: bigint }
  /** It was scheduled before. */
  | { type: "waiting"; operation: Hex; readyAt: Date; expiresAt: Date }
  /** Nothing was sent: more owners have to sign. `step` is what the Safe does with it. */
  | (Extract<Called, { type: "signed" }> & { step: "call" | "schedule" | "execute" });

export type Authority = {
  address: Address;
  /** Throws OperationError where it has no role for the call, or what the Safe's caller throws. */
  act(call: AuthorityCall): Promise<AuthorityOutcome>;
};

export function createAuthority({
  client,
  chain,
  caller,
}: {
  client: PublicClient;
  chain: ChainDeployment;
  caller: SafeCaller;
}): Authority {
  const manager = { address: chain.accessManager, abi: accessManagerAbi } as const;
  const through = async (
    step: "call" | "schedule" | "execute",
    request: Parameters<SafeCaller["call"]>[0],
  ): Promise<Exclude<AuthorityOutcome, { type: "scheduled" } | { type: "waiting" }>> => {
    const called = await caller.call(request);
    if (called.type === "signed") return { ...called, step };
    const { transactionHash, blockNumber: block } = called.receipt;
    return { type: "done", transactionHash, block };
  };

  return {
    address: caller.address,
    async act({ to, data, label, isManaged }) {
      if (!isManaged) return through("call", { to, data, label });
      const selector = slice(data, 0, 4);
      const [isImmediate, delay] = await client.readContract({
        ...manager,
        functionName: "canCall",
        args: [caller.address, to, selector],
      });
      if (isImmediate) return through("call", { to, data, label });
      if (delay === 0) {
        throw new OperationError(`The Safe ${caller.address} has no role for "${label}" on ${chain.name}`);
      }
      const [operation, expiration, { timestamp }] = await Promise.all([
        client.readContract({ ...manager, functionName: "hashOperation", args: [caller.address, to, data] }),
        client.readContract({ ...manager, functionName: "expiration" }),
        client.getBlock(),
      ]);
      const times = async () => {
        const readyAt = await client.readContract({ ...manager, functionName: "getSchedule", args: [operation] });
        return {
          ready: BigInt(readyAt),
          readyAt: dateOf(BigInt(readyAt)),
          expiresAt: dateOf(BigInt(readyAt + expiration)),
        };
      };
      const { ready, readyAt, expiresAt } = await times();
      if (ready > timestamp) return { type: "waiting", operation, readyAt, expiresAt };
      const managing = (functionName: "schedule" | "execute") => ({
        to: chain.accessManager,
        data:
          functionName === "execute"
            ? encodeFunctionData({ abi: accessManagerAbi, functionName, args: [to, data] })
            : encodeFunctionData({ abi: accessManagerAbi, functionName, args: [to, data, 0] }),
        label: functionName === "execute" ? label : `schedule ${label}`,
      });
      // Zero also where its time has passed.
      if (ready !== 0n) return through("execute", managing("execute"));
      const outcome = await through("schedule", managing("schedule"));
      if (outcome.type === "signed") return outcome;
      const { ready: _, ...scheduled } = await times();
      const { transactionHash, block } = outcome;
      return { type: "scheduled", operation, ...scheduled, transactionHash, block };
    },
  };
}
