/** What is stopped or resumed, as people type it. Throws UsageError. */

import type { ChainDeployment, Deployment } from "@weighlock/core/deployment.ts";
import { SCOPE_NAMES, Scope, type ScopeName } from "@weighlock/core/reconciliation.ts";
import { UsageError } from "./errors.ts";
import { parseAsset, parseChain } from "./input.ts";

export type ScopeId = { scope: number; scopeName: ScopeName; id: number /** "in alpha". */; name: string };

/** Of `chain`: "in alpha", "out alpha", "halt alpha", "asset USDC". */
export function parseScope({
  deployment,
  chain,
  scope,
  of,
}: {
  deployment: Pick<Deployment, "chains">;
  chain: ChainDeployment;
  scope: string;
  /** The lane's other end, or an asset. */
  of: string | undefined;
}): ScopeId {
  if (scope.toLowerCase() === "all") {
    const direction = chain.role === "hub" ? "out" : "in";
    const peers = deployment.chains.filter(({ role }) => role !== chain.role);
    const each = peers.map((peer) => `${direction} ${peer.name}`).join(", ");
    throw new UsageError(`What was frozen as a whole is resumed lane by lane; on ${chain.name}: ${each}`);
  }
  const name = SCOPE_NAMES.find((each) => each === scope.toLowerCase());
  if (name === undefined) {
    throw new UsageError(`"${scope}" is nothing that is stopped or resumed; it is ${SCOPE_NAMES.join(", ")}`);
  }
  if (of === undefined) {
    const wanted = name === "asset" ? "which asset" : "the chain at the lane's other end";
    throw new UsageError(`"${scope}" of what? Name ${wanted}`);
  }
  const id = idOf({ deployment, chain, name, of });
  return { scope: Scope[name], scopeName: name, ...id };
}

function idOf({
  deployment,
  chain,
  name,
  of,
}: {
  deployment: Pick<Deployment, "chains">;
  chain: ChainDeployment;
  name: ScopeName;
  of: string;
}): { id: number; name: string } {
  if (name === "asset") {
    const { id, symbol } = parseAsset(chain, of);
    return { id, name: `asset ${symbol}` };
  }
  const peer = parsePeer(deployment, chain, of);
  return { id: peer.eid, name: `${name} ${peer.name}` };
}

/** The other end of one of the chain's lanes. */
export function parsePeer(
  deployment: Pick<Deployment, "chains">,
  chain: ChainDeployment,
  text: string,
): ChainDeployment {
  const peer = parseChain(deployment, text);
  if (peer.role !== chain.role) return peer;
  throw new UsageError(`${chain.name} has no lane with ${peer.name}; lanes go between the hub and a vault's chain`);
}
