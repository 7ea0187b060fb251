/** Deploys Weighlock's contracts on one chain. Lanes are opened by `connect`, once every chain has its addresses. */

import { accessManagerAbi, accessManagerBytecode } from "@weighlock/core/abi/accessManager.ts";
import { clearingHouseAbi, clearingHouseBytecode } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi, collateralVaultBytecode } from "@weighlock/core/abi/collateralVault.ts";
import { devnetTokenAbi, devnetTokenBytecode } from "@weighlock/core/abi/devnetToken.ts";
import { dvnSubmitterAbi, dvnSubmitterBytecode } from "@weighlock/core/abi/dvnSubmitter.ts";
import { gatewayAbi, gatewayBytecode } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi, layerZeroPathBytecode } from "@weighlock/core/abi/layerZeroPath.ts";
import { pauseControllerAbi, pauseControllerBytecode } from "@weighlock/core/abi/pauseController.ts";
import { tipJarAbi, tipJarBytecode } from "@weighlock/core/abi/tipJar.ts";
import { watcherPathAbi, watcherPathBytecode } from "@weighlock/core/abi/watcherPath.ts";
import type { Abi, Address, Hex } from "viem";
import type { LayerZeroStack } from "../layerzero/stack.ts";
import { PERMIT2 } from "../permit2.ts";
import type { AssetSpec, ChainSpec, Keys, NetworkSpec } from "../spec.ts";
import type { Transactor } from "../transactor.ts";
import { assetRulesOf } from "./connect.ts";
import {
  CONTROLLER_KEY,
  type DeployedAsset,
  type DeployedChain,
  DIRECTION,
  OUR_DVN,
  type ReplacedContracts,
} from "./contracts.ts";
import type { RoleSafes } from "./safes.ts";

/**
 * Queues everything on the transactor; the caller flushes it. The deployer ends as admin of the access manager, until
 * `handOver`.
 */
export function deployWeighlock({
  transactor,
  network,
  spec,
  hubEid,
  layerZero,
  safes,
  keys,
  replaced = {},
}: {
  transactor: Transactor;
  network: NetworkSpec;
  spec: ChainSpec;
  hubEid: number;
  layerZero: LayerZeroStack;
  safes: RoleSafes;
  keys: Keys;
  replaced?: ReplacedContracts | undefined;
}): DeployedChain {
  const deploy = (name: string, abi: Abi, bytecode: Hex, args: readonly unknown[]): Address =>
    transactor.deploy({ artifact: replaced[name as keyof ReplacedContracts] ?? { name, abi, bytecode }, args });
  const ourDvn = layerZero.dvns.find(({ name }) => name === OUR_DVN);
  if (ourDvn === undefined) throw new RangeError(`LayerZero on ${spec.name} has no DVN called ${OUR_DVN}`);

  const dvnSubmitter = deploy("DvnSubmitter", dvnSubmitterAbi, dvnSubmitterBytecode, [ourDvn.address]);
  const accessManager = deploy("AccessManager", accessManagerAbi, accessManagerBytecode, [transactor.address]);
  // The gateway names its app and its pause controller, and they their gateway: both come right behind, at addresses
  // known beforehand.
  const expected = [1, 2].map((ahead) => transactor.nextAddress({ ahead }));
  const gateway = deploy("Gateway", gatewayAbi, gatewayBytecode, [spec.eid, ...expected, accessManager]);
  const app =
    spec.role === "hub"
      ? deploy("ClearingHouse", clearingHouseAbi, clearingHouseBytecode, [
          gateway,
          network.largeWait,
          network.largeBlocks,
          accessManager,
        ])
      : deploy("CollateralVault", collateralVaultAbi, collateralVaultBytecode, [
          gateway,
          hubEid,
          PERMIT2,
          network.largeWait,
          network.largeBlocks,
          accessManager,
        ]);
  const pauseController = deploy("PauseController", pauseControllerAbi, pauseControllerBytecode, [
    gateway,
    valueOutOf(spec),
    BigInt(network.resumeDelay),
    BigInt(network.monitors.threshold),
    accessManager,
  ]);
  for (const { address, power } of controllerKeys(keys, safes)) {
    transactor.call({ to: pauseController, abi: pauseControllerAbi, functionName: "setKey", args: [address, power] });
  }
  const layerZeroPath = deploy("LayerZeroPath", layerZeroPathAbi, layerZeroPathBytecode, [
    layerZero.endpoint,
    gateway,
    accessManager,
    network.receiveGas,
  ]);
  const watchers = keys.watchers.map(({ address }) => address);
  const watcherPath = deploy("WatcherPath", watcherPathAbi, watcherPathBytecode, [
    gateway,
    accessManager,
    watchers,
    BigInt(network.watchers.threshold),
  ]);
  const tipJar = deploy("TipJar", tipJarAbi, tipJarBytecode, [
    gateway,
    network.tipJar.marginBps,
    network.tipJar.intervalSeconds,
  ]);
  const assets = network.assets.map((asset) => deployAsset({ transactor, spec, asset, app, keys }));
  return {
    ...safes,
    spec,
    deployer: transactor.address,
    layerZero,
    dvnSubmitter,
    accessManager,
    gateway,
    app,
    pauseController,
    layerZeroPath,
    watcherPath,
    tipJar,
    assets,
  };
}

/** The direction in which value leaves: posting on the hub, payments on a vault's chain. */
export function valueOutOf({ role }: ChainSpec): number {
  return role === "hub" ? DIRECTION.out : DIRECTION.in;
}

/** Who stops things, and whose word starts them again. */
export function controllerKeys(
  { pauser, monitors }: Keys,
  { guardian }: Pick<RoleSafes, "guardian">,
): { address: Address; power: number }[] {
  return [
    { address: pauser.address, power: CONTROLLER_KEY.pauser },
    { address: guardian, power: CONTROLLER_KEY.guardian },
    ...monitors.map(({ address }) => ({ address, power: CONTROLLER_KEY.monitor })),
  ];
}

/** A token with the chain's decimals, listed, and some of it for every trader. The hub holds no tokens. */
function deployAsset({
  transactor,
  spec,
  asset,
  app,
  keys,
}: {
  transactor: Transactor;
  spec: ChainSpec;
  asset: AssetSpec;
  app: Address;
  keys: Keys;
}): DeployedAsset {
  const decimals = asset.decimals[spec.name];
  if (spec.role === "hub" || decimals === undefined) {
    return { ...asset, token: null, tokenDecimals: asset.canonicalDecimals };
  }
  const token = transactor.deploy({
    artifact: { name: `DevnetToken ${asset.symbol}`, abi: devnetTokenAbi, bytecode: devnetTokenBytecode },
    args: [asset.name, asset.symbol, decimals],
  });
  transactor.call({
    to: app,
    abi: collateralVaultAbi,
    functionName: "listAsset",
    args: [asset.id, token, asset.canonicalDecimals, assetRulesOf(asset)],
  });
  const scale = 10n ** BigInt(decimals - asset.canonicalDecimals);
  for (const { address } of keys.traders) {
    transactor.call({ to: token, abi: devnetTokenAbi, functionName: "mint", args: [address, asset.grant * scale] });
  }
  return { ...asset, token, tokenDecimals: decimals };
}
