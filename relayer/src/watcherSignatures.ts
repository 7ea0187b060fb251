/** Collects the watchers' signatures of one commitment and checks each as the destination's WatcherPath will. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import type { Commitment } from "@weighlock/core/commitment.ts";
import type { Common } from "@weighlock/core/common.ts";
import { messageOf, RetryableError } from "@weighlock/core/errors.ts";
import { PRODUCT } from "@weighlock/core/product.ts";
import { type Address, concat, type Hex, isAddressEqual, recoverTypedDataAddress, zeroHash } from "viem";
import { z } from "zod";
import type { LaneChains } from "./lane/chains.ts";
import type { Lane } from "./lane/lanes.ts";

/** Too few watchers have signed; they sign what is final in all their sources. */
export class SignaturesMissingError extends RetryableError {
  override name = "SignaturesMissingError";
}

const SIGNATURE_BYTES = 65;
const MAX_ANSWER_BYTES = 16_384;
const u64 = z.union([z.string().regex(/^\d{1,20}$/), z.number().int().nonnegative()]).transform(BigInt);
const hex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`))
    .transform((value) => value.toLowerCase() as Hex);
const answerSchema = z.object({
  lane: hex(32),
  count: u64,
  head: hex(32),
  ackCount: u64,
  ackHead: hex(32),
  signature: hex(SIGNATURE_BYTES),
});

const TYPES = {
  Commitment: [
    { name: "lane", type: "bytes32" },
    { name: "count", type: "uint64" },
    { name: "head", type: "bytes32" },
    { name: "ackCount", type: "uint64" },
    { name: "ackHead", type: "bytes32" },
  ],
} as const;

/**
 * The commitment that the source's gateway stands by at these counts, or undefined when it sealed or executed no such
 * boundary.
 */
export async function readCommitment({
  lane,
  chains: { src },
  count,
  ackCount,
}: {
  lane: Lane;
  chains: LaneChains;
  count: bigint;
  ackCount: bigint;
}): Promise<Commitment | undefined> {
  const at = { address: lane.src.gateway, abi: gatewayAbi } as const;
  const read = (functionName: "sealedHead" | "executedHead", at_: bigint) =>
    src.chain.client.readContract({ ...at, functionName, args: [lane.dst.eid, at_] });
  const [laneId, head, ackHead] = await Promise.all([
    read("sealedHead", 0n),
    read("sealedHead", count),
    read("executedHead", ackCount),
  ]);
  if (head === zeroHash || ackHead === zeroHash) return undefined;
  return { lane: laneId, count, head, ackCount, ackHead };
}

export type SignatureCollector = {
  /** Exactly the threshold of signatures, in ascending order of the signer; throws SignaturesMissingError. */
  collect(commitment: Commitment): Promise<Hex>;
};

export function createSignatureCollector({
  common,
  lane,
  chains: { dst },
  watcherUrls,
  timeoutMs = 3_000,
}: {
  common: Common;
  lane: Lane;
  chains: LaneChains;
  watcherUrls: readonly string[];
  timeoutMs?: number;
}): SignatureCollector {
  const logger = common.logger.child({ lane: lane.name });
  const { signal } = common.shutdown;
  const answers = common.metrics.counter({
    name: "watcher_answers_total",
    help: "Answers of watchers by outcome.",
    labels: ["watcher", "outcome"],
  });
  const known = new Map<Address, boolean>();
  let threshold: number | undefined;
  let path = { address: lane.watchers.address, abi: watcherPathAbi } as const;

  async function isWatcher(address: Address): Promise<boolean> {
    // The set is fixed for the life of a path.
    const before = known.get(address);
    if (before !== undefined) return before;
    const is = await dst.chain.client.readContract({ ...path, functionName: "isWatcher", args: [address] });
    known.set(address, is);
    return is;
  }

  async function ask(base: string, commitment: Commitment): Promise<{ signer: Address; signature: Hex } | undefined> {
    const { lane: laneId, count, head, ackCount, ackHead } = commitment;
    const url = new URL("commitment", base.endsWith("/") ? base : `${base}/`);
    url.search = new URLSearchParams({
      dstEid: `${lane.dst.eid}`,
      srcEid: `${lane.src.eid}`,
      count: `${count}`,
      ackCount: `${ackCount}`,
    }).toString();
    const outcome = (name: string) => answers.inc({ watcher: base, outcome: name });
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
    const text = await readBounded(response);
    if (!response.ok) {
      outcome(response.status === 404 ? "not yet" : "error");
      logger.debug({ watcher: base, status: response.status, answer: text, count }, "the watcher did not sign");
      return undefined;
    }
    const answer = answerSchema.parse(JSON.parse(text));
    const { signature } = answer;
    if (
      answer.lane !== laneId ||
      answer.count !== count ||
      answer.head !== head ||
      answer.ackCount !== ackCount ||
      answer.ackHead !== ackHead
    ) {
      outcome("disagrees");
      logger.error({ watcher: base, expected: commitment, answer }, "a watcher signs another log than the source's");
      return undefined;
    }
    const signer = await recoverTypedDataAddress({
      domain: {
        name: `${PRODUCT.name} Watcher`,
        version: "1",
        chainId: lane.dst.chainId,
        verifyingContract: path.address,
      },
      types: TYPES,
      primaryType: "Commitment",
      message: commitment,
      signature,
    });
    if (!(await isWatcher(signer))) {
      outcome("stranger");
      logger.error({ watcher: base, signer, count }, "signed by a key that is no watcher of this path");
      return undefined;
    }
    outcome("signed");
    return { signer, signature };
  }

  return {
    async collect(commitment) {
      if (path.address !== lane.watchers.address) {
        path = { ...path, address: lane.watchers.address };
        known.clear();
        threshold = undefined;
      }
      threshold ??= Number(await dst.chain.client.readContract({ ...path, functionName: "threshold" }));
      const asked = await Promise.all(
        watcherUrls.map((base) =>
          ask(base, commitment).catch((error: unknown) => {
            answers.inc({ watcher: base, outcome: "error" });
            logger.debug({ watcher: base, reason: messageOf(error) }, "the watcher gave no usable answer");
            return undefined;
          }),
        ),
      );
      const distinct = new Map<Address, Hex>();
      for (const each of asked)
        if (each && !hasSigner(distinct, each.signer)) distinct.set(each.signer, each.signature);
      if (distinct.size < threshold) {
        throw new SignaturesMissingError("Too few watchers have signed yet.", {
          details: { lane: lane.name, count: commitment.count, expected: threshold, actual: distinct.size },
        });
      }
      const ascending = [...distinct].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1));
      // The chosen m must themselves ascend, which any prefix of a sorted list does.
      return concat(ascending.slice(0, threshold).map(([, signature]) => signature));
    },
  };
}

const hasSigner = (signers: ReadonlyMap<Address, Hex>, signer: Address) =>
  [...signers.keys()].some((each) => isAddressEqual(each, signer));

async function readBounded(response: Response): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER_BYTES)
      throw new RetryableError("The watcher's answer is longer than a commitment is.");
  }
  return text;
}
