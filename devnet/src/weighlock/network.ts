/** Deploys the whole network: LayerZero and Weighlock on every chain, connected, handed over and read back. */

import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import type { Address } from "viem";
import type { AnvilNode } from "../anvil.ts";
import { setBalances } from "../anvil.ts";
import { deployLayerZero } from "../layerzero/deploy.ts";
import { queueHandOver } from "../layerzero/dvnAdmin.ts";
import { DEFAULT_PRICING, type LayerZeroSpec } from "../layerzero/stack.ts";
import { verifyLayerZero } from "../layerzero/verify.ts";
import { installPermit2, PERMIT2 } from "../permit2.ts";
import { type ChainSpec, type Keys, keysByRole, type NetworkSpec } from "../spec.ts";
import { createTransactor, type Transactor } from "../transactor.ts";
import { connect, handOver } from "./connect.ts";
import {
  type DeployedChain,
  LAYER_ZERO_PATH,
  OUR_DVN,
  type ReplacedContracts,
  STRANGER_DVN,
  WATCHER_PATH,
} from "./contracts.ts";
import { deployWeighlock } from "./deploy.ts";
import { deployRoleSafes } from "./safes.ts";
import { verifyWeighlock } from "./verify.ts";

const KEY_BALANCE = 10_000n * 10n ** 18n;

type Site = { spec: ChainSpec; node: AnvilNode; transactor: Transactor; deployBlock: bigint; layerZero: LayerZeroSpec };

/** @returns the chains as the deployment file has them, and how many settings were read back. */
export async function deployNetwork({
  network,
  nodes,
  keys,
  replaced = {},
}: {
  network: NetworkSpec;
  nodes: readonly AnvilNode[];
  keys: Keys;
  /** By chain name. */
  replaced?: Readonly<Record<string, ReplacedContracts>>;
}): Promise<{ chains: ChainDeployment[]; checked: number }> {
  const hub = network.chains.find(({ role }) => role === "hub");
  if (hub === undefined) throw new RangeError("the network has no hub");
  const sites = await Promise.all(network.chains.map((spec) => prepare({ network, spec, nodes, keys })));

  const chains = await Promise.all(
    sites.map(async ({ spec, transactor, layerZero }) => {
      const stack = deployLayerZero({ transactor, chainId: spec.chainId, spec: layerZero });
      const safes = deployRoleSafes({ transactor, network, spec, keys });
      const chain = deployWeighlock({
        transactor,
        network,
        spec,
        hubEid: hub.eid,
        layerZero: stack,
        safes,
        keys,
        replaced: replaced[spec.name],
      });
      await transactor.flush();
      return chain;
    }),
  );
  const checked = await Promise.all(
    sites.map(async ({ transactor, node, layerZero }, i) => {
      const chain = chains[i] as DeployedChain;
      const peers = chains.filter((peer) => peer !== chain && (peer.spec === hub || chain.spec === hub));
      for (const peer of peers) connect({ transactor, network, chain, peer });
      handOver({ transactor, network, chain });
      const admins = handOverDvns({ transactor, chain, keys });
      await transactor.flush();
      const { client } = node;
      const counts = await Promise.all([
        verifyLayerZero({ client, stack: chain.layerZero, spec: layerZero, deployer: transactor.address, admins }),
        verifyWeighlock({ client, network, chain, peers, keys }),
      ]);
      return counts[0] + counts[1];
    }),
  );
  return {
    chains: sites.map(({ node, deployBlock }, i) => describe(chains[i] as DeployedChain, node, deployBlock)),
    checked: checked.reduce((sum, count) => sum + count, 0),
  };
}

async function prepare({
  network,
  spec,
  nodes,
  keys,
}: {
  network: NetworkSpec;
  spec: ChainSpec;
  nodes: readonly AnvilNode[];
  keys: Keys;
}): Promise<Site> {
  const node = nodes.find(({ chainId }) => chainId === spec.chainId);
  const deployer = node?.accounts[0];
  if (node === undefined || deployer === undefined) throw new RangeError(`no node runs for ${spec.name}`);
  const [transactor, deployBlock] = await Promise.all([
    createTransactor({ client: node.client, privateKey: deployer.privateKey }),
    node.client.getBlockNumber(),
    installPermit2(node.client),
    setBalances({ client: node.client, addresses: keysByRole(keys).map(({ address }) => address), wei: KEY_BALANCE }),
  ]);
  const layerZero: LayerZeroSpec = {
    eid: spec.eid,
    remoteEids: network.chains.filter((other) => other !== spec).map(({ eid }) => eid),
    dvns: [
      { name: OUR_DVN, signers: [keys.verifierSigner.address], quorum: 1 },
      { name: STRANGER_DVN, signers: [keys.strangerSigner.address], quorum: 1 },
    ],
    confirmations: network.confirmations,
    pricing: DEFAULT_PRICING,
  };
  return { spec, node, transactor, deployBlock, layerZero };
}

/** Ours to the contract that can only submit, the stranger's to the stranger. */
function handOverDvns({
  transactor,
  chain,
  keys,
}: {
  transactor: Transactor;
  chain: DeployedChain;
  keys: Keys;
}): Record<string, readonly Address[]> {
  const admins: Record<string, readonly Address[]> = {
    [OUR_DVN]: [chain.dvnSubmitter],
    [STRANGER_DVN]: [keys.strangerAdmin.address],
  };
  for (const { name, address } of chain.layerZero.dvns) {
    for (const to of admins[name] ?? []) queueHandOver({ transactor, dvn: address, to });
  }
  return admins;
}

function describe(chain: DeployedChain, node: AnvilNode, deployBlock: bigint): ChainDeployment {
  const { spec, layerZero } = chain;
  const common = {
    name: spec.name,
    chainId: spec.chainId,
    eid: spec.eid,
    rpcUrl: node.rpcUrl,
    gateway: chain.gateway,
    paths: [
      { name: "layerzero", address: chain.layerZeroPath, index: LAYER_ZERO_PATH, isNetwork: true },
      { name: "watcher", address: chain.watcherPath, index: WATCHER_PATH, isNetwork: false },
    ],
    assets: chain.assets.map(({ id, symbol, token, tokenDecimals, canonicalDecimals }) => ({
      id,
      symbol,
      token,
      decimals: tokenDecimals,
      canonicalDecimals,
    })),
    accessManager: chain.accessManager,
    pauseController: chain.pauseController,
    council: chain.council,
    guardian: chain.guardian,
    tipJar: chain.tipJar,
    deployBlock: Number(deployBlock),
    layerZero: {
      endpoint: layerZero.endpoint,
      sendUln: layerZero.sendUln,
      receiveUln: layerZero.receiveUln,
      executor: layerZero.executor,
      dvns: layerZero.dvns.map(({ name, address, vid }) => ({
        name,
        address,
        vid,
        ...(name === OUR_DVN && { submitter: chain.dvnSubmitter }),
      })),
    },
  };
  return spec.role === "hub"
    ? { ...common, role: "hub", clearingHouse: chain.app }
    : { ...common, role: "vault", vault: chain.app, permit2: PERMIT2 };
}
