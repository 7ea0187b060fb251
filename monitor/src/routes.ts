/**
 * `/status`: everything, for people and the command line. `/facts`: for pausers, at once when something changes.
 * `/reconciliation`: for whoever resumes what was stopped.
 */

import { HttpError, type Route, type Routes } from "@weighlock/core/http.ts";
import type { Address } from "viem";
import type { ChainView } from "./chainView.ts";
import type { Finding, Findings } from "./findings.ts";
import type { Reconciler } from "./reconciler.ts";
import { type ChainSources, sourcesOf } from "./sources.ts";

const MAX_WAIT_SECONDS = 30;

export function createRoutes({
  sources,
  views,
  findings,
  reconciler,
  openAttestations,
  reconciliation,
  signer,
}: {
  sources: readonly ChainSources[];
  views: readonly ChainView[];
  findings: Findings;
  reconciler: Reconciler;
  openAttestations: () => number;
  reconciliation: Route;
  /** The address whose signature `reconciliation` brings. */
  signer: Address | undefined;
}): Routes {
  return {
    "/status": () => {
      const last = reconciler.last();
      return {
        chains: sources.map(({ deployment: { name, eid, role }, chain: { rpcUrls } }) => ({
          chain: name,
          eid,
          role,
          sources: views.filter((view) => view.deployment.name === name).map((view) => sourceStatus(view, rpcUrls)),
        })),
        reading: last && { at: last.at, blocks: last.reading.blocks },
        lanes: last?.reading.lanes.map(({ between, parked, struck, ...lane }) => ({
          lane: `${lane.src}→${lane.dst}`,
          ...lane,
          between: between.length,
          parked: parked.length,
          struck: struck.length,
        })),
        assets: last?.assets,
        vaults: last?.vaults,
        signer,
        openAttestations: openAttestations(),
        facts: findings.standing("fact"),
        alerts: findings.standing("alert"),
        ended: findings.ended(),
        pauses: last?.stopped
          .filter(({ what }) => what !== "halt")
          .map(({ chain, eid, what, until }) => {
            const peer = sourcesOf(sources, eid).deployment.name;
            const lane = what === "in" ? `${peer}→${chain}` : `${chain}→${peer}`;
            return { chain, lane, direction: what, until };
          }),
      };
    },
    "/reconciliation": reconciliation,
    "/facts": async ({ query, signal }) => {
      const seen = uintOf(query, "since");
      const wait = Math.min(uintOf(query, "wait") ?? 0, MAX_WAIT_SECONDS);
      if (seen !== undefined && wait > 0) {
        await findings.changed(seen, AbortSignal.any([signal, AbortSignal.timeout(wait * 1000)]));
      }
      return { version: findings.version(), facts: findings.standing("fact").map(factOf) };
    },
  };
}

/** Coordinates, and since when: whoever pauses looks for himself. */
function factOf({ id, kind, since, evidence }: Finding) {
  const { srcEid, dstEid, path, count, head } = evidence;
  return { id, kind, since, srcEid, dstEid, path, count, head };
}

function sourceStatus(view: ChainView, rpcUrls: readonly string[]) {
  const [tip, finalized] = [view.tip(), view.finalized()];
  return {
    source: view.source,
    url: rpcUrls[view.source],
    block: tip?.number,
    hash: tip?.hash,
    timestamp: tip?.timestamp,
    finalized: finalized?.number,
    isCaughtUp: view.isCaughtUp(),
    failure: view.failure(),
  };
}

function uintOf(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new HttpError(400, "The query is malformed.", { reason: { [name]: "expected a decimal number" } });
}
