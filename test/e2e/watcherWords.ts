/** Watchers' signatures that the tests give themselves: those of owned keys, and those of a set that replaces them. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { watcherPathAbi, watcherPathBytecode } from "@weighlock/core/abi/watcherPath.ts";
import { type Chain, createChain } from "@weighlock/core/chains.ts";
import type { Commitment } from "@weighlock/core/commitment.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { type Address, concat, createWalletClient, http, parseEventLogs } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";

const SIGNED = {
  Commitment: [
    { name: "lane", type: "bytes32" },
    { name: "count", type: "uint64" },
    { name: "head", type: "bytes32" },
    { name: "ackCount", type: "uint64" },
    { name: "ackHead", type: "bytes32" },
  ],
} as const;

/** Brings a commitment of `src` to a WatcherPath of `dst`, signed by these. Returns the block that attested it. */
export async function attestAs({
  watchers,
  path,
  src,
  dst,
  commitment,
  payer,
}: {
  watchers: readonly PrivateKeyAccount[];
  path: Address;
  src: ChainDeployment;
  dst: ChainDeployment;
  commitment: Commitment;
  payer: PrivateKeyAccount;
}): Promise<bigint> {
  const chain = await createChain(dst);
  const domain = { name: "Weighlock Watcher", version: "1", chainId: dst.chainId, verifyingContract: path };
  const sorted = [...watchers].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const signatures = await Promise.all(
    sorted.map((watcher) =>
      watcher.signTypedData({ domain, types: SIGNED, primaryType: "Commitment", message: commitment }),
    ),
  );
  const hash = await walletOf(chain, payer).writeContract({
    address: path,
    abi: watcherPathAbi,
    functionName: "attest",
    args: [src.eid, commitment, concat(signatures)],
  });
  const { blockNumber, logs } = await chain.client.waitForTransactionReceipt({ hash });
  const attested = parseEventLogs({ abi: gatewayAbi, eventName: "Attested", logs });
  if (!attested.some(({ args }) => args.count === commitment.count && args.head === commitment.head)) {
    throw new Error(`${dst.name} did not attest ${commitment.count}`);
  }
  return blockNumber;
}

/** What `src` has truly sealed last and executed of the way back. */
export async function readCommitment(src: ChainDeployment, dst: ChainDeployment): Promise<Commitment> {
  const { client } = await createChain(src);
  const gateway = { address: src.gateway, abi: gatewayAbi } as const;
  const [[, count, head], [ackCount, ackHead], [lane]] = await Promise.all([
    client.readContract({ ...gateway, functionName: "outbox", args: [dst.eid] }),
    client.readContract({ ...gateway, functionName: "inbox", args: [dst.eid] }),
    client.readContract({ ...gateway, functionName: "laneIds", args: [dst.eid] }),
  ]);
  return { lane, count, head, ackCount, ackHead };
}

/** A new set of watchers on a chain; the council has still to open its remotes and to add it. */
export async function deployWatcherPath({
  chain: deployment,
  watchers,
  payer,
}: {
  chain: ChainDeployment;
  watchers: readonly Address[];
  payer: PrivateKeyAccount;
}): Promise<Address> {
  const chain = await createChain(deployment);
  const hash = await walletOf(chain, payer).deployContract({
    abi: watcherPathAbi,
    bytecode: watcherPathBytecode,
    args: [deployment.gateway, deployment.accessManager, watchers, BigInt(watchers.length)],
  });
  const { contractAddress } = await chain.client.waitForTransactionReceipt({ hash });
  if (contractAddress == null) throw new Error("the new path was not deployed");
  return contractAddress;
}

function walletOf({ viemChain, client }: Chain, account: PrivateKeyAccount) {
  const [url] = viemChain.rpcUrls.default.http;
  return createWalletClient({
    account,
    chain: viemChain,
    transport: http(url),
    pollingInterval: client.pollingInterval,
  });
}
