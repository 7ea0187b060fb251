/** Reads one chain's Weighlock back and compares it, field by field, with what was asked for. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { dvnSubmitterAbi } from "@weighlock/core/abi/dvnSubmitter.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import { formatEvm } from "@weighlock/core/interop.ts";
import { laneId } from "@weighlock/core/laneLog.ts";
import { type Address, type Hex, type PublicClient, pad, parseAbi, zeroAddress } from "viem";
import { DEFAULT_PRICING } from "../layerzero/stack.ts";
import { assertReadBack, check, type Read } from "../readBack.ts";
import { safeChecks } from "../safe/verify.ts";
import type { Keys, NetworkSpec } from "../spec.ts";
import { assetRulesOf, contractsOf, laneRulesOf, selectorsOf, ulnConfigOf } from "./connect.ts";
import {
  ADMIN_ROLE,
  COUNCIL_FUNCTIONS,
  COUNCIL_ROLE,
  type DeployedChain,
  GUARDIAN_FUNCTIONS,
  GUARDIAN_ROLE,
  LAYER_ZERO_PATH,
  OUR_DVN,
  RESUMER_FUNCTIONS,
  RESUMER_ROLE,
  WATCHER_PATH,
} from "./contracts.ts";
import { controllerKeys, valueOutOf } from "./deploy.ts";
import { readRoleHolders, sortHolders } from "./roleHolders.ts";
import { roleSafeSpecs } from "./safes.ts";

const ulnConfig =
  "struct UlnConfig { uint64 confirmations; uint8 requiredDVNCount; uint8 optionalDVNCount; uint8 optionalDVNThreshold; address[] requiredDVNs; address[] optionalDVNs; }";
const ulnAbi = parseAbi([
  ulnConfig,
  "struct ExecutorConfig { uint32 maxMessageSize; address executor; }",
  "function getAppUlnConfig(address oapp, uint32 remoteEid) view returns (UlnConfig)",
  "function executorConfigs(address oapp, uint32 remoteEid) view returns (uint32 maxMessageSize, address executor)",
]);
const endpointAbi = parseAbi([
  "function delegates(address oapp) view returns (address)",
  "function getSendLibrary(address sender, uint32 dstEid) view returns (address lib)",
  "function isDefaultSendLibrary(address sender, uint32 dstEid) view returns (bool)",
  "function getReceiveLibrary(address receiver, uint32 srcEid) view returns (address lib, bool isDefault)",
  "function receiveLibraryTimeout(address receiver, uint32 srcEid) view returns (address lib, uint256 expiry)",
]);

type Context = { client: PublicClient; network: NetworkSpec; chain: DeployedChain; keys: Keys };

/**
 * @returns how many values were compared.
 * @throws WiringMismatchError that lists every difference.
 */
export async function verifyWeighlock({
  peers,
  ...context
}: Context & { peers: readonly DeployedChain[] }): Promise<number> {
  return assertReadBack(`Weighlock on ${context.chain.spec.name}`, [
    ...contractChecks(context),
    ...peers.flatMap((peer) => [...laneChecks({ ...context, peer }), ...channelChecks({ ...context, peer })]),
    ...assetChecks({ ...context, peers }),
    ...roleSafeChecks(context),
    ...roleChecks(context),
  ]);
}

