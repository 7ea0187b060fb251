/** `/reconciliation`: what this monitor signs before something is resumed, or why it does not. */

import type { PublicDeployment } from "@weighlock/core/deployment.ts";
import { messageOf } from "@weighlock/core/errors.ts";
import { HttpError, type Route } from "@weighlock/core/http.ts";
import type { Logger } from "@weighlock/core/logger.ts";
import {
  reconciliationDigest,
  SCOPE_NAMES,
  type ScopeName,
  signReconciliation,
} from "@weighlock/core/reconciliation.ts";
import type { PrivateKeyAccount } from "viem/accounts";
import type { AttestationWatch } from "./attestationWatch.ts";
import type { Findings } from "./findings.ts";
import { observe, type Stopped } from "./observe.ts";
import type { Reconciler } from "./reconciler.ts";
import { reasonsToRefuse } from "./resumeCheck.ts";
import type { ChainSources } from "./sources.ts";

/** One look asks every source several times; more callers than these at once wait for nobody. */
const MOST_WAITING = 8;

export function createReconciliationRoute({
  logger,
  deployment,
  sources,
  signer,
  reconciler,
  findings,
  dismissed,
  attestations,
  notReady,
}: {
  logger: Logger;
  deployment: PublicDeployment;
  sources: readonly ChainSources[];
  /** Without it nothing is signed. */
  signer: PrivateKeyAccount | undefined;
  reconciler: Reconciler;
  findings: Findings;
  dismissed: readonly string[];
  attestations: AttestationWatch;
  notReady: () => readonly string[];
}): Route {
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();

  /** One after another. */
  async function inTurn<Value>(task: () => Promise<Value>): Promise<Value> {
    if (waiting >= MOST_WAITING) throw new HttpError(429, "too many ask at once; ask again");
    waiting += 1;
    const mine = turn.then(task);
    turn = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      waiting -= 1;
    }
  }

  async function answer(stopped: Stopped, observedAt: bigint | undefined, account: PrivateKeyAccount) {
    const last = reconciler.last();
    if (last === undefined) throw refusal(["the monitor has not read all chains yet"]);
    const { observation, reconciliation } = await observe({
      ...{ stopped, sources, last, dismissed, attestations },
      ...(observedAt !== undefined && { observedAt }),
      notReady: notReady(),
      standing: findings.standing(),
    }).catch((error: unknown) => {
      throw refusal([`the chains could not be read: ${messageOf(error)}`]);
    });
    const reasons = reasonsToRefuse(observation);
    if (reasons.length > 0) throw refusal(reasons);
    const { chainId, pauseController, name } = stopped.chain;
    const at = { chainId, pauseController };
    const digest = reconciliationDigest({ at, reconciliation });
    const signature = await signReconciliation({ at, reconciliation, account });
    logger.warn({ chain: name, digest, ...reconciliation }, "signed a reconciliation");
    return { chain: name, ...at, signer: account.address, digest, reconciliation, signature };
  }

  return async ({ query }) => {
    if (signer === undefined) throw new HttpError(501, "this monitor has no key to sign with");
    const stopped = stoppedOf(deployment, query);
    const observedAt = query.get("observedAt") === null ? undefined : BigInt(uintOf(query, "observedAt"));
    return inTurn(() => answer(stopped, observedAt, signer));
  };
}

function refusal(reasons: readonly string[]): HttpError {
  return new HttpError(409, "not everything is in order, so nothing is signed", { reasons });
}

function stoppedOf({ chains }: PublicDeployment, query: URLSearchParams): Stopped {
  const chain = chains.find(({ name }) => name === query.get("chain"));
  if (chain === undefined) throw malformed({ chain: `expected one of ${chains.map(({ name }) => name).join(", ")}` });
  const scope = SCOPE_NAMES.find((name) => name === query.get("scope"));
  if (scope === undefined) throw malformed({ scope: `expected one of ${SCOPE_NAMES.join(", ")}` });
  return { chain, scope, id: idOf(query, scope, chains, chain.eid) };
}

function idOf(query: URLSearchParams, scope: ScopeName, chains: PublicDeployment["chains"], own: number): number {
  const id = uintOf(query, "id");
  const isKnown =
    scope === "asset"
      ? chains.some(({ assets }) => assets.some((asset) => asset.id === id))
      : chains.some(({ eid }) => eid === id && eid !== own);
  if (isKnown) return id;
  throw malformed({
    id: scope === "asset" ? "expected an asset of the deployment" : "expected the eid of another chain",
  });
}

function uintOf(query: URLSearchParams, name: string): number {
  const value = query.get(name);
  if (value !== null && /^\d{1,12}$/.test(value)) return Number(value);
  throw malformed({ [name]: "expected a decimal number" });
}

function malformed(reason: Readonly<Record<string, string>>): HttpError {
  return new HttpError(400, "The query is malformed.", { reason });
}
