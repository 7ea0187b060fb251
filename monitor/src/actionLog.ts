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
  /**
   * Of what is final, forgets those that are over, and all from before that day. Of rules it keeps what they are, for the
   * next to be compared with.
   */
  forget(read: { final: bigint; isOver: (action: Action) => boolean }): void;
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
  /** Rules by what they are of, as the newest forgotten action set them. */
  const rules = new Map<string, Action["args"]>();
  let isHandedOver = false;
  const handOver = () => actions.findIndex(({ name, args }) => name === "RoleRevoked" && args.roleId === ADMIN_ROLE);

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
      const of = rulesOf({ name, args, address });
      const before =
        of === undefined ? undefined : (actions.findLast((action) => rulesOf(action) === of)?.args ?? rules.get(of));
      const id = `${transactionHash}:${logIndex}`;
      actions.push({ id, name, args, ...(before !== undefined && { before }), address, transactionHash, block });
    },
    takeBack(block) {
      actions = actions.filter((action) => action.block <= block);
    },
    actions(block) {
      const from = isHandedOver ? 0 : handOver() + 1;
      return actions.slice(from).filter((action) => action.block <= block);
    },
    forget({ final, isOver }) {
      const at = isHandedOver ? -1 : handOver();
      if (!isHandedOver && (actions[at]?.block ?? final + 1n) <= final) isHandedOver = true;
      const settingUp = isHandedOver ? at + 1 : 0;
      actions = actions.filter((action, i) => {
        const isKept = action.block > final || (i >= settingUp && !isOver(action));
        const of = rulesOf(action);
        if (!isKept && of !== undefined) rules.set(of, action.args);
        return isKept;
      });
    },
  };
}

function eventsOf(abi: Abi, names: readonly string[]): AbiEvent[] {
  return abi.filter((item): item is AbiEvent => item.type === "event" && names.includes(item.name));
}

/** The same for two actions that set the same rules; undefined where none are set. */
function rulesOf({ name, args, address }: Pick<Action, "name" | "args" | "address">): string | undefined {
  return name.endsWith("RulesSet") ? `${name} ${address.toLowerCase()} ${args.asset} ${args.eid}` : undefined;
}
