/** Who may make a DVN act. */

import { type Address, isAddressEqual, keccak256, type PublicClient, stringToHex, zeroHash } from "viem";
import { WiringMismatchError } from "../errors.ts";
import type { Transactor } from "../transactor.ts";
import { dvnAbi } from "./abi.ts";

export const ADMIN_ROLE = keccak256(stringToHex("ADMIN_ROLE"));
export const DEFAULT_ADMIN_ROLE = zeroHash;

/**
 * Gives a DVN's ADMIN_ROLE to `to` alone, and reads back that nobody else has it.
 * Whoever holds the role may change fees and other admins, so a hot key gets it only behind a contract that offers
 * `execute` and nothing else.
 * @throws WiringMismatchError when somebody else still has the role, or `to` has not.
 */
export async function handOverAdmin({
  client,
  transactor,
  dvn,
  to,
}: {
  client: PublicClient;
  /** Of the present admin. */
  transactor: Transactor;
  dvn: Address;
  to: Address;
}): Promise<void> {
  queueHandOver({ transactor, dvn, to });
  await transactor.flush();
  await verifyAdmins({ client, dvn, admins: [to] });
}

/** The two transactions of `handOverAdmin`, for a caller that flushes more at once and then calls `verifyAdmins`. */
export function queueHandOver({ transactor, dvn, to }: { transactor: Transactor; dvn: Address; to: Address }): void {
  transactor.call({ to: dvn, abi: dvnAbi, functionName: "grantRole", args: [ADMIN_ROLE, to] });
  transactor.call({ to: dvn, abi: dvnAbi, functionName: "revokeRole", args: [ADMIN_ROLE, transactor.address] });
}

/**
 * Asserts that exactly `admins` hold a DVN's ADMIN_ROLE, and that nobody holds the role above it. The role can't be
 * listed on chain: everybody it was ever granted to is asked.
 */
export async function verifyAdmins({
  client,
  dvn,
  admins,
}: {
  client: PublicClient;
  dvn: Address;
  admins: readonly Address[];
}): Promise<void> {
  const grants = await client.getContractEvents({
    address: dvn,
    abi: dvnAbi,
    eventName: "RoleGranted",
    args: { role: [ADMIN_ROLE, DEFAULT_ADMIN_ROLE] },
    fromBlock: 0n,
    strict: true,
  });
  const asked = new Map<string, { role: `0x${string}`; account: Address }>();
  for (const { args } of grants) asked.set(`${args.role}${args.account}`, { role: args.role, account: args.account });
  for (const account of admins) asked.set(`${ADMIN_ROLE}${account}`, { role: ADMIN_ROLE, account });
  const wrong = await Promise.all(
    [...asked.values()].map(async ({ role, account }) => {
      const expected = role === ADMIN_ROLE && admins.some((admin) => isAddressEqual(admin, account));
      const actual = await client.readContract({
        address: dvn,
        abi: dvnAbi,
        functionName: "hasRole",
        args: [role, account],
      });
      return actual === expected ? [] : [`${account} ${actual ? "has" : "lacks"} role ${role}`];
    }),
  );
  if (wrong.flat().length > 0) {
    throw new WiringMismatchError("The DVN's admins are not those that it should have.", {
      details: { dvn, expected: admins, actual: wrong.flat() },
    });
  }
}
