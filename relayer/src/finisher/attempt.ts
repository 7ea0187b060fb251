/** The one call that finishes what waits, if there is one now. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { Chain } from "@weighlock/core/chains.ts";
import type { HubDeployment, VaultDeployment } from "@weighlock/core/deployment.ts";
import { unpackEntry } from "@weighlock/core/entry.ts";
import { readClock } from "@weighlock/core/lock.ts";
import { readSealedWindow } from "@weighlock/core/sealedWindow.ts";
import type { Sender } from "@weighlock/core/sender.ts";
import { TransactionRevertedError } from "@weighlock/core/senderErrors.ts";
import { Held, isSuspended } from "@weighlock/core/waiting.ts";
import type { TransactionReceipt } from "viem";
import type { HeldEntry, ParkedRelease } from "./waiting.ts";

type End<Role> = { chain: Chain; sender: Sender; deployment: Role };
export type Attempt = { action: "retry" | "return" | "finish" | "settle"; receipt: TransactionReceipt };

/** The contracts' own: after this, on its clock, anyone may give back what is still refused. */
const RETURNABLE_AFTER = 7n * 24n * 3_600n;

/**
 * For what is unlocked. What moves on to its next wait counts as done: it is told again.
 * @throws TransactionRevertedError with the reason why it can't be paid yet; nothing was sent then.
 */
export async function finishParked(
  { chain, sender, deployment }: End<VaultDeployment>,
  waiting: ParkedRelease,
): Promise<Attempt> {
  const { srcEid, index, entry, terms, payee } = waiting;
  const vault = { address: deployment.vault, abi: collateralVaultAbi } as const;
  try {
    const args = [srcEid, index, entry, terms, payee] as const;
    return { action: "retry", receipt: await sender.write({ ...vault, functionName: "retry", args, label: "retry" }) };
  } catch (error) {
    const isRefused = error instanceof TransactionRevertedError && error.revert.name === "ParkNotPayable";
    if (!isRefused) throw error;
    const clock = await readClock({ client: chain.client, deployment, waiting });
    if (clock < terms.unlockAt + RETURNABLE_AFTER) throw error;
    const args = [index, entry, terms, payee] as const;
    const receipt = await sender.write({ ...vault, functionName: "returnRelease", args, label: "return" });
    return { action: "return", receipt };
  }
}

/**
 * For what is unlocked. Undefined for what nobody can finish, or only its owner wants to (a refund instead of a credit).
 * @throws TransactionRevertedError with the reason why it can't be finished yet; nothing was sent then.
 */
export async function finishHeld(
  { chain, sender, deployment }: End<HubDeployment>,
  { srcEid, index, entry, reason, terms }: HeldEntry,
): Promise<Attempt | undefined> {
  const house = { address: deployment.clearingHouse, abi: clearingHouseAbi } as const;
  if (isSuspended(reason) && reason !== Held.OwnerZero) {
    const args = [srcEid, index, entry, reason, terms] as const;
    const receipt = await sender.write({ ...house, functionName: "finish", args, label: "finish" });
    return { action: "finish", receipt };
  }
  if (reason !== Held.Returned) return undefined;
  const { ref } = unpackEntry(entry);
  const window = await readSealedWindow({
    client: chain.client,
    gateway: deployment.gateway,
    deployBlock: BigInt(deployment.deployBlock),
    dstEid: srcEid,
    index: ref,
  });
  // A return of what was never sealed is evidence, which the contract takes without a window.
  const args = [srcEid, index, entry, terms, window?.previousCount ?? 0n, window?.entries ?? []] as const;
  const receipt = await sender.write({ ...house, functionName: "settleReturned", args, label: "settle" });
  return { action: "settle", receipt };
}
