/**
 * D01: a path attested what the source never sealed. An attestation follows a final seal, so a source whose newest block
 * is newer than the attestation and which does not know the head at that count has never had it.
 *
 * The monitor and the pauser both judge by this rule, each by its own nodes. Two sources must say the same, on either
 * chain, before it counts; sources that differ are an alert and never a fact, since one of them lies or is broken.
 */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { ChainClient } from "@weighlock/core/chains.ts";
import type { Hex } from "viem";
import { type ChainSources, identify, neededOf, within } from "./sources.ts";

export type Attestation = { srcEid: number; dstEid: number; path: number; count: bigint; head: Hex };

/** What one source of the destination shows at that path and count, and whether the path's word still counts there. */
export type Shown = { head: Hex; seenAt: bigint; isDisabled?: boolean } | "silent";
/** What one source of the lane's source says of that head. `old`: its newest block is not newer than the attestation. */
export type Said = "known" | "unknown" | "old" | "silent";
export type SourceAnswer = { says: Said; block?: bigint; timestamp?: bigint; sealedHead?: Hex };

/**
 * gone: the destination does not show the attestation any more. void: its path is disabled, so it counts no more. open: too
 * little is known now; ask again.
 */
export type Verdict = "known" | "unknown" | "disagreement" | "open" | "gone" | "void";
export type Judgement = {
  verdict: Verdict;
  /** Seconds of the destination's clock. */
  attestedAt?: bigint;
  /** By source, in the order of the configuration. */
  destination: readonly Shown[];
  source: readonly SourceAnswer[];
};

const ANSWER_MS = 1_500;

export async function judgeAttestation({
  attestation,
  src,
  dst,
  answerMs = ANSWER_MS,
}: {
  attestation: Attestation;
  src: ChainSources;
  dst: ChainSources;
  answerMs?: number;
}): Promise<Judgement> {
  const ask = <Answer>({ chain, deployment }: ChainSources, question: (client: ChainClient) => Promise<Answer>) =>
    Promise.all(
      chain.clients.map((client) =>
        within(
          answerMs,
          Promise.all([question(client), identify({ client, chainId: deployment.chainId })]).then(([answer]) => answer),
        ).catch(() => "silent" as const),
      ),
    );
  const destination: Shown[] = await ask(dst, (client) => readShown({ client, dst, attestation }));
  const attestedAt = agreedTime(destination, attestation.head);
  if (attestedAt === undefined) {
    const isGone = destination.every((shown) => shown !== "silent" && shown.head !== attestation.head);
    return { verdict: isGone ? "gone" : "open", destination, source: [] };
  }
  if (isVoid(destination)) return { verdict: "void", attestedAt, destination, source: [] };
  const source = (await ask(src, (client) => readSaid({ client, src, attestation, attestedAt }))).map(
    (answer): SourceAnswer => (answer === "silent" ? { says: answer } : answer),
  );
  return { verdict: verdictOf(source.map(({ says }) => says)), attestedAt, destination, source };
}

/** When the destination attested the head, where as many sources as needed tell the same. */
export function agreedTime(destination: readonly Shown[], head: Hex): bigint | undefined {
  const times = destination.flatMap((shown) => (shown !== "silent" && shown.head === head ? [shown.seenAt] : []));
  return times.find((time) => times.filter((each) => each === time).length >= neededOf(destination.length));
}

/** Where as many sources as needed show the path disabled, and none shows it enabled: a path never comes back. */
export function isVoid(destination: readonly Shown[]): boolean {
  const shown = destination.filter((each) => each !== "silent");
  return shown.every(({ isDisabled }) => isDisabled) && shown.length >= neededOf(destination.length);
}

export function verdictOf(said: readonly Said[]): Verdict {
  const count = (what: Said) => said.filter((each) => each === what).length;
  const needed = neededOf(said.length);
  if (count("known") > 0 && count("unknown") > 0) return "disagreement";
  if (count("unknown") >= needed) return "unknown";
  return count("known") >= needed ? "known" : "open";
}

async function readShown({
  client,
  dst,
  attestation: { srcEid, path, count },
}: {
  client: ChainClient;
  dst: ChainSources;
  attestation: Attestation;
}): Promise<Shown> {
  const gateway = { address: dst.deployment.gateway, abi: gatewayAbi } as const;
  const [[head, seenAt], [, enabled]] = await Promise.all([
    client.readContract({ ...gateway, functionName: "attestation", args: [srcEid, path, count] }),
    client.readContract({ ...gateway, functionName: "pathsOf", args: [srcEid] }),
  ]);
  return { head, seenAt, isDisabled: ((enabled >> path) & 1) === 0 };
}

async function readSaid({
  client,
  src,
  attestation: { dstEid, count, head },
  attestedAt,
}: {
  client: ChainClient;
  src: ChainSources;
  attestation: Attestation;
  attestedAt: bigint;
}): Promise<SourceAnswer> {
  const { number: block, timestamp } = await client.getBlock();
  // At that very block: the time and the answer are of one state.
  const sealedHead = await client.readContract({
    address: src.deployment.gateway,
    abi: gatewayAbi,
    functionName: "sealedHead",
    args: [dstEid, count],
    blockNumber: block,
  });
  const says = sealedHead === head ? "known" : timestamp > attestedAt ? "unknown" : "old";
  return { says, block, timestamp, sealedHead };
}
