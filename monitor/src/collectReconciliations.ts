/** What whoever resumes brings to the pause controller: one reconciliation, signed by as many monitors as it takes. */

import { setTimeout as sleep } from "node:timers/promises";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { FatalError, messageOf, RetryableError } from "@weighlock/core/errors.ts";
import {
  type Reconciliation,
  reconciliationDigest,
  reconciliationSigner,
  Scope,
  type ScopeName,
} from "@weighlock/core/reconciliation.ts";
import type { Address, Hex } from "viem";
import { z } from "zod";
import { readLimited } from "./limitedBody.ts";

export type Collected = {
  reconciliation: Reconciliation;
  /** Of the first `threshold` signers by address, as `PauseController.resume` takes them: in that order. */
  signatures: readonly Hex[];
  signers: readonly Address[];
};

/** Too few monitors sign the same. `details` has what each said: its URL, and a list of sentences. */
export class NotReconciledError extends FatalError {
  override name = "NotReconciledError";
}

const ANSWER_MS = 20_000;
const PAUSE_MS = 1_000;
const MAX_BYTES = 1 << 18;

const uint = z.string().regex(/^\d+$/).transform(BigInt);
const hex = z
  .string()
  .regex(/^0x([0-9a-fA-F]{2})*$/)
  .transform((value) => value as Hex);
const Signed = z.object({
  reconciliation: z.object({
    scope: z.number(),
    id: z.number(),
    stoppedAt: uint,
    lanes: z.array(
      z.object({
        eid: z.number(),
        executed: uint,
        executedHead: hex,
        assets: z.array(z.number()),
        amounts: z.array(uint),
      }),
    ),
    observedAt: uint,
  }),
  signature: hex.refine((value) => value.length === 132, "expected 65 bytes"),
});
const Refused = z.object({ error: z.string(), reasons: z.array(z.string()).default([]) });

type Answer = { signer: Address; signature: Hex; reconciliation: Reconciliation; digest: Hex };
type Said = { monitor: string; answer?: Answer; reasons: readonly string[] };

/**
 * Asks every monitor, proposes a time at which enough of those that sign have looked, and takes what most sign of that.
 * Nothing that a monitor says of itself is believed: signers are recovered from what they signed, and a time that others
 * would not sign is not the only one that is proposed.
 * @throws NotReconciledError when fewer than `threshold` different monitors sign the same, at every attempt.
 */
export async function collectReconciliations({
  monitors,
  chain,
  scope,
  id,
  threshold,
  isMonitor = async () => true,
  attempts = 3,
}: {
  /** URLs. */
  monitors: readonly string[];
  chain: Pick<ChainDeployment, "name" | "chainId" | "pauseController">;
  scope: ScopeName;
  id: number;
  threshold: number;
  /** Whether the controller knows a signer as a monitor: a signature of anybody else makes the whole worthless. */
  isMonitor?: (signer: Address) => Promise<boolean>;
  attempts?: number;
}): Promise<Collected> {
  const ask = (observedAt?: bigint) =>
    Promise.all(
      monitors.map((monitor): Promise<Said> => {
        const asked = askMonitor({ monitor, chain, scope, id, observedAt });
        return asked.catch((error: unknown) => ({ monitor, reasons: [messageOf(error)] }));
      }),
    );
  const signed = (said: readonly Said[]) => said.flatMap(({ answer }) => answer ?? []);
  let last: readonly Said[] = [];
  for (let attempt = 1; attempt <= attempts; attempt++) {
    last = await ask();
    const times = signed(last).map(({ reconciliation }) => reconciliation.observedAt);
    // The newest that `threshold` of them have reached comes first.
    const proposals = times.sort((a, b) => (a > b ? -1 : 1)).slice(threshold - 1);
    for (const observedAt of new Set(proposals)) {
      last = await ask(observedAt);
      const collected = await combine({ answers: signed(last), threshold, isMonitor });
      if (collected !== undefined) return collected;
    }
    if (attempt < attempts) await sleep(PAUSE_MS);
  }
  throw new NotReconciledError(`Fewer than ${threshold} monitors sign the same; what each says is below.`, {
    details: Object.fromEntries(
      await Promise.all(
        last.map(async (said) => [said.monitor, await sentencesOf({ said, last, isMonitor })] as const),
      ),
    ),
  });
}

