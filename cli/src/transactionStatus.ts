/** What one transaction did to the lanes, on whichever chain it was mined. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { type ChainDeployment, lanesOf } from "@weighlock/core/deployment.ts";
import { type Hash, isAddressEqual, parseEventLogs, TransactionReceiptNotFoundError } from "viem";
import { OperationError } from "./errors.ts";
import { laneName } from "./input.ts";
import type { Network } from "./network.ts";
import { type Settlement, traceSettlement } from "./settlement.ts";

export type TransactionStatus = {
  chain: string;
  transactionHash: Hash;
  block: bigint;
  succeeded: boolean;
  /** Settlements that it began. */
  settlements: Settlement[];
  /** What it did to lanes, one line each. */
  effects: string[];
};

/** Throws OperationError when no chain of the deployment has it. */
export async function readTransaction({ network, hash }: { network: Network; hash: Hash }): Promise<TransactionStatus> {
  const { chains } = network.deployment;
  for (const chain of chains) {
    const { client } = await network.connect(chain);
    const receipt = await client.getTransactionReceipt({ hash }).catch((error: unknown) => {
      if (error instanceof TransactionReceiptNotFoundError) return undefined;
      throw error;
    });
    if (!receipt) continue;
    const logs = receipt.logs.filter(({ address }) => isAddressEqual(address, chain.gateway));
    const settlements: Settlement[] = [];
    const effects: string[] = [];
    for (const event of parseEventLogs({ abi: gatewayAbi, logs })) {
      if (event.eventName === "EntryPosted") {
        const lane = laneFrom(chain, event.args.dstEid);
        if (lane) settlements.push(await traceSettlement({ network, lane, index: event.args.index }));
      } else {
        const effect = effectOf(chain, event);
        if (effect !== undefined) effects.push(effect);
      }
    }
    const { blockNumber: block, status } = receipt;
    return { chain: chain.name, transactionHash: hash, block, succeeded: status === "success", settlements, effects };
  }
  throw new OperationError(
    `No chain of this deployment has mined ${hash}; check the hash, and whether it is still pending.`,
    { details: { asked: chains.map(({ name }) => name) } },
  );

  function laneFrom(src: ChainDeployment, dstEid: number) {
    return lanesOf(network.deployment).find((lane) => lane.src.eid === src.eid && lane.dst.eid === dstEid);
  }
  function laneTo(dst: ChainDeployment, srcEid: number) {
    return lanesOf(network.deployment).find((lane) => lane.dst.eid === dst.eid && lane.src.eid === srcEid);
  }

  function effectOf(
    chain: ChainDeployment,
    event: ReturnType<typeof parseEventLogs<typeof gatewayAbi, true>>[number],
  ): string | undefined {
    const from = (eid: number) => {
      const lane = laneFrom(chain, eid);
      return lane ? laneName(lane) : `lane to eid ${eid}`;
    };
    const to = (eid: number) => {
      const lane = laneTo(chain, eid);
      return lane ? laneName(lane) : `lane from eid ${eid}`;
    };
    const pathName = (index: number) => chain.paths.find((path) => path.index === index)?.name ?? `path ${index}`;
    const pathNames = (mask: number) =>
      [0, 1, 2, 3, 4, 5, 6, 7]
        .filter((index) => (mask >> index) & 1)
        .map(pathName)
        .join(" and ");
    const { eventName, args } = event;
    switch (eventName) {
      case "WindowSealed":
        return `sealed ${from(args.dstEid)} at count ${args.count}`;
      case "Dispatched":
        return `dispatched ${from(args.dstEid)} at count ${args.count} over ${pathNames(args.paths)}`;
      case "Attested":
        return `attested ${to(args.srcEid)} at count ${args.count} on ${pathName(args.path)}`;
      case "AttestationIgnored":
        return `an attestation of ${to(args.srcEid)} on ${pathName(args.path)} was ignored`;
      case "WindowExecuted":
        return `executed ${to(args.srcEid)} up to count ${args.count} on ${pathNames(args.paths)}`;
      case "Contradicted":
        return `showed a contradiction on ${to(args.srcEid)} at count ${args.count}`;
      case "FalselyAcknowledged":
        return `showed a false acknowledgement of ${from(args.dstEid)} at count ${args.ackCount}`;
      case "LaneHalted":
        return `halted the lane ${to(args.eid)}`;
      default:
        return undefined;
    }
  }
}