function contractChecks({ client, network, chain, keys }: Context): Read[] {
  const gateway = { address: chain.gateway, abi: gatewayAbi } as const;
  const layerZeroPath = { address: chain.layerZeroPath, abi: layerZeroPathAbi } as const;
  const watcherPath = { address: chain.watcherPath, abi: watcherPathAbi } as const;
  const ourDvn = chain.layerZero.dvns.find(({ name }) => name === OUR_DVN);
  return [
    check("gateway eid", chain.spec.eid, client.readContract({ ...gateway, functionName: "eid" })),
    check("gateway app", chain.app, client.readContract({ ...gateway, functionName: "app" })),
    check(
      "gateway's pause controller",
      chain.pauseController,
      client.readContract({ ...gateway, functionName: "pauseController" }),
    ),
    ...controllerChecks({ client, network, chain, keys }),
    ...[chain.gateway, chain.layerZeroPath, chain.watcherPath, chain.app, chain.pauseController].map((address) =>
      check(
        `authority of ${address}`,
        chain.accessManager,
        client.readContract({ ...gateway, address, functionName: "authority" }),
      ),
    ),
    check(
      "app's gateway",
      chain.gateway,
      client.readContract({ address: chain.app, abi: collateralVaultAbi, functionName: "gateway" }),
    ),
    check(
      "LayerZero path's gateway",
      chain.gateway,
      client.readContract({ ...layerZeroPath, functionName: "gateway" }),
    ),
    // Its own owner and delegate: nobody can set another peer, library or configuration.
    check(
      "LayerZero path's owner",
      chain.layerZeroPath,
      client.readContract({ ...layerZeroPath, functionName: "owner" }),
    ),
    check(
      "LayerZero path's delegate",
      chain.layerZeroPath,
      client.readContract({
        address: chain.layerZero.endpoint,
        abi: endpointAbi,
        functionName: "delegates",
        args: [chain.layerZeroPath],
      }),
    ),
    check(
      "LayerZero path's endpoint",
      chain.layerZero.endpoint,
      client.readContract({ ...layerZeroPath, functionName: "endpoint" }),
    ),
    check(
      "LayerZero path's receive gas",
      network.receiveGas,
      client.readContract({ ...layerZeroPath, functionName: "receiveGas" }),
    ),
    check("watcher path's gateway", chain.gateway, client.readContract({ ...watcherPath, functionName: "gateway" })),
    check(
      "watcher threshold",
      BigInt(network.watchers.threshold),
      client.readContract({ ...watcherPath, functionName: "threshold" }),
    ),
    ...keys.watchers.map(({ address }) =>
      check(
        `watcher ${address}`,
        true,
        client.readContract({ ...watcherPath, functionName: "isWatcher", args: [address] }),
      ),
    ),
    check(
      "submitter's DVN",
      ourDvn?.address,
      client.readContract({ address: chain.dvnSubmitter, abi: dvnSubmitterAbi, functionName: "dvn" }),
    ),
    ...(chain.spec.role === "vault"
      ? [
          check(
            "vault's hub",
            network.chains.find(({ role }) => role === "hub")?.eid,
            client.readContract({ address: chain.app, abi: collateralVaultAbi, functionName: "hubEid" }),
          ),
        ]
      : []),
  ];
}

function controllerChecks({ client, network, chain, keys }: Context): Read[] {
  const controller = { address: chain.pauseController, abi: pauseControllerAbi } as const;
  return [
    check("pause controller's gateway", chain.gateway, client.readContract({ ...controller, functionName: "gateway" })),
    check("value out", valueOutOf(chain.spec), client.readContract({ ...controller, functionName: "valueOut" })),
    check("resume delay", network.resumeDelay, client.readContract({ ...controller, functionName: "resumeDelay" })),
    check(
      "monitor threshold",
      network.monitors.threshold,
      client.readContract({ ...controller, functionName: "monitorThreshold" }),
    ),
    ...controllerKeys(keys, chain).map(({ address, power }) =>
      check(
        `pause controller's key ${address}`,
        power,
        client.readContract({ ...controller, functionName: "keyOf", args: [address] }),
      ),
    ),
  ];
}

