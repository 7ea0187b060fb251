/** Opens the lanes between chains that are deployed, and then gives every role away. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import type { Abi, Address, Hex } from "viem";
import { toFunctionSelector } from "viem";
import { DEFAULT_PRICING, sortedDvns } from "../layerzero/stack.ts";
import type { AssetSpec, NetworkSpec } from "../spec.ts";
import type { Transactor } from "../transactor.ts";
import {
  ADMIN_ROLE,
  COUNCIL_FUNCTIONS,
  COUNCIL_ROLE,
  type DeployedChain,
  GUARDIAN_FUNCTIONS,
  GUARDIAN_ROLE,
  LAYER_ZERO_PATH,
  RESUMER_FUNCTIONS,
  RESUMER_ROLE,
  WATCHER_PATH,
} from "./contracts.ts";

/** A ULN count that means "none"; a zero would mean "the default", which others control. */
export const NIL_DVN_COUNT = 255;

/** What both ends of a LayerZero channel set: every field explicit. */
export function ulnConfigOf(chain: Pick<DeployedChain, "layerZero">, confirmations: bigint) {
  const requiredDVNs = sortedDvns(chain.layerZero);
  return {
    confirmations,
    requiredDVNCount: requiredDVNs.length,
    optionalDVNCount: NIL_DVN_COUNT,
    optionalDVNThreshold: 0,
    requiredDVNs,
    optionalDVNs: [],
  };
}

/** Queues both ends' settings for the lanes between `chain` and `peer` on `chain`'s transactor. */
export function connect({
  transactor,
  network,
  chain,
  peer,
}: {
  transactor: Transactor;
  network: NetworkSpec;
  chain: DeployedChain;
  peer: DeployedChain;
}): void {
  const call = (to: Address, abi: Abi, functionName: string, args: readonly unknown[]) =>
    transactor.call({ to, abi, functionName, args, label: `${functionName} ${chain.spec.name} → ${peer.spec.name}` });
  const { eid, chainId } = peer.spec;
  const uln = ulnConfigOf(chain, network.confirmations);

  call(chain.layerZeroPath, layerZeroPathAbi, "openRemote", [
    {
      eid,
      chainId: BigInt(chainId),
      gateway: peer.gateway,
      path: peer.layerZeroPath,
      sendLibrary: chain.layerZero.sendUln,
      receiveLibrary: chain.layerZero.receiveUln,
      executor: { maxMessageSize: DEFAULT_PRICING.maxMessageSize, executor: chain.layerZero.executor },
      sendConfig: uln,
      receiveConfig: uln,
    },
  ]);
  call(chain.watcherPath, watcherPathAbi, "openRemote", [eid, BigInt(chainId), peer.gateway]);
  call(chain.gateway, gatewayAbi, "openLane", [eid, BigInt(chainId), peer.gateway, 0n]);
  call(chain.gateway, gatewayAbi, "addPath", [eid, LAYER_ZERO_PATH, chain.layerZeroPath, true]);
  call(chain.gateway, gatewayAbi, "addPath", [eid, WATCHER_PATH, chain.watcherPath, false]);
  if (chain.spec.role === "hub") {
    for (const asset of network.assets) {
      if (asset.decimals[peer.spec.name] === undefined) continue;
      const rules = laneRulesOf(asset);
      call(chain.app, clearingHouseAbi, "listAsset", [eid, asset.id, asset.canonicalDecimals, rules]);
    }
  }
}

export function laneRulesOf({ minWithdrawal, cap, laneLimit }: AssetSpec) {
  return { minWithdrawal, cap, limit: laneLimit };
}

export function assetRulesOf({ minDeposit, pushGas, vaultLimit }: AssetSpec) {
  return { minDeposit, pushGas, limit: vaultLimit };
}

/** Where the functions of a role are: a contract of `COUNCIL_FUNCTIONS` and its like, with nothing where a chain has none. */
export function contractsOf(chain: DeployedChain): Record<string, { target: Address; abi: Abi } | undefined> {
  const isVault = chain.spec.role === "vault";
  const app = { target: chain.app, abi: (isVault ? collateralVaultAbi : clearingHouseAbi) as Abi };
  return {
    accessManager: { target: chain.accessManager, abi: accessManagerAbi },
    gateway: { target: chain.gateway, abi: gatewayAbi },
    layerZeroPath: { target: chain.layerZeroPath, abi: layerZeroPathAbi },
    watcherPath: { target: chain.watcherPath, abi: watcherPathAbi },
    pauseController: { target: chain.pauseController, abi: pauseControllerAbi },
    app,
    vault: isVault ? app : undefined,
  };
}

/** Which functions of a contract a role may call, by selector. */
export function selectorsOf(abi: Abi, names: readonly string[]): Hex[] {
  return names.flatMap((name) => {
    const found = abi.filter((item) => item.type === "function" && item.name === name);
    if (found.length !== 1) throw new RangeError(`${name} is not one function of the contract`);
    return found.map((item) => toFunctionSelector(item as Extract<Abi[number], { type: "function" }>));
  });
}

/** Queues the end of the deployer's power: roles to the council's and the guardian's Safe, and none left to the deployer. */
export function handOver({
  transactor,
  network,
  chain,
}: {
  transactor: Transactor;
  network: NetworkSpec;
  chain: DeployedChain;
}): void {
  const manage = (functionName: string, args: readonly unknown[]) =>
    transactor.call({ to: chain.accessManager, abi: accessManagerAbi, functionName, args });
  const contracts = contractsOf(chain);
  for (const [functionsOf, role] of [
    [COUNCIL_FUNCTIONS, COUNCIL_ROLE],
    [RESUMER_FUNCTIONS, RESUMER_ROLE],
    [GUARDIAN_FUNCTIONS, GUARDIAN_ROLE],
  ] as const) {
    for (const [name, functions] of Object.entries(functionsOf)) {
      const contract = contracts[name];
      if (contract === undefined) continue;
      manage("setTargetFunctionRole", [contract.target, selectorsOf(contract.abi, functions), role]);
    }
  }
  // The guardian vetoes what the council has scheduled; a resumption it vetoes in the pause controller.
  manage("setRoleGuardian", [COUNCIL_ROLE, GUARDIAN_ROLE]);
  manage("grantRole", [GUARDIAN_ROLE, chain.guardian, 0]);
  manage("grantRole", [COUNCIL_ROLE, chain.council, network.councilDelay]);
  manage("grantRole", [RESUMER_ROLE, chain.council, 0]);
  manage("grantRole", [ADMIN_ROLE, chain.council, network.councilDelay]);
  manage("renounceRole", [ADMIN_ROLE, transactor.address]);
}