/** Why a monitor's word did not count, or what it would have counted for. */
async function sentencesOf({
  said: { monitor, answer, reasons },
  last,
  isMonitor,
}: {
  said: Said;
  last: readonly Said[];
  isMonitor: (signer: Address) => Promise<boolean>;
}): Promise<readonly string[]> {
  if (answer === undefined) return reasons;
  const { signer, digest } = answer;
  if (!(await isMonitor(signer))) return [`it signs as ${signer}, which is no monitor's key here`];
  const before = last.slice(
    0,
    last.findIndex((each) => each.monitor === monitor),
  );
  const same = before.find((each) => each.answer?.signer === signer);
  if (same !== undefined) return [`it signs as ${signer}, as ${same.monitor} does: one key counts once`];
  return [`it signs ${digest} as ${signer}`];
}

async function combine({
  answers,
  threshold,
  isMonitor,
}: {
  answers: readonly Answer[];
  threshold: number;
  isMonitor: (signer: Address) => Promise<boolean>;
}): Promise<Collected | undefined> {
  const known = await Promise.all(answers.map(({ signer }) => isMonitor(signer)));
  const groups = new Map<Hex, Map<string, Answer>>();
  for (const answer of answers.filter((_, i) => known[i])) {
    const group = groups.get(answer.digest) ?? new Map<string, Answer>();
    group.set(answer.signer.toLowerCase(), answer);
    groups.set(answer.digest, group);
  }
  const most = [...groups.values()].sort((a, b) => b.size - a.size)[0];
  if (most === undefined || most.size < threshold) return undefined;
  const sorted = [...most.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, threshold);
  const taken = sorted.map(([, answer]) => answer);
  const [{ reconciliation } = {}] = taken;
  if (reconciliation === undefined) return undefined;
  return {
    reconciliation,
    signatures: taken.map(({ signature }) => signature),
    signers: taken.map(({ signer }) => signer),
  };
}

async function askMonitor({
  monitor,
  chain: { name, chainId, pauseController },
  scope,
  id,
  observedAt,
}: {
  monitor: string;
  chain: Pick<ChainDeployment, "name" | "chainId" | "pauseController">;
  scope: ScopeName;
  id: number;
  observedAt: bigint | undefined;
}): Promise<Said> {
  const query = new URLSearchParams({ chain: name, scope, id: String(id) });
  if (observedAt !== undefined) query.set("observedAt", String(observedAt));
  const response = await fetch(`${monitor.replace(/\/+$/, "")}/reconciliation?${query}`, {
    signal: AbortSignal.timeout(ANSWER_MS),
    redirect: "error",
  }).catch((cause: unknown) => {
    throw new RetryableError("Nothing answers there.", { cause });
  });
  const body = parseJson(await readLimited({ response, maxBytes: MAX_BYTES }));
  if (!response.ok) {
    const refused = Refused.safeParse(body);
    if (!refused.success) throw new RetryableError(`It answers with status ${response.status}.`);
    const { error, reasons } = refused.data;
    return { monitor, reasons: reasons.length > 0 ? reasons : [error] };
  }
  const signed = Signed.safeParse(body);
  if (!signed.success) throw new RetryableError("Its answer is no signed reconciliation.", { cause: signed.error });
  const { reconciliation, signature } = signed.data;
  const isAsked =
    reconciliation.scope === Scope[scope] &&
    reconciliation.id === id &&
    (observedAt === undefined || reconciliation.observedAt === observedAt);
  if (!isAsked) throw new RetryableError("It signed something else than it was asked for.");
  const of = { at: { chainId, pauseController }, reconciliation };
  const signer = await reconciliationSigner({ ...of, signature });
  return { monitor, reasons: [], answer: { signer, signature, reconciliation, digest: reconciliationDigest(of) } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RetryableError("Its answer is not JSON.", { cause });
  }
}
