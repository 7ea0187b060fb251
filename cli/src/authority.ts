/**
 * How a council's or guardian's call is made. A role that has a delay schedules it with the chain's access manager first,
 * and carries it out with the same command once it is ready. Behind one interface, since a Safe makes its calls otherwise.
 */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { type Address, type Hash, type Hex, slice } from "viem";
import { OperationError } from "./errors.ts";
import { dateOf } from "./lockWords.ts";
import type { Network } from "./network.ts";

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
  | { type: "waiting"; operation: Hex; readyAt: Date; expiresAt: Date };

export type Authority = {
  address: Address;
  /** Throws OperationError where it has no role for the call, or what the sender throws. */
  act(call: AuthorityCall): Promise<AuthorityOutcome>;
};

/** One key that holds the role itself. */
export async function createKeyAuthority({
  network,
  chain,
  privateKey,
}: {
  network: Network;
  chain: ChainDeployment;
  privateKey: Hex;
}): Promise<Authority> {
  const [{ client }, sender] = await Promise.all([network.connect(chain), network.sender(chain, privateKey)]);
  const manager = { address: chain.accessManager, abi: accessManagerAbi } as const;
  const done = async (sent: ReturnType<typeof sender.send>): Promise<AuthorityOutcome> => {
    const { transactionHash, blockNumber: block } = await sent;
    return { type: "done", transactionHash, block };
  };

  return {
    address: sender.address,
    async act({ to, data, label, isManaged }) {
      if (!isManaged) return done(sender.send({ to, data, label }));
      const selector = slice(data, 0, 4);
      const [isImmediate, delay] = await client.readContract({
        ...manager,
        functionName: "canCall",
        args: [sender.address, to, selector],
      });
      if (isImmediate) return done(sender.send({ to, data, label }));
      if (delay === 0) {
        throw new OperationError(
          `${sender.address} has no role for "${label}" on ${chain.name}; sign with the key that has it: --key-role or --private-key-file`,
        );
      }
      const [operation, expiration, { timestamp }] = await Promise.all([
        client.readContract({ ...manager, functionName: "hashOperation", args: [sender.address, to, data] }),
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
      // Zero also where its time has passed.
      if (ready !== 0n) return done(sender.write({ ...manager, functionName: "execute", args: [to, data], label }));
      const receipt = await sender.write({
        ...{ ...manager, functionName: "schedule", args: [to, data, 0] },
        label: `schedule ${label}`,
      });
      const { ready: _, ...scheduled } = await times();
      const { transactionHash, blockNumber: block } = receipt;
      return { type: "scheduled", operation, ...scheduled, transactionHash, block };
    },
  };
}
