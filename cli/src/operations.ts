/** What guardians and the council do: each as the one call that it is. Throws UsageError for what can't be meant. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { type ChainDeployment, chainByName } from "@weighlock/core/deployment.ts";
import { type Address, concat, encodeFunctionData, type Hex, type PublicClient } from "viem";
import type { AuthorityCall } from "./authority.ts";
import { readPark } from "./endParked.ts";
import { OperationError, UsageError } from "./errors.ts";
import { readEvents } from "./events.ts";
import { dateOf } from "./lockWords.ts";
import type { Network } from "./network.ts";
import type { ScopeId } from "./scope.ts";
import type { SignedReconciliation } from "./signedReconciliation.ts";

/** With the sentence that says what it does. */
export type Operation = AuthorityCall & {
  what: string;
  /** What makes the same call of the next owner's command, where this one went and asked for what the call carries. */
  nextOwner?: string;
  /** What comes next once it is done, one sentence each, as the chain then has it. */
  next?: (client: PublicClient) => Promise<string[]>;
};

type At = { chain: ChainDeployment };
type Lane = At & { /** The other end. */ peer: ChainDeployment };

const managed = (chain: ChainDeployment, to: Address, data: Hex, label: string, what: string): Operation => ({
  ...{ chain, to, data, label, what, isManaged: true },
});
const own = (chain: ChainDeployment, data: Hex, label: string, what: string): Operation => ({
  ...{ chain, to: chain.pauseController, data, label, what, isManaged: false },
});

/** A path by its name in the deployment, or its index. */
export function parsePath({ paths, name: chain }: ChainDeployment, text: string): number {
  const path = paths.find(({ name }) => name === text);
  if (path !== undefined) return path.index;
  if (/^[0-7]$/.test(text)) return Number(text);
  const known = paths.map(({ name, index }) => `${name} (${index})`).join(", ");
  throw new UsageError(`There is no path "${text}" on ${chain}; it has ${known}, and indices go from 0 to 7`);
}

// ── a lane and its paths ──────────────────────────────────────────────────────────────────────────────────────────────

export function disablePath({ chain, peer, path }: Lane & { path: string }): Operation {
  const index = parsePath(chain, path);
  const data = encodeFunctionData({ abi: gatewayAbi, functionName: "disablePath", args: [peer.eid, index] });
  const what = `path ${path} of the lanes with ${peer.name}: all that it ever attested on ${chain.name} is void, for good`;
  return managed(chain, chain.gateway, data, "disable-path", what);
}

export function addPath({
  chain,
  peer,
  index,
  adapter,
  isNetwork,
}: Lane & { index: number; adapter: Address; isNetwork: boolean }): Operation {
  const args = [peer.eid, index, adapter, isNetwork] as const;
  const data = encodeFunctionData({ abi: gatewayAbi, functionName: "addPath", args });
  const kind = isNetwork ? "a message network" : "no message network";
  return managed(chain, chain.gateway, data, "add-path", `${adapter} as path ${index} with ${peer.name}, ${kind}`);
}

export function closeLane({ chain, peer }: Lane): Operation {
  const data = encodeFunctionData({ abi: gatewayAbi, functionName: "closeLane", args: [peer.eid] });
  const what = `both lanes with ${peer.name}: nothing enters or leaves any more, and nothing opens them again`;
  return managed(chain, chain.gateway, data, "close-lane", what);
}

export function setWindow({
  chain,
  peer,
  limit,
  verb,
}: Lane & { limit: number; verb: "tighten" | "loosen" }): Operation {
  const functionName = verb === "tighten" ? "tightenWindow" : "loosenWindow";
  const data = encodeFunctionData({ abi: gatewayAbi, functionName, args: [peer.eid, limit] });
  return managed(chain, chain.gateway, data, `${verb} window`, `windows to ${peer.name} seal at ${limit} entries`);
}

// ── stopping, and starting again ──────────────────────────────────────────────────────────────────────────────────────

/** Without a scope: all value-out of the chain. */
export function freeze({ chain, scope }: At & { scope: ScopeId | undefined }): Operation {
  const data =
    scope === undefined
      ? encodeFunctionData({ abi: pauseControllerAbi, functionName: "freezeAll" })
      : encodeFunctionData({ abi: pauseControllerAbi, functionName: "freeze", args: [scope.scope, scope.id] });
  return own(chain, data, "freeze", `${scope?.name ?? "all value-out"}, until the council resumes it`);
}

export function vetoResume({ chain, scope: { scope, id, name } }: At & { scope: ScopeId }): Operation {
  const data = encodeFunctionData({ abi: pauseControllerAbi, functionName: "vetoResume", args: [scope, id] });
  return own(chain, data, "veto-resume", `${name} stays stopped; the council has to propose it anew`);
}

/**
 * A second proposal of the same stop would begin the delay anew, and nobody means that by a repeat.
 * @throws OperationError where one stands and can still be carried out.
 */
export async function checkNotProposed({
  client,
  chain,
  scope: { scope, id, name },
}: At & { client: Pick<PublicClient, "readContract" | "getBlock">; scope: ScopeId }): Promise<void> {
  const view = { address: chain.pauseController, abi: pauseControllerAbi } as const;
  const [{ readyAt, stoppedAt }, stop, lasts, { timestamp }] = await Promise.all([
    client.readContract({ ...view, functionName: "proposalOf", args: [scope, id] }),
    client.readContract({ ...view, functionName: "stoppedAt", args: [scope, id] }),
    client.readContract({ ...view, functionName: "PROPOSAL_SECONDS" }),
    client.getBlock(),
  ]);
  if (readyAt === 0n || stoppedAt !== stop || readyAt + lasts <= timestamp) return;
  throw new OperationError(
    `The end of the stop of ${name} is proposed already: weighlock council resume ${name} --chain ${chain.name}, from ${dateOf(readyAt).toISOString()} on. Another proposal would begin the delay anew; for that a guardian vetoes this one first (weighlock guardian veto-resume).`,
  );
}

