/** Who holds which role of an access manager. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import type { Address, PublicClient } from "viem";

/** `delay`: seconds from scheduling to executing. */
export type RoleHolder = { role: bigint; account: Address; delay: number };

/** Roles can't be listed on chain: everybody that a role was ever granted to is asked. Sorted by role and account. */
export async function readRoleHolders({
  client,
  accessManager,
}: {
  client: PublicClient;
  accessManager: Address;
}): Promise<RoleHolder[]> {
  const manager = { address: accessManager, abi: accessManagerAbi } as const;
  const grants = await client.getContractEvents({
    ...manager,
    eventName: "RoleGranted",
    fromBlock: 0n,
    strict: true,
  });
  const asked = new Map(grants.map(({ args: { roleId, account } }) => [`${roleId}${account}`, { roleId, account }]));
  const answers = await Promise.all(
    [...asked.values()].map(async ({ roleId, account }) => {
      const [isMember, delay] = await client.readContract({
        ...manager,
        functionName: "hasRole",
        args: [roleId, account],
      });
      return isMember ? [{ role: roleId, account, delay }] : [];
    }),
  );
  return sortHolders(answers.flat());
}

export function sortHolders(holders: readonly RoleHolder[]): RoleHolder[] {
  return holders.toSorted((a, b) => Number(a.role - b.role) || (BigInt(a.account) < BigInt(b.account) ? -1 : 1));
}
