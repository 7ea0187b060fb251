/** A chain at one block: whatever is read of it belongs to one state. */

import type { ChainClient } from "@weighlock/core/chains.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { RetryableError } from "@weighlock/core/errors.ts";
import type { Hex } from "viem";

export type Pin<Role extends ChainDeployment = ChainDeployment> = {
  deployment: Role;
  client: ChainClient;
  blockNumber: bigint;
  blockHash: Hex;
};

/** What was read by number is one state only if that number is still the same block. */
export async function checkStillThere({ deployment, client, blockNumber, blockHash }: Pin): Promise<void> {
  const { hash } = await client.getBlock({ blockNumber });
  if (hash === blockHash) return;
  throw new RetryableError(`${deployment.name} was reorganised while it was read; read again.`, {
    details: { block: blockNumber, before: blockHash, after: hash },
  });
}
