/** The EIP-712 commitment that a destination's WatcherPath takes: docs/messages.md, "Watchers". */

import type { Address, Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import type { WatchedChain } from "./deployment.ts";

export type Commitment = { lane: Hex; count: bigint; head: Hex; ackCount: bigint; ackHead: Hex };

const types = {
  Commitment: [
    { name: "lane", type: "bytes32" },
    { name: "count", type: "uint64" },
    { name: "head", type: "bytes32" },
    { name: "ackCount", type: "uint64" },
    { name: "ackHead", type: "bytes32" },
  ],
} as const;

export function commitmentTypedData({
  commitment,
  chainId,
  watcherPath,
}: {
  commitment: Commitment;
  /** Of the destination. */
  chainId: number;
  /** Of the destination. */
  watcherPath: Address;
}) {
  return {
    domain: { name: "Weighlock Watcher", version: "1", chainId, verifyingContract: watcherPath },
    types,
    primaryType: "Commitment",
    message: commitment,
  } as const;
}

/** 65 bytes: r ‖ s ‖ v. */
export function signCommitment({
  account,
  commitment,
  dst,
}: {
  account: PrivateKeyAccount;
  commitment: Commitment;
  dst: Pick<WatchedChain, "chainId" | "watcherPath">;
}): Promise<Hex> {
  return account.signTypedData(commitmentTypedData({ commitment, ...dst }));
}
