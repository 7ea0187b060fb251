/**
 * Verifies one packet: agreed logs → evidence → decision → signature → our DVN on the destination. A job's coordinates
 * say which; nothing else of them is used.
 */

import { dvnSubmitterAbi } from "@weighlock/core/abi/dvnSubmitter.ts";
import { decodeCommitment } from "@weighlock/core/commitment.ts";
import type { Common } from "@weighlock/core/common.ts";
import { FatalError, messageOf, RetryableError } from "@weighlock/core/errors.ts";
import { explainRevert } from "@weighlock/core/explain.ts";
import type { Sender } from "@weighlock/core/sender.ts";
import { isAddressEqual, parseEventLogs, type TransactionReceipt } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { leastOf } from "../bigints.ts";
import type { Job } from "../jobs.ts";
import type { Lane } from "../lane/lanes.ts";
import { dvnAbi, receiveUlnAbi } from "../layerzero/abi.ts";
import { isVerifiedBy } from "../layerzero/delivery.ts";
import type { Packet } from "../layerzero/packet.ts";
import { findSentPackets } from "../layerzero/sentPackets.ts";
import { decidePacket, UnprovenPacketError } from "./decision.ts";
import { signVerification } from "./dvnSignature.ts";
import { type Claim, type Evidence, fetchEvidence, type ProvenFacts, readEvidence } from "./evidence.ts";
import type { EvidenceStore } from "./evidenceStore.ts";
import type { OurDvn } from "./ourDvn.ts";
import { NotFinalizedError, type Sources } from "./sources.ts";

export type PacketVerifier = {
  /** Fetches and keeps the evidence while the source's nodes still have the state. Never throws. */
  collect(options: { packet: Packet; blockHash: `0x${string}` }): Promise<void>;
  /** Throws RetryableError while the packet can't be signed yet, FatalError when it must not be. */
  verify(job: Job<"verify">): Promise<void>;
  isDone(options: { packet: Packet; blockTag: "latest" | "finalized" }): Promise<boolean>;
  forget(packet: Packet): Promise<void>;
};

/** The DVN's contract took the call and it had no effect. */
export class VerificationIneffectiveError extends RetryableError {
  override name = "VerificationIneffectiveError";
}
/** Kept evidence did not bear out a packet; other evidence is fetched before that is final. */
export class EvidenceRefusedError extends RetryableError {
  override name = "EvidenceRefusedError";
}
export class SignerRefusedError extends FatalError {
  override name = "SignerRefusedError";
}

// DVN.execute turns a verification that ran out of gas into an event, so an estimate would find the least gas at which
// the outer call survives. One verification took 69,700.
const MIN_GAS = 150_000n;
// How far a destination's clock may run ahead of ours: one node's timestamp must not make a signature last for ever.
const MAX_CLOCK_LEAD_SECONDS = 300n;

