/** Ends an entry that the hub holds: credits it, settles a release that came back, or refunds it; whichever applies. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { unpackEntry } from "@weighlock/core/entry.ts";
import { readSealedWindow, type SealedWindow } from "@weighlock/core/sealedWindow.ts";
import type { Sender } from "@weighlock/core/sender.ts";
import { TransactionRevertedError } from "@weighlock/core/senderErrors.ts";
import { Held, isRefundable, isSuspended } from "@weighlock/core/waiting.ts";
import { type Hash, parseEventLogs } from "viem";
import type { EndRequest } from "./endParked.ts";
import { OperationError, UsageError } from "./errors.ts";
import { laneName, parseEntry } from "./input.ts";
import type { Network } from "./network.ts";
import { heldReason } from "./reasons.ts";
import { type HeldEntry, readOneWaiting } from "./waiting.ts";

export type HeldEnd = { id: string; transactionHash: Hash; block: bigint } & (
  | { type: "credited" }
  /** It has had one wait, and has its next. */
  | { type: "waits"; reason: string }
  /** `release` is what had been given back: `hub-beta:3`. */
  | { type: "settled"; release: string }
  /** `as` brings it to its refund address: `hub-beta:9`. */
  | { type: "refunded"; as: string }
  /** No such release was made, or it came back before: the lane is halted. */
  | { type: "falselyReturned"; release: string }
);

/** Anyone may. Throws UsageError, OperationError, or what the sender throws: the reason why it still waits. */
export async function settleHeld({ network, privateKey, id }: EndRequest): Promise<HeldEnd> {
  const held = await readHeld({ network, id });
  const { lane, index } = held;
  const sender = await network.sender(lane.dst, privateKey);
  const { logs, transactionHash, blockNumber: block } = await send({ network, sender, held });
  const back = (ref: bigint) => `${laneName({ src: lane.dst, dst: lane.src })}:${ref}`;
  const mined = { id, transactionHash, block };
  for (const { eventName, args } of parseEventLogs({ abi: clearingHouseAbi, logs })) {
    if (!("index" in args) || args.index !== index) continue;
    if (eventName === "Credited") return { type: "credited", ...mined };
    if (eventName === "EntryHeld") return { type: "waits", reason: heldReason(args.reason), ...mined };
    if (eventName === "ReturnSettled") return { type: "settled", release: back(args.ref), ...mined };
    if (eventName === "Refunded") return { type: "refunded", as: back(args.releaseIndex), ...mined };
    if (eventName === "FalselyReturned") return { type: "falselyReturned", release: back(args.ref), ...mined };
  }
  throw new OperationError("It was mined and the hub wrote no event of it; check the deployment file.", {
    details: { transactionHash },
  });
}

async function readHeld({ network, id }: { network: Network; id: string }): Promise<HeldEntry> {
  const { lane, index } = parseEntry(network.deployment, id);
  if (lane.dst.role === "vault") {
    throw new UsageError(
      `${id} goes to a vault, which parks; end it with: weighlock retry ${id}, or weighlock return ${id}`,
    );
  }
  const waiting = await readOneWaiting({ network, lane, index });
  if (waiting.type === "held") return waiting;
  throw new UsageError(`${id} is parked, not held; end it with: weighlock retry ${id}`);
}

async function send({ network, sender, held }: { network: Network; sender: Sender; held: HeldEntry }) {
  const { lane, index, entry, reason, terms } = held;
  const { eid } = lane.src;
  const view = { address: lane.dst.clearingHouse, abi: clearingHouseAbi } as const;
  const words = unpackEntry(entry);
  if (reason === Held.Returned) {
    const { previousCount, entries } = await readWindow(network, lane, words.ref);
    const args = [eid, index, entry, terms, previousCount, entries] as const;
    return sender.write({ ...view, functionName: "settleReturned", args, label: "settle" });
  }
  const args = [eid, index, entry, reason, terms] as const;
  const finish = () => sender.write({ ...view, functionName: "finish", args, label: "finish" });
  const refund = () => sender.write({ ...view, functionName: "refund", args, label: "refund" });
  if (!isSuspended(reason))
    throw new OperationError(`Nothing can be done: ${heldReason(reason)}.`, { details: { reason } });
  if (!isRefundable(reason) || BigInt(entry.party) === 0n) return finish();
  if (reason === Held.OwnerZero) return refund();
  if (reason === Held.AssetUnlisted) return (await isListed(network, lane, words.asset)) ? finish() : refund();
  // Beyond the cap: credited if it fits by now, and otherwise sent back once a week has passed.
  return finish().catch((error: unknown) => {
    const isHeld = error instanceof TransactionRevertedError && error.revert.name === "StillHeld";
    if (!isHeld) throw error;
    return refund();
  });
}

async function readWindow(network: Network, { src, dst }: HeldEntry["lane"], index: bigint): Promise<SealedWindow> {
  const { client } = await network.connect(dst);
  const at = { client, gateway: dst.gateway, deployBlock: BigInt(dst.deployBlock) };
  // Beyond all seals there is no such release, and the hub sees that for itself.
  return (await readSealedWindow({ ...at, dstEid: src.eid, index })) ?? { previousCount: 0n, entries: [] };
}

async function isListed(network: Network, { src, dst }: HeldEntry["lane"], asset: number): Promise<boolean> {
  const { client } = await network.connect(dst);
  const view = { address: dst.clearingHouse, abi: clearingHouseAbi } as const;
  const [eids] = await client.readContract({ ...view, functionName: "availability", args: [asset] });
  return eids.includes(src.eid);
}
