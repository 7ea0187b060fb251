/** Ends a parked release: pays it, or gives it back to the hub. */

import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { type Hash, type Hex, parseEventLogs, type TransactionReceipt } from "viem";
import { OperationError, UsageError } from "./errors.ts";
import { laneName, parseEntry } from "./input.ts";
import type { Network } from "./network.ts";
import { parkedReason } from "./reasons.ts";
import { type ParkedRelease, readOneWaiting } from "./waiting.ts";

export type EndRequest = {
  network: Network;
  privateKey: Hex;
  /** `hub-beta:3`. */
  id: string;
};

/** `paid` by a return: after seven days a release that can be paid again is paid instead. */
export type ParkedEnd =
  | { type: "paid"; id: string; transactionHash: Hash; block: bigint }
  /** It has had one wait, and has its next. */
  | { type: "waits"; id: string; reason: string; transactionHash: Hash; block: bigint }
  | ({ type: "returned"; id: string /** The entry that brings it back: `beta-hub:7`. */; as: string } & {
      transactionHash: Hash;
      block: bigint;
    });

/** Anyone may. Throws UsageError, OperationError, or what the sender throws: the reason why it still can't be paid. */
export async function retryRelease({ network, privateKey, id }: EndRequest): Promise<ParkedEnd> {
  const { lane, index, entry, terms, payee } = await readPark({ network, id });
  const sender = await network.sender(lane.dst, privateKey);
  const receipt = await sender.write({
    address: lane.dst.vault,
    abi: collateralVaultAbi,
    functionName: "retry",
    args: [lane.src.eid, index, entry, terms, payee],
    label: "retry",
  });
  return endOf(lane, id, receipt);
}

/** Its payee or owner at any time, anyone after seven days. Throws as `retryRelease`. */
export async function returnRelease({ network, privateKey, id }: EndRequest): Promise<ParkedEnd> {
  const { lane, index, entry, terms, payee } = await readPark({ network, id });
  const sender = await network.sender(lane.dst, privateKey);
  const receipt = await sender.write({
    address: lane.dst.vault,
    abi: collateralVaultAbi,
    functionName: "returnRelease",
    args: [index, entry, terms, payee],
    label: "return",
  });
  return endOf(lane, id, receipt);
}

export async function readPark({ network, id }: { network: Network; id: string }): Promise<ParkedRelease> {
  const { lane, index } = parseEntry(network.deployment, id);
  if (lane.dst.role === "hub") {
    throw new UsageError(
      `${id} goes to the hub, where nothing is parked; for what the hub holds: weighlock settle ${id}`,
    );
  }
  const waiting = await readOneWaiting({ network, lane, index });
  if (waiting.type === "parked") return waiting;
  throw new UsageError(`${id} is held, not parked; end it with: weighlock settle ${id}`);
}

function endOf(lane: ParkedRelease["lane"], id: string, receipt: TransactionReceipt): ParkedEnd {
  const { transactionHash, blockNumber: block, logs } = receipt;
  for (const { eventName, args } of parseEventLogs({ abi: collateralVaultAbi, logs })) {
    if (eventName === "Released") return { type: "paid", id, transactionHash, block };
    if (eventName === "ReleaseParked") {
      return { type: "waits", id, reason: parkedReason(args.reason), transactionHash, block };
    }
    if (eventName === "ReleaseReturned") {
      const as = `${laneName({ src: lane.dst, dst: lane.src })}:${args.returnedIndex}`;
      return { type: "returned", id, as, transactionHash, block };
    }
  }
  throw new OperationError("It was mined and the vault wrote no event of it; check the deployment file.", {
    details: { transactionHash },
  });
}
