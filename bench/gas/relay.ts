/** Carries what was posted on a lane, as the relayer does: one commitment, two paths, one execution. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import { commitmentTypedData } from "@weighlock/watcher/signature.ts";
import { type Address, concat, parseEventLogs, type TransactionReceipt } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { BenchNetwork } from "./network.ts";
import { packetOf, verifyPacket } from "./packet.ts";
import { callOf, type Site } from "./site.ts";

/** Gas of the transactions that carry one commitment and its entries. */
export type CarryGas = {
  /** Seal, unless the window filled itself, and dispatch over LayerZero. */
  dispatch: number;
  /** One transaction for each DVN. */
  verify: number;
  /** Commit and lzReceive, in one transaction. */
  deliver: number;
  /** The watchers' signatures, 2 of 3. */
  watchers: number;
  execute: number;
};

// The gateway's "all that is posted".
const EVERYTHING = 2n ** 64n - 1n;

/** `posted`: the receipts of the transactions that posted the lane's open window, and no others. */
export async function carry({
  network,
  src,
  dst,
  posted,
}: {
  network: BenchNetwork;
  src: Site;
  dst: Site;
  posted: readonly TransactionReceipt[];
}): Promise<CarryGas> {
  const { keys } = network;
  const from = keys.relayer;
  const { gateway } = src.chain;
  const { eid: srcEid } = src.chain;
  const { eid: dstEid } = dst.chain;
  const [layerZero, watchers] = [pathOf(dst.chain, true), pathOf(dst.chain, false)];

  const value = await src.client.readContract({
    address: gateway,
    abi: gatewayAbi,
    functionName: "quoteDispatch",
    args: [dstEid, layerZero.mask],
  });
  const [dispatched] = await src.send([
    callOf({
      from,
      address: gateway,
      abi: gatewayAbi,
      functionName: "dispatch",
      args: [dstEid, EVERYTHING, layerZero.mask, from.address, false],
      value,
    }),
  ]);
  const packet = packetOf(dispatched);
  const verify = await verifyPacket({ network, dst, packet });
  const [delivered] = await dst.send([
    callOf({
      from,
      address: layerZero.address,
      abi: layerZeroPathAbi,
      functionName: "deliver",
      args: [srcEid, packet.nonce, packet.guid, packet.message],
    }),
  ]);

  const [said] = parseEventLogs({ abi: gatewayAbi, eventName: "Dispatched", logs: dispatched?.logs ?? [] });
  if (said === undefined) throw new FatalError("The gateway dispatched nothing.");
  const { count, head, ackCount, ackHead } = said.args;
  const [lane] = await src.client.readContract({
    address: gateway,
    abi: gatewayAbi,
    functionName: "laneIds",
    args: [dstEid],
  });
  const commitment = { lane, count, head, ackCount, ackHead };
  const typedData = commitmentTypedData({ commitment, chainId: dst.chain.chainId, watcherPath: watchers.address });
  const signers = keys.watchers.slice(0, 2).sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const signatures = await Promise.all(
    signers.map(({ privateKey }) => privateKeyToAccount(privateKey).signTypedData(typedData)),
  );
  const [attested] = await dst.send([
    callOf({
      from,
      address: watchers.address,
      abi: watcherPathAbi,
      functionName: "attest",
      args: [srcEid, commitment, concat(signatures)],
    }),
  ]);

  const entries = parseEventLogs({
    abi: gatewayAbi,
    eventName: "EntryPosted",
    logs: posted.flatMap(({ logs }) => logs),
  })
    .map(({ args }) => args)
    .sort((a, b) => Number(a.index - b.index))
    .map(({ entry }) => entry);
  const [executed] = await dst.send([
    callOf({
      from,
      address: dst.chain.gateway,
      abi: gatewayAbi,
      functionName: "execute",
      args: [srcEid, [count], entries, "0x", layerZero.mask | watchers.mask],
    }),
  ]);
  return {
    dispatch: Number(dispatched?.gasUsed),
    verify,
    deliver: Number(delivered?.gasUsed),
    watchers: Number(attested?.gasUsed),
    execute: Number(executed?.gasUsed),
  };
}

/** The chain's message network, or its watchers. */
function pathOf({ name, paths }: ChainDeployment, isNetwork: boolean): { address: Address; mask: number } {
  const path = paths.find((each) => each.isNetwork === isNetwork);
  if (path === undefined) {
    throw new FatalError("The chain lacks a path.", { details: { chain: name, isNetwork } });
  }
  return { address: path.address, mask: 1 << path.index };
}
