/** D18: whatever people with keys did or scheduled, in a sentence that says who may still say no, for as long as it is news. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { type EntryWords, unpackEntry } from "@weighlock/core/entry.ts";
import { HALTS } from "@weighlock/core/halts.ts";
import { formatPlain } from "@weighlock/core/plain.ts";
import { Parked } from "@weighlock/core/waiting.ts";
import { type Abi, type Address, decodeFunctionData, type Hex, isAddressEqual, toFunctionSelector } from "viem";
import type { Action } from "../actionLog.ts";
import type { Found } from "../findings.ts";
import { timeOf, untilOf, type Wording } from "../wording.ts";

/** An action with the chain's time at which it was done, Unix seconds. */
export type TimedAction = { chain: ChainDeployment; action: Action; at: bigint; now: bigint };

export function privilegedActions(
  actions: readonly TimedAction[],
  { forSeconds, wording }: { forSeconds: number; wording: Wording },
): Found[] {
  return actions
    .filter(({ at, now }) => now - at <= BigInt(forSeconds))
    .map(({ chain, action, at }): Found => {
      const { id, name, args, before, transactionHash, address } = action;
      return {
        id: `privileged-action:${chain.name}:${id}`,
        level: "alert",
        kind: "privileged-action",
        chain: chain.name,
        text: `${chain.name}, ${timeOf(at)}: ${sentenceOf({ chain, action, wording })}`,
        evidence: { event: name, args, ...(before && { before }), contract: address, transactionHash },
      };
    });
}

/** `IPauseController.Key`. */
const KEYS = ["nobody any more", "a pauser", "a guardian", "a monitor"];

/** What the events' arguments are called and decoded as; a sentence takes those of its own event. */
type Args = Readonly<{
  eid: number;
  srcEid: number;
  dstEid: number;
  peer: Address;
  path: number;
  adapter: Address;
  isNetwork: boolean;
  count: bigint;
  limit: number;
  reason: number;
  scope: number;
  id: number;
  by: Address;
  until: bigint;
  readyAt: bigint;
  who: Address;
  key: number;
  asset: number;
  rules: unknown;
  index: bigint;
  entry: EntryWords;
  payee: Address;
  caller: Address;
  target: Address;
  data: Hex;
  schedule: number;
  operationId: Hex;
  roleId: bigint;
  account: Address;
  delay: number;
  admin: bigint;
  guardian: bigint;
  selector: Hex;
  closed: boolean;
}>;
type Sentence = (args: Args, of: { chain: ChainDeployment; wording: Wording; before?: Action["before"] }) => string;

const SENTENCES: Readonly<Record<string, Sentence>> = {
  LaneOpened: ({ eid, peer }, { wording }) => `the lane with ${wording.chain(eid)} was opened; its gateway is ${peer}`,
  LaneClosed: ({ eid }, { wording }) => `the council closed the lane with ${wording.chain(eid)}, for good`,
  PathAdded: ({ eid, path, adapter, isNetwork }, { wording }) =>
    `path ${path} was added to the lane with ${wording.chain(eid)}: ${adapter}, ${isNetwork ? "a message network" : "watchers"}`,
  PathDisabled: ({ eid, path }, { wording }) =>
    `path ${path} of the lane with ${wording.chain(eid)} is disabled; nothing that it attested counts any more`,
  HaltLifted: ({ eid, reason }, { wording }) =>
    `the halt of the lane with ${wording.chain(eid)} for ${HALTS[reason] ?? reason} was lifted`,
  QuarantineLifted: ({ srcEid, path, count }, { wording }) =>
    `the council lifted the quarantine of what path ${path} attested of ${wording.chain(srcEid)} at ${count}`,
  WindowLimitTightened: ({ dstEid, limit }, { wording }) =>
    `windows to ${wording.chain(dstEid)} seal themselves at ${limit} entries, fewer than before`,
  WindowLimitLoosened: ({ dstEid, limit }, { wording }) =>
    `windows to ${wording.chain(dstEid)} seal themselves at ${limit} entries, more than before`,
  Stopped: ({ scope, id, by, until }, { wording }) => `${by} stopped ${wording.scope(scope, id)} ${untilOf(until)}`,
  ResumeProposed: ({ scope, id, readyAt }, { chain, wording }) =>
    `the council proposes to resume ${wording.scope(scope, id)} from ${timeOf(readyAt)} on; a guardian says no with: weighlock guardian veto-resume ${wording.scopeArguments(scope, id)} --chain ${chain.name}`,
  ResumeVetoed: ({ scope, id, by }, { wording }) => `${by} said no to resuming ${wording.scope(scope, id)}`,
  Resumed: ({ scope, id }, { wording }) => `the council resumed ${wording.scope(scope, id)}`,
  KeySet: ({ who, key }) => `${who} is ${KEYS[key] ?? `key ${key}`} in the pause controller`,
  AssetListed: ({ asset }, { wording }) => `${wording.asset(asset)} was listed`,
  AssetRulesSet: ({ asset, rules }, { wording, before }) =>
    `the rules of ${wording.asset(asset)} out of the vault were set: ${differenceOf(before?.rules, rules)}`,
  LaneRulesSet: ({ eid, asset, rules }, { wording, before }) =>
    `the rules of ${wording.asset(asset)} from ${wording.chain(eid)} were set: ${differenceOf(before?.rules, rules)}`,
  ReleaseParked: ({ index, reason, entry, payee }, { wording }) =>
    reason === Parked.Vetoed
      ? `a guardian vetoed ${releaseOf(index, entry, payee, wording)}; the council clears or strikes it`
      : `the council cleared ${releaseOf(index, entry, payee, wording)}, which goes on from where it was`,
  ReleaseStruck: ({ index, entry }, { wording }) =>
    `the council struck ${releaseOf(index, entry, undefined, wording)}; it is paid to nobody and not given back`,
  OperationScheduled: ({ operationId, caller, target, data, schedule }, { chain }) =>
    `${caller} scheduled ${callOf(chain, target, data)}, to be done from ${timeOf(schedule)} on; a guardian says no with: weighlock guardian veto-operation ${operationId} --chain ${chain.name}`,
  OperationCanceled: ({ operationId }) => `the scheduled operation ${operationId} was cancelled`,
  RoleGranted: ({ roleId, account, delay }) => `${account} has role ${roleId}, with a delay of ${delay} s`,
  RoleRevoked: ({ roleId, account }) => `${account} no longer has role ${roleId}`,
  RoleAdminChanged: ({ roleId, admin }) => `role ${roleId} is given by role ${admin}`,
  RoleGuardianChanged: ({ roleId, guardian }) => `what role ${roleId} schedules is cancelled by role ${guardian}`,
  RoleGrantDelayChanged: ({ roleId, delay }) => `role ${roleId} is granted with a delay of ${delay} s`,
  TargetFunctionRoleUpdated: ({ target, selector, roleId }, { chain }) =>
    `${functionOf(chain, target, selector)} of ${nameOf(chain, target)} is for role ${roleId}`,
  TargetClosed: ({ target, closed }, { chain }) =>
    `the access manager ${closed ? "refuses every" : "takes"} restricted call to ${nameOf(chain, target)}`,
  TargetAdminDelayUpdated: ({ target, delay }, { chain }) =>
    `what concerns ${nameOf(chain, target)} in the access manager has a delay of ${delay} s`,
};