function laneChecks({ client, chain, peer }: Context & { peer: DeployedChain }): Read[] {
  const gateway = { address: chain.gateway, abi: gatewayAbi } as const;
  const end = ({ spec, gateway: address }: DeployedChain) => ({
    chainId: spec.chainId,
    eid: spec.eid,
    gateway: address,
  });
  const out = laneIdOf(end(chain), end(peer));
  const into = laneIdOf(end(peer), end(chain));
  const { eid, name } = peer.spec;
  const adapters = Array.from({ length: 8 }, (_, index): Address => {
    if (index === LAYER_ZERO_PATH) return chain.layerZeroPath;
    return index === WATCHER_PATH ? chain.watcherPath : zeroAddress;
  });
  const enabled = (1 << LAYER_ZERO_PATH) | (1 << WATCHER_PATH);
  return [
    check(`lanes with ${name}`, [out, into], client.readContract({ ...gateway, functionName: "laneIds", args: [eid] })),
    check(`outbox to ${name}`, [0, 0, out], client.readContract({ ...gateway, functionName: "outbox", args: [eid] })),
    check(`inbox from ${name}`, [0, into], client.readContract({ ...gateway, functionName: "inbox", args: [eid] })),
    check(
      `paths with ${name}`,
      [adapters, enabled, 1 << LAYER_ZERO_PATH],
      client.readContract({ ...gateway, functionName: "pathsOf", args: [eid] }),
    ),
    check(
      `window limit to ${name}`,
      128,
      client.readContract({ ...gateway, functionName: "windowLimit", args: [eid] }),
    ),
    ...[chain.layerZeroPath, chain.watcherPath].map((address) =>
      check(
        `remote gateway of ${address} on ${name}`,
        formatEvm({ chainId: BigInt(peer.spec.chainId), address: peer.gateway }),
        client.readContract({ address, abi: watcherPathAbi, functionName: "remoteGateway", args: [eid] }),
      ),
    ),
  ];
}

type LaneEnd = { chainId: number; eid: number; gateway: Address };

function laneIdOf(src: LaneEnd, dst: LaneEnd): Hex {
  return laneId({
    epoch: 0n,
    srcChainId: src.chainId,
    srcEid: src.eid,
    srcGateway: src.gateway,
    dstChainId: dst.chainId,
    dstEid: dst.eid,
    dstGateway: dst.gateway,
  });
}

/** Nothing on the way to a peer may be a default. */
function channelChecks({ client, network, chain, peer }: Context & { peer: DeployedChain }): Read[] {
  const { eid, name } = peer.spec;
  const { endpoint, sendUln, receiveUln, executor } = chain.layerZero;
  const oapp = chain.layerZeroPath;
  const at = { address: endpoint, abi: endpointAbi } as const;
  const config = ulnConfigOf(chain, network.confirmations);
  return [
    check(
      `LayerZero peer on ${name}`,
      pad(peer.layerZeroPath),
      client.readContract({ address: oapp, abi: layerZeroPathAbi, functionName: "peers", args: [eid] }),
    ),
    check(
      `send library to ${name}`,
      sendUln,
      client.readContract({ ...at, functionName: "getSendLibrary", args: [oapp, eid] }),
    ),
    check(
      `send library to ${name} is the default`,
      false,
      client.readContract({ ...at, functionName: "isDefaultSendLibrary", args: [oapp, eid] }),
    ),
    check(
      `receive library from ${name}`,
      [receiveUln, false],
      client.readContract({ ...at, functionName: "getReceiveLibrary", args: [oapp, eid] }),
    ),
    check(
      `grace of an older receive library from ${name}`,
      [zeroAddress, 0],
      client.readContract({ ...at, functionName: "receiveLibraryTimeout", args: [oapp, eid] }),
    ),
    ...[sendUln, receiveUln].map((address) =>
      check(
        `ULN config of ${address} for ${name}`,
        config,
        client.readContract({ address, abi: ulnAbi, functionName: "getAppUlnConfig", args: [oapp, eid] }),
      ),
    ),
    check(
      `executor to ${name}`,
      [DEFAULT_PRICING.maxMessageSize, executor],
      client.readContract({ address: sendUln, abi: ulnAbi, functionName: "executorConfigs", args: [oapp, eid] }),
    ),
  ];
}

