/** What the monitor has found: facts, on which a lane is paused, and alerts, at which somebody looks. */

import type { Common } from "@weighlock/core/common.ts";

export type Level = "fact" | "alert";
export type Kind =
  | "unknown-commitment"
  | "sources-disagree"
  | "attestation-undecided"
  | "residual"
  | "vault-below-book"
  | "lane-mismatch"
  | "lane-halted"
  | "lane-closed"
  | "contradiction"
  | "quarantine-waits"
  | "large-release"
  | "bucket-use"
  | "privileged-action"
  | "source-broken";

export type Found = {
  /** The same for the same thing, at every look and after every start. */
  id: string;
  level: Level;
  kind: Kind;
  chain?: string;
  lane?: string;
  asset?: string;
  /** One sentence. */
  text: string;
  /** The values that show it. */
  evidence: Readonly<Record<string, unknown>>;
};

export type Finding = Found & { since: Date; until?: Date };

export type Findings = {
  /** What a detector finds now, all of it: what it found before and does not any more has ended. */
  report(detector: string, found: readonly Found[]): void;
  standing(level?: Level): Finding[];
  /** The last that ended, the newest first. */
  ended(): readonly Finding[];
  /** Rises when a finding begins or ends. */
  version(): number;
  /** Resolves when `version` is no longer `seen`, or when `signal` aborts. */
  changed(seen: number, signal: AbortSignal): Promise<void>;
};

const KEPT_ENDED = 100;

export function createFindings({
  common: { logger, metrics },
  now = () => new Date(),
}: {
  common: Pick<Common, "logger" | "metrics">;
  now?: () => Date;
}): Findings {
  const byDetector = new Map<string, Map<string, Finding>>();
  const changes = new EventTarget();
  let ended: Finding[] = [];
  let version = 0;
  const standingCount = metrics.gauge({
    name: "monitor_findings_count",
    help: "Facts and alerts that stand.",
    labels: ["level", "kind"],
  });
  const foundTotal = metrics.counter({
    name: "monitor_findings_total",
    help: "Facts and alerts that began.",
    labels: ["level", "kind"],
  });
  const standing = (level?: Level) =>
    [...byDetector.values()].flatMap((found) =>
      [...found.values()].filter((each) => level === undefined || each.level === level),
    );

  function begin(found: Found): Finding {
    const { id, level, kind, text, evidence } = found;
    logger[level === "fact" ? "error" : "warn"]({ id, kind, level, ...evidence }, text);
    foundTotal.inc({ level, kind });
    version += 1;
    return { ...found, since: now() };
  }

  function end(finding: Finding): void {
    const { id, kind, level } = finding;
    logger.info({ id, kind, level }, "no longer found");
    ended = [{ ...finding, until: now() }, ...ended].slice(0, KEPT_ENDED);
    version += 1;
  }

  return {
    report(detector, found) {
      const before = byDetector.get(detector) ?? new Map<string, Finding>();
      const seen = version;
      const current = new Map(
        found.map((each): [string, Finding] => {
          const known = before.get(each.id);
          return [each.id, known ? { ...each, since: known.since } : begin(each)];
        }),
      );
      for (const [id, finding] of before) if (!current.has(id)) end(finding);
      byDetector.set(detector, current);
      if (version === seen) return;
      standingCount.reset();
      for (const { level, kind } of standing()) standingCount.inc({ level, kind });
      changes.dispatchEvent(new Event("change"));
    },
    standing,
    ended: () => ended,
    version: () => version,
    async changed(seen, signal) {
      while (version === seen && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const done = () => resolve();
        changes.addEventListener("change", done, { once: true });
        signal.addEventListener("abort", done, { once: true });
        await promise;
        changes.removeEventListener("change", done);
        signal.removeEventListener("abort", done);
      }
    },
  };
}