function sentenceOf({ chain, action, wording }: { chain: ChainDeployment; action: Action; wording: Wording }): string {
  const { name, args, before } = action;
  const sentence = SENTENCES[name];
  if (sentence === undefined) return `${name} ${formatPlain(args)}`;
  return sentence(args as unknown as Args, { chain, wording, ...(before && { before }) });
}

function releaseOf(index: bigint, entry: EntryWords, payee: Address | undefined, wording: Wording): string {
  const { asset, amount } = unpackEntry(entry);
  const to = payee === undefined ? "" : ` to ${payee}`;
  return `release ${index} of ${wording.amount(asset, amount)}${to}`;
}

/** What changed, field by field; all of it where nothing was set before. */
export function differenceOf(before: unknown, after: unknown): string {
  const [old, now] = [flatten(before), flatten(after)];
  const changes = [...now]
    .filter(([field, value]) => old.get(field) !== value)
    .map(([field, value]) => (old.has(field) ? `${field} ${old.get(field)} → ${value}` : `${field} ${value}`));
  return changes.length === 0 ? "nothing changed" : changes.join(", ");
}

function flatten(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map(value === undefined ? [] : [[path, String(value)]]);
  return new Map(
    Object.entries(value).flatMap(([key, item]) => [...flatten(item, path === "" ? key : `${path}.${key}`)]),
  );
}

function contractsOf(chain: ChainDeployment): { name: string; address: Address; abi: Abi }[] {
  const app =
    chain.role === "hub"
      ? { name: "the clearing house", address: chain.clearingHouse, abi: clearingHouseAbi }
      : { name: "the vault", address: chain.vault, abi: collateralVaultAbi };
  return [
    { name: "the gateway", address: chain.gateway, abi: gatewayAbi },
    app,
    { name: "the pause controller", address: chain.pauseController, abi: pauseControllerAbi },
    { name: "the access manager", address: chain.accessManager, abi: accessManagerAbi },
    ...chain.paths.map(({ name, address }) => ({
      name: `the path ${name}`,
      address,
      abi: [...layerZeroPathAbi, ...watcherPathAbi] as Abi,
    })),
  ];
}

function nameOf(chain: ChainDeployment, target: Address): string {
  return contractsOf(chain).find(({ address }) => isAddressEqual(address, target))?.name ?? target;
}

function decodeCall(chain: ChainDeployment, target: Address, data: Hex) {
  const contract = contractsOf(chain).find(({ address }) => isAddressEqual(address, target));
  try {
    return contract && decodeFunctionData({ abi: contract.abi, data });
  } catch {
    return undefined;
  }
}

function callOf(chain: ChainDeployment, target: Address, data: Hex): string {
  const call = decodeCall(chain, target, data);
  const text = call === undefined ? data : `${call.functionName}(${(call.args ?? []).map(formatPlain).join(", ")})`;
  return `${text} on ${nameOf(chain, target)}`;
}

function functionOf(chain: ChainDeployment, target: Address, selector: Hex): string {
  const abi = contractsOf(chain).find(({ address }) => isAddressEqual(address, target))?.abi ?? [];
  const found = abi.find((item) => item.type === "function" && toFunctionSelector(item) === selector);
  return found?.type === "function" ? found.name : selector;
}
