/** What a judgement of an attestation is reported as. */

import type { Found } from "./findings.ts";
import type { Attestation, Judgement } from "./unknownCommitment.ts";

/** The same for everybody who sees it. */
export function attestationId({ srcEid, dstEid, path, count, head }: Attestation): string {
  return `${dstEid}:${srcEid}:${path}:${count}:${head}`;
}

type Outcome = Pick<Found, "level" | "kind" | "text">;
const OUTCOMES: Readonly<Record<"unknown" | "disagreement" | "open", Outcome>> = {
  unknown: {
    level: "fact",
    kind: "unknown-commitment",
    text: "a path attested a head that the source never sealed",
  },
  disagreement: {
    level: "alert",
    kind: "sources-disagree",
    text: "some sources know an attested head and others do not",
  },
  open: {
    level: "alert",
    kind: "attestation-undecided",
    text: "an attestation can't be decided: sources are silent or behind, or show different attestations",
  },
};

export function foundOf({
  verdict,
  id,
  lane,
  attestation,
  judgement: { attestedAt, source, destination },
}: {
  verdict: keyof typeof OUTCOMES;
  id: string;
  lane: string;
  attestation: Attestation;
  judgement: Judgement;
}): Found {
  const outcome = OUTCOMES[verdict];
  const evidence = { ...attestation, attestedAt, source, destination };
  return { ...outcome, id: `${outcome.kind}:${id}`, lane, evidence };
}
