/** What the people with keys have done on a chain, as its contracts' events tell it: set, stopped, proposed, resumed, struck. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { Parked } from "@weighlock/core/waiting.ts";
import {
  type Abi,
  type AbiEvent,
  type Address,
  type Hex,
  isAddressEqual,
  type Log,
  parseEventLogs,
  toEventSelector,
} from "viem";

export type Action = {
  /** The same at every look: the transaction and the log's place in its block. */
  id: string;
  name: string;
  args: Readonly<Record<string, unknown>>;
  /** Of rules, what they were until then. */
  before?: Readonly<Record<string, unknown>>;
  address: Address;
  transactionHash: Hex;
  block: bigint;
};

export type ActionLog = {
  addresses: readonly Address[];
  topics: readonly Hex[];
  hear(log: Log<bigint, number, false>): void;
  takeBack(block: bigint): void;
  /** All by `block`, in order, from the day on which the deployer gave its power away: before that it was setting up. */
  actions(block: bigint): Action[];
};

type Told = { address: Address; events: readonly AbiEvent[] };

const ADMIN_ROLE = 0n;
const GATEWAY = ["PathAdded", "PathDisabled", "LaneOpened", "LaneClosed", "HaltLifted", "QuarantineLifted"];
const WINDOW = ["WindowLimitTightened", "WindowLimitLoosened"];
const CONTROLLER = ["Stopped", "ResumeProposed", "ResumeVetoed", "Resumed", "KeySet"];
const MANAGER = [
  ...["OperationScheduled", "OperationCanceled", "RoleGranted", "RoleRevoked", "RoleAdminChanged"],
  ...["RoleGuardianChanged", "RoleGrantDelayChanged", "TargetFunctionRoleUpdated", "TargetClosed"],
  "TargetAdminDelayUpdated",
];
const VAULT = ["AssetListed", "AssetRulesSet", "ReleaseParked", "ReleaseStruck"];
const HUB = ["AssetListed", "LaneRulesSet"];

export function createActionLog({ deployment }: { deployment: ChainDeployment }): ActionLog {
  const told: readonly Told[] = [
    { address: deployment.gateway, events: eventsOf(gatewayAbi, [...GATEWAY, ...WINDOW]) },
    { address: deployment.pauseController, events: eventsOf(pauseControllerAbi, CONTROLLER) },
    { address: deployment.accessManager, events: eventsOf(accessManagerAbi, MANAGER) },
    deployment.role === "hub"
      ? { address: deployment.clearingHouse, events: eventsOf(clearingHouseAbi, HUB) }
      : { address: deployment.vault, events: eventsOf(collateralVaultAbi, VAULT) },
  ];
  let actions: Action[] = [];

  return {
    addresses: told.map(({ address }) => address),
    topics: [...new Set(told.flatMap(({ events }) => events.map((event) => toEventSelector(event))))],
    hear(log) {
      const events = told.flatMap((each) => (isAddressEqual(each.address, log.address) ? each.events : []));
      const event = events.find((each) => toEventSelector(each) === log.topics[0]);
      const [parsed] = event === undefined ? [] : parseEventLogs({ abi: [event], logs: [log] });
      if (parsed === undefined) return;
      const { transactionHash, logIndex, address, blockNumber: block } = log;
      const args = (parsed.args ?? {}) as unknown as Readonly<Record<string, unknown>>;
      // Only a veto is anybody's decision; the other parks are the vault's own.
      if (parsed.eventName === "ReleaseParked" && args.reason !== Parked.Vetoed && args.reason !== Parked.None) return;
      const { eventName: name } = parsed;
      const before = actions.findLast((action) => isOfSameRules(action, { name, args, address }))?.args;
      const id = `${transactionHash}:${logIndex}`;
      actions.push({ id, name, args, ...(before !== undefined && { before }), address, transactionHash, block });
    },
    takeBack(block) {
      actions = actions.filter((action) => action.block <= block);
    },
    actions(block) {
      const handOver = actions.findIndex(({ name, args }) => name === "RoleRevoked" && args.roleId === ADMIN_ROLE);
      return actions.slice(handOver + 1).filter((action) => action.block <= block);
    },
  };
}

function eventsOf(abi: Abi, names: readonly string[]): AbiEvent[] {
  return abi.filter((item): item is AbiEvent => item.type === "event" && names.includes(item.name));
}

function isOfSameRules(
  one: Pick<Action, "name" | "args" | "address">,
  other: Pick<Action, "name" | "args" | "address">,
) {
  return (
    one.name.endsWith("RulesSet") &&
    one.name === other.name &&
    isAddressEqual(one.address, other.address) &&
    one.args.asset === other.args.asset &&
    one.args.eid === other.args.eid
  );
}