export function createPacketVerifier({
  common,
  lane,
  sources,
  destination,
  sender,
  dvn,
  signer,
  store,
  expirySeconds,
}: {
  common: Common;
  lane: Lane;
  /** Of the source chain. */
  sources: Sources;
  /** Of the destination chain. */
  destination: Sources;
  /** On the destination. */
  sender: Sender;
  dvn: OurDvn;
  signer: PrivateKeyAccount;
  store: EvidenceStore;
  /** How long a signature may be used. */
  expirySeconds: bigint;
}): PacketVerifier {
  const logger = common.logger.child({ lane: lane.name });
  const { client } = destination.chain;
  const { receiveUln } = lane.dst.layerZero;
  const verified = common.metrics.counter({
    name: "verified_total",
    help: "Packets verified by our DVN.",
    labels: ["lane"],
  });

  /** Whom to ask first for evidence. */
  let preferred = 0;
  /** Packets that one piece of evidence did not bear out. */
  const doubted = new Set<string>();

  async function fetchAnywhere({
    claim,
    block,
  }: {
    claim: Claim;
    block: Parameters<typeof fetchEvidence>[0]["block"];
  }) {
    let last: unknown;
    const { clients } = sources.chain;
    // Any source may give a proof: its root is compared with all of them before it counts.
    for (const source of [...clients.slice(preferred), ...clients.slice(0, preferred)]) {
      try {
        const evidence = await fetchEvidence({ client: source, lane, claim, block });
        await readEvidence({ evidence, lane, claim });
        return evidence;
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  async function collect({ packet, blockHash }: { packet: Packet; blockHash: `0x${string}` }): Promise<void> {
    try {
      const claim = claimOf(packet);
      const key = { lane, claim, nonce: packet.nonce };
      if ((await store.get(key))?.blockHash === blockHash) return;
      await store.set(key, await fetchAnywhere({ claim, block: { hash: blockHash } }));
      logger.debug({ guid: packet.guid, nonce: packet.nonce }, "evidence is kept");
    } catch (error) {
      logger.warn({ guid: packet.guid, reason: messageOf(error) }, "no evidence yet; it is fetched when it is needed");
    }
  }

  /** Whoever gave evidence that was of no use is asked last. */
  function preferAnother(): void {
    preferred = (preferred + 1) % sources.chain.clients.length;
  }

  /** Evidence under a block that is final in every source, and no older than the packet's, `sentIn`. */
  async function finalFacts({
    packet,
    claim,
    sentIn,
  }: {
    packet: Packet;
    claim: Claim;
    sentIn: bigint;
  }): Promise<ProvenFacts> {
    const key = { lane, claim, nonce: packet.nonce };
    const kept = await store.get(key);
    const facts = kept && (await readKept(kept, claim));
    const newest = await sources.newestShared();
    if (facts) {
      const { number } = facts.block;
      const isPossible = number >= sentIn && number <= newest;
      if (isPossible && (await sources.finalBlock(number)).hash === facts.block.hash) return facts;
      logger.warn({ nonce: packet.nonce, block: number, sentIn, newest }, "kept evidence is no use; fetching anew");
      preferAnother();
    }
    if (newest < sentIn) {
      throw new NotFinalizedError("A source has not reached the packet's block.", {
        details: { lane: lane.name, nonce: packet.nonce, block: sentIn, newest },
      });
    }
    // Its state may be gone by now. The slots are written once, so a later block proves the same, once it is final.
    const evidence = await fetchAnywhere({ claim, block: { number: newest } });
    await store.set(key, evidence);
    throw new NotFinalizedError("Evidence was fetched at the newest block, which must become final first.", {
      details: { lane: lane.name, nonce: packet.nonce },
    });
  }

  async function readKept(evidence: Evidence, claim: Claim): Promise<ProvenFacts | undefined> {
    return readEvidence({ evidence, lane, claim }).catch((error: unknown) => {
      logger.error({ err: error }, "the kept evidence is not valid; fetching anew");
      return undefined;
    });
  }

  /** Throws EvidenceRefusedError the first time that evidence does not bear a packet out, UnprovenPacketError after. */
  async function decide(options: Parameters<typeof decidePacket>[0]): Promise<Packet> {
    const { claim, nonce, logged } = options;
    try {
      const packet = decidePacket(options);
      doubted.delete(logged.guid);
      return packet;
    } catch (error) {
      if (!(error instanceof UnprovenPacketError)) throw error;
      await store.delete({ lane, claim, nonce });
      preferAnother();
      if (doubted.delete(logged.guid)) throw error;
      doubted.add(logged.guid);
      throw new EvidenceRefusedError("The evidence does not bear the packet out; other evidence is fetched.", {
        details: { lane: lane.name, nonce },
        cause: error,
      });
    }
  }

  async function confirmationsOf(): Promise<bigint> {
    const { confirmations } = await destination.agree("the receive config", (source) =>
      source.readContract({
        address: receiveUln,
        abi: receiveUlnAbi,
        functionName: "getUlnConfig",
        args: [lane.layerZero.dst.address, lane.src.eid],
      }),
    );
    return confirmations;
  }

  async function submit({ packet, confirmations }: { packet: Packet; confirmations: bigint }): Promise<void> {
    const { timestamp } = await client.getBlock();
    const latest = BigInt(Math.floor(Date.now() / 1_000)) + MAX_CLOCK_LEAD_SECONDS;
    const expiration = leastOf([timestamp, latest], latest) + expirySeconds;
    const param = await signVerification({ signer, vid: dvn.vid, receiveUln, packet, confirmations, expiration });
    const receipt = await sender.write({
      address: dvn.submitter,
      abi: dvnSubmitterAbi,
      functionName: "execute",
      args: [[param]],
      label: `verify ${lane.name}`,
      minGas: MIN_GAS,
    });
    await checkEffect({ packet, receipt });
    verified.inc({ lane: lane.name });
    const { transactionHash: hash, gasUsed } = receipt;
    logger.info({ guid: packet.guid, nonce: packet.nonce, hash, gasUsed }, "verified");
  }

  /** DVN.execute never reverts: bad signatures and a failing target are events, a wrong vid or time is nothing at all. */
  async function checkEffect({ packet, receipt }: { packet: Packet; receipt: TransactionReceipt }): Promise<void> {
    const logs = receipt.logs.filter(({ address }) => isAddressEqual(address, dvn.address));
    const details = { lane: lane.name, nonce: packet.nonce, hash: receipt.transactionHash };
    const [failure] = parseEventLogs({ abi: dvnAbi, eventName: ["VerifySignaturesFailed", "ExecuteFailed"], logs });
    if (failure?.eventName === "VerifySignaturesFailed") {
      throw new SignerRefusedError("The DVN does not accept this signer; correct signerKey or the DVN's signers.", {
        details: { ...details, signer: signer.address },
      });
    }
    if (failure?.eventName === "ExecuteFailed") {
      const { name, sentence } = explainRevert(failure.args.data);
      throw new VerificationIneffectiveError("The receive library refused the verification.", {
        details: { ...details, revert: name, sentence },
      });
    }
    if (await isVerifiedBy({ client, lane, packet, dvn: dvn.address })) return;
    throw new VerificationIneffectiveError("The DVN skipped the call: its vid differs, or the signature expired.", {
      details: { ...details, vid: dvn.vid },
    });
  }

  return {
    collect,
    async verify({ nonce, blockNumber }) {
      const block = await sources.finalBlock(blockNumber);
      const logged = await sources.agree(`the packets of block ${blockNumber}`, (source) =>
        findSentPackets({ client: source, lane, blockHash: block.hash }),
      );
      const packet = logged.find((each) => each.nonce === nonce);
      if (packet === undefined) {
        logger.warn({ nonce, blockNumber }, "dropped a verify job: that block sent no such packet");
        return;
      }
      if (await isVerifiedBy({ client, lane, packet, dvn: dvn.address })) return;
      const claim = claimOf(packet);
      const facts = await finalFacts({ packet, claim, sentIn: blockNumber });
      const decided = await decide({ lane, claim, facts, nonce, logged: packet });
      const confirmations = await confirmationsOf();
      if (block.depth < confirmations) {
        throw new NotFinalizedError("The packet has fewer confirmations than its destination asks.", {
          details: { lane: lane.name, nonce, expected: confirmations, actual: block.depth },
        });
      }
      await submit({ packet: decided, confirmations });
    },
    isDone: ({ packet, blockTag }) => isVerifiedBy({ client, lane, packet, dvn: dvn.address, blockTag }),
    forget(packet) {
      doubted.delete(packet.guid);
      return store.delete({ lane, claim: claimOf(packet), nonce: packet.nonce });
    },
  };
}

/** Which boundary the packet speaks of: where to look, to be proved. Throws for a message that is no commitment. */
function claimOf(packet: Packet): Claim {
  const { count, ackCount } = decodeCommitment(packet.message);
  return { count, ackCount };
}