export function proposeResume({ chain, scope: { scope, id, name } }: At & { scope: ScopeId }): Operation {
  const data = encodeFunctionData({ abi: pauseControllerAbi, functionName: "proposeResume", args: [scope, id] });
  const next = async (client: PublicClient) => {
    const view = { address: chain.pauseController, abi: pauseControllerAbi } as const;
    const { readyAt } = await client.readContract({ ...view, functionName: "proposalOf", args: [scope, id] });
    return [
      `next, from ${dateOf(readyAt).toISOString()} on: weighlock council resume ${name} --chain ${chain.name}`,
      `until then a guardian may say no: weighlock guardian veto-resume ${name} --chain ${chain.name}`,
    ];
  };
  return { ...managed(chain, chain.pauseController, data, "propose-resume", `to end the stop of ${name}`), next };
}

export function resume({
  chain,
  scope: { scope, id, name },
  signed: { reconciliation, signatures, signers },
}: At & { scope: ScopeId; signed: SignedReconciliation }): Operation {
  const args = [scope, id, reconciliation, concat(signatures)] as const;
  const data = encodeFunctionData({ abi: pauseControllerAbi, functionName: "resume", args });
  const what = `the stop of ${name} ends; that all is in order was signed by ${signers.join(", ")}`;
  return managed(chain, chain.pauseController, data, "resume", what);
}

export function liftQuarantine({ chain, peer, path, count }: Lane & { path: string; count: bigint }): Operation {
  const args = [peer.eid, parsePath(chain, path), count] as const;
  const data = encodeFunctionData({ abi: pauseControllerAbi, functionName: "liftQuarantine", args });
  const what = `what path ${path} attested of ${peer.name} at ${count} was in order; the pause stays until it is resumed`;
  return managed(chain, chain.pauseController, data, "lift-quarantine", what);
}

// ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Numbers of `IPauseController.Key`. */
export const CONTROLLER_KEYS = { none: 0, pauser: 1, guardian: 2, monitor: 3 } as const;
export type ControllerKey = keyof typeof CONTROLLER_KEYS;

export function setKey({ chain, who, key }: At & { who: Address; key: ControllerKey }): Operation {
  const args = [who, CONTROLLER_KEYS[key]] as const;
  const data = encodeFunctionData({ abi: pauseControllerAbi, functionName: "setKey", args });
  const what = key === "none" ? `${who} has no power over stops any more` : `${who} is a ${key}`;
  return managed(chain, chain.pauseController, data, "set-key", what);
}

export function removeKey({ chain, who }: At & { who: Address }): Operation {
  const data = encodeFunctionData({ abi: pauseControllerAbi, functionName: "removeKey", args: [who] });
  return managed(chain, chain.pauseController, data, "remove-key", `${who} is no pauser and no monitor any more`);
}

// ── releases that wait ────────────────────────────────────────────────────────────────────────────────────────────────

const RELEASE_VERBS = {
  vetoRelease: ["veto-release", "is never paid, unless the council clears it; its payee and owner may give it back"],
  clearRelease: ["clear-release", "goes on from where it was"],
  strike: ["strike", "ends void: it is never paid, and never given back"],
} as const;

/** `id`: `hub-beta:3`. Throws OperationError when it does not wait. */
export async function onRelease({
  network,
  id,
  functionName,
}: {
  network: Network;
  id: string;
  functionName: keyof typeof RELEASE_VERBS;
}): Promise<Operation> {
  const { lane, index, entry, terms, payee } = await readPark({ network, id });
  const args = [lane.src.eid, index, entry, terms, payee] as const;
  const data = encodeFunctionData({ abi: collateralVaultAbi, functionName, args });
  const [label, what] = RELEASE_VERBS[functionName];
  return managed(chainByName(network.deployment, lane.dst.name), lane.dst.vault, data, label, `${id} ${what}`);
}

// ── what is scheduled ─────────────────────────────────────────────────────────────────────────────────────────────────

/** A guardian cancels what the council has scheduled. Throws OperationError when nothing of that id is. */
export async function vetoOperation({
  network,
  chain,
  operation,
}: At & { network: Network; operation: Hex }): Promise<Operation> {
  const { client } = await network.connect(chain);
  const manager = { address: chain.accessManager, abi: accessManagerAbi } as const;
  const [[scheduled], readyAt] = await Promise.all([
    readEvents({
      ...{ ...manager, client, eventName: "OperationScheduled", from: chain.deployBlock, newestFirst: true },
      args: { operationId: operation },
      isEnough: (found) => found.length > 0,
    }),
    client.readContract({ ...manager, functionName: "getSchedule", args: [operation] }),
  ]);
  if (scheduled === undefined || readyAt === 0) {
    throw new OperationError(
      `Nothing is scheduled on ${chain.name} as ${operation}: it was never, is done, or was vetoed`,
    );
  }
  const { caller, target, data: call } = scheduled.args;
  const data = encodeFunctionData({ abi: accessManagerAbi, functionName: "cancel", args: [caller, target, call] });
  // The manager judges by itself who may cancel.
  return {
    ...own(chain, data, "veto-operation", `${operation}, which ${caller} had scheduled`),
    to: chain.accessManager,
  };
}
