/** Verifies packets on one destination. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Chain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import type { Sender } from "@weighlock/core/sender.ts";
import { isAddressEqual, parseEventLogs, slice, type TransactionReceipt } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { dvnAbi, endpointAbi, receiveUlnAbi, sendUlnAbi } from "../layerzero/abi.ts";
import { signDvnCall, verifyCall } from "../layerzero/dvnCall.ts";
import type { Assignment } from "./assignments.ts";
import type { StrangerDvnChain, StrangerDvnConfig } from "./config.ts";

/** One chain, with the sender of the DVN's admin key. */
export type DvnNode = { config: StrangerDvnChain; chain: Chain; sender: Sender };
export type Job = Assignment & { attempts: number };

export type VerificationQueue = {
  jobs(): Job[];
  /** A packet that is known already is ignored. */
  add(assignment: Assignment): void;
  /** Settles on shutdown; rejects with a FatalError. */
  run(): Promise<void>;
};

// DVN.execute turns a verification that ran out of gas into an event, so an estimate finds the least gas at which the
// outer call survives. These bound the inner one: 69,700 measured for one, 39,600 for each further.
const BASE_GAS = 60_000n;
const GAS_PER_PACKET = 90_000n;
const MAX_BACKOFF_MS = 10_000;

/** The packets for one destination: each is looked at until the destination's final state has it verified. */
export function createQueue({
  common,
  config,
  node,
  nodes,
  signer,
}: {
  common: Common;
  config: StrangerDvnConfig;
  node: DvnNode;
  nodes: ReadonlyMap<number, DvnNode>;
  signer: PrivateKeyAccount;
}): VerificationQueue {
  const { signal } = common.shutdown;
  const { name, endpoint, receiveUln, dvn, vid } = node.config;
  const { client } = node.chain;
  const logger = common.logger.child({ dst: name });
  const jobs = new Map<string, Job>();
  let wake: () => void = () => undefined;
  const labels = { dst: name };
  const verified = common.metrics.counter({
    name: "dvn_packets_total",
    help: "Packets by outcome of a DVN's verification.",
    labels: ["dst", "outcome"],
  });
  const pending = common.metrics.gauge({
    name: "dvn_pending_packets",
    help: "Packets assigned to a DVN and not verified in the destination's final state.",
    labels: ["dst"],
  });
  pending.set(labels, 0);

  async function isVerified({ packet }: Job, blockTag: "latest" | "finalized"): Promise<boolean> {
    const { headerHash, payloadHash, receiverAddress, srcEid, sender, nonce } = packet;
    // Committing clears a DVN's word from the library, and delivering clears the endpoint's hash.
    const [[submitted], committed, delivered] = await Promise.all([
      client.readContract({
        address: receiveUln,
        abi: receiveUlnAbi,
        functionName: "hashLookup",
        args: [headerHash, payloadHash, dvn],
        blockTag,
      }),
      client.readContract({
        address: endpoint,
        abi: endpointAbi,
        functionName: "inboundPayloadHash",
        args: [receiverAddress, srcEid, sender, nonce],
        blockTag,
      }),
      client.readContract({
        address: endpoint,
        abi: endpointAbi,
        functionName: "lazyInboundNonce",
        args: [receiverAddress, srcEid, sender],
        blockTag,
      }),
    ]);
    return submitted || committed === payloadHash || delivered >= nonce;
  }

  /** The confirmations to sign, or undefined while the packet has fewer. */
  async function confirmationsOf({ packet, blockNumber }: Job): Promise<bigint | undefined> {
    const source = nodes.get(packet.srcEid);
    if (source === undefined) return undefined;
    const [{ confirmations }, latest] = await Promise.all([
      source.chain.client.readContract({
        address: source.config.sendUln,
        abi: sendUlnAbi,
        functionName: "getUlnConfig",
        args: [slice(packet.sender, 12), packet.dstEid],
      }),
      source.chain.client.getBlockNumber(),
    ]);
    return latest - blockNumber >= confirmations ? confirmations : undefined;
  }

  /** One look at every packet; verifies what needs it, and forgets what is done. */
  async function advance(): Promise<void> {
    const due: { job: Job; confirmations: bigint }[] = [];
    for (const job of [...jobs.values()].sort((a, b) => a.attempts - b.attempts)) {
      if (await isVerified(job, "finalized")) {
        jobs.delete(job.packet.guid);
        pending.set(labels, jobs.size);
        continue;
      }
      if (due.length >= config.maxBatch || (await isVerified(job, "latest"))) continue;
      const confirmations = await confirmationsOf(job);
      if (confirmations !== undefined) due.push({ job, confirmations });
    }
    if (due.length > 0) await verify(due);
  }

  async function verify(due: readonly { job: Job; confirmations: bigint }[]): Promise<void> {
    for (const { job } of due) job.attempts += 1;
    const { timestamp } = await client.getBlock();
    const expiration = timestamp + BigInt(config.expirySeconds);
    const params = await Promise.all(
      due.map(({ job: { packet }, confirmations }) => {
        const { header, payloadHash } = packet;
        const call = verifyCall({ vid, receiveUln, header, payloadHash, confirmations, expiration });
        return signDvnCall({ call, signers: [signer] });
      }),
    );
    const receipt = await node.sender.write({
      address: dvn,
      abi: dvnAbi,
      functionName: "execute",
      args: [params],
      label: `verify ${due.length}`,
      minGas: BASE_GAS + GAS_PER_PACKET * BigInt(due.length),
    });
    report({ receipt, sent: due.map(({ job }) => job) });
  }

  /** DVN.execute never reverts: what took effect is in the events alone. */
  function report({ receipt, sent }: { receipt: TransactionReceipt; sent: readonly Job[] }): void {
    const { logs, transactionHash: hash } = receipt;
    const done = parseEventLogs({ abi: receiveUlnAbi, eventName: "PayloadVerified", logs }).filter(
      ({ address, args }) => isAddressEqual(address, receiveUln) && isAddressEqual(args.dvn, dvn),
    );
    const failures = parseEventLogs({ abi: dvnAbi, eventName: ["ExecuteFailed", "VerifySignaturesFailed"], logs });
    sent.forEach(({ packet: { guid, srcEid, nonce, header, payloadHash }, attempts }, index) => {
      if (done.some(({ args }) => args.header === header && args.proofHash === payloadHash)) {
        verified.inc({ ...labels, outcome: "verified" });
        logger.info({ guid, srcEid, nonce, hash }, "verified");
        return;
      }
      const failure = failures.find(({ args }) => args.index === BigInt(index));
      const reason = failure?.eventName ?? "skipped: wrong vid or expired";
      verified.inc({ ...labels, outcome: "failed" });
      logger.error({ guid, srcEid, nonce, hash, attempts, reason, event: failure?.args }, "did not take effect");
    });
  }

  async function run(): Promise<void> {
    let failures = 0;
    signal.addEventListener("abort", () => wake(), { once: true });
    while (!signal.aborted) {
      if (jobs.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      try {
        await advance();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof FatalError) throw error;
        failures += 1;
        logger.warn({ err: error, failures }, "could not verify; trying again");
      }
      // What is sent but not final, or not deep enough, moves with the next blocks.
      const pause = Math.min(config.pollMs * 2 ** failures, MAX_BACKOFF_MS);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    jobs: () => [...jobs.values()],
    add(assignment: Assignment): void {
      const { guid } = assignment.packet;
      if (!jobs.has(guid)) jobs.set(guid, { ...assignment, attempts: 0 });
      pending.set(labels, jobs.size);
      wake();
    },
    run,
  };
}