function assetChecks({
  client,
  network,
  chain,
  peers,
}: Omit<Context, "keys"> & { peers: readonly DeployedChain[] }): Read[] {
  const waits: Read[] = [
    check(
      "large wait",
      network.largeWait,
      client.readContract({ address: chain.app, abi: collateralVaultAbi, functionName: "largeWait" }),
    ),
    check(
      "large blocks",
      network.largeBlocks,
      client.readContract({ address: chain.app, abi: collateralVaultAbi, functionName: "largeBlocks" }),
    ),
  ];
  if (chain.spec.role === "vault") {
    const vault = { address: chain.app, abi: collateralVaultAbi } as const;
    const listings = chain.assets.flatMap((asset) => {
      const { id, symbol, token, tokenDecimals, canonicalDecimals, minDeposit, pushGas } = asset;
      return [
        check(
          `listing of ${symbol}`,
          { token, pushGas, minDeposit, scale: 10n ** BigInt(tokenDecimals - canonicalDecimals) },
          client.readContract({ ...vault, functionName: "assetOf", args: [id] }),
        ),
        check(
          `rules of ${symbol}`,
          assetRulesOf(asset),
          client.readContract({ ...vault, functionName: "rulesOf", args: [id] }),
        ),
      ];
    });
    return [...waits, ...listings];
  }
  const house = { address: chain.app, abi: clearingHouseAbi } as const;
  const listings = chain.assets.flatMap((asset) => {
    const { id, symbol, decimals } = asset;
    const carriers = peers.filter((peer) => decimals[peer.spec.name] !== undefined).map((peer) => peer.spec);
    const eids = carriers.map(({ eid }) => eid);
    return [
      check(
        `lanes that carry ${symbol}`,
        [eids, eids.map(() => 0)],
        client.readContract({ ...house, functionName: "availability", args: [id] }),
      ),
      ...carriers.map(({ eid, name }) =>
        check(
          `rules of ${symbol} from ${name}`,
          laneRulesOf(asset),
          client.readContract({ ...house, functionName: "rulesOf", args: [eid, id] }),
        ),
      ),
    ];
  });
  return [...waits, ...listings];
}

function roleSafeChecks({ client, network, chain, keys }: Context): Read[] {
  const specs = roleSafeSpecs({ network, keys });
  return (["council", "guardian"] as const).flatMap((name) =>
    safeChecks({ client, name, safe: chain[name], stack: chain.safeStack, spec: specs[name] }),
  );
}

function roleChecks({ client, network, chain }: Context): Read[] {
  const manager = { address: chain.accessManager, abi: accessManagerAbi } as const;
  const contracts = contractsOf(chain);
  const functionRoles = (functions: Readonly<Record<string, readonly string[]>>, role: bigint) =>
    Object.entries(functions).flatMap(([name, names]) => {
      const contract = contracts[name];
      if (contract === undefined) return [];
      const { target, abi } = contract;
      return selectorsOf(abi, names).map((selector, i) =>
        check(
          `role of ${name}.${names[i]}`,
          role,
          client.readContract({ ...manager, functionName: "getTargetFunctionRole", args: [target, selector] }),
        ),
      );
    });
  return [
    ...functionRoles(COUNCIL_FUNCTIONS, COUNCIL_ROLE),
    ...functionRoles(RESUMER_FUNCTIONS, RESUMER_ROLE),
    ...functionRoles(GUARDIAN_FUNCTIONS, GUARDIAN_ROLE),
    check(
      "who vetoes the council",
      GUARDIAN_ROLE,
      client.readContract({ ...manager, functionName: "getRoleGuardian", args: [COUNCIL_ROLE] }),
    ),
    // The Safes and nobody else: no key, and not the deployer.
    check(
      "who holds a role",
      sortHolders([
        { role: ADMIN_ROLE, account: chain.council, delay: network.councilDelay },
        { role: COUNCIL_ROLE, account: chain.council, delay: network.councilDelay },
        { role: RESUMER_ROLE, account: chain.council, delay: 0 },
        { role: GUARDIAN_ROLE, account: chain.guardian, delay: 0 },
      ]),
      readRoleHolders({ client, accessManager: chain.accessManager }),
    ),
  ];
}
