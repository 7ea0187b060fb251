/**
 * Which adapters carry a lane now. The deployment file says which did when it was written; a guardian may disable one at any
 * time, and the council put another at a free index. What the gateways say is followed, since nothing is believed that
 * comes over a path: this key only pays for gas.
 */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import type { ChainClient } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import type { ChainDeployment, PathDeployment } from "@weighlock/core/deployment.ts";
import { type Address, getAddress, isAddressEqual, slice } from "viem";
import { hasPath } from "./attested.ts";
import type { LaneChains } from "./chains.ts";
import { type Lane, layerZeroOf } from "./lanes.ts";

type Adapter = { address: Address; index: number; isNetwork: boolean };

/** Replaces the lane's disabled adapters by enabled ones of their kind, where there are. */
export type AdapterFollower = () => Promise<void>;

async function readAdapters({
  client,
  gateway,
  eid,
}: {
  client: ChainClient;
  gateway: Address;
  eid: number;
}): Promise<Adapter[]> {
  const read = { address: gateway, abi: gatewayAbi, functionName: "pathsOf", args: [eid] } as const;
  const [adapters, enabled, networks] = await client.readContract(read);
  return adapters
    .map((address, index) => ({ address, index, isNetwork: hasPath(networks, index) }))
    .filter(({ index }) => hasPath(enabled, index));
}

/** A contract of another kind does not answer. */
const answers = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    () => false,
  );

export function createAdapterFollower({
  common,
  lane,
  chains: { src, dst },
}: {
  common: Common;
  lane: Lane;
  chains: LaneChains;
}): AdapterFollower {
  const logger = common.logger.child({ lane: lane.name });
  let known = "";

  const isOf = (adapters: readonly Adapter[], { address, index }: PathDeployment) =>
    adapters.some((each) => each.index === index && isAddressEqual(each.address, address));

  async function isLayerZero({ address }: Adapter, chain: ChainDeployment, client: ChainClient): Promise<boolean> {
    const endpoint = client.readContract({ address, abi: layerZeroPathAbi, functionName: "endpoint" });
    return endpoint.then(
      (actual) => isAddressEqual(actual, chain.layerZero.endpoint),
      () => false,
    );
  }

  /** The destination's adapter and the one that it hears on the source. */
  async function findLayerZero(
    here: readonly Adapter[],
    there: readonly Adapter[],
  ): Promise<Lane["layerZero"] | undefined> {
    const { client } = dst.chain;
    for (const adapter of here.filter(({ isNetwork }) => isNetwork)) {
      if (!(await isLayerZero(adapter, lane.dst, client))) continue;
      const read = { address: adapter.address, abi: layerZeroPathAbi, functionName: "peers" } as const;
      const peer = await client.readContract({ ...read, args: [lane.src.eid] });
      const sender = getAddress(slice(peer, 12));
      const source = there.find(({ address }) => isAddressEqual(address, sender));
      if (source === undefined) continue;
      return layerZeroOf({ src: { ...source, name: "layerzero" }, dst: { ...adapter, name: "layerzero" } });
    }
    return undefined;
  }

  async function findWatchers(here: readonly Adapter[]): Promise<PathDeployment | undefined> {
    for (const adapter of here.filter(({ isNetwork }) => !isNetwork)) {
      const { address } = adapter;
      const asked = dst.chain.client.readContract({ address, abi: watcherPathAbi, functionName: "threshold" });
      if (await answers(asked)) return { ...adapter, name: "watcher" };
    }
    return undefined;
  }

  return async () => {
    const [here, there] = await Promise.all([
      readAdapters({ client: dst.chain.client, gateway: lane.dst.gateway, eid: lane.src.eid }),
      readAdapters({ client: src.chain.client, gateway: lane.src.gateway, eid: lane.dst.eid }),
    ]);
    const now = JSON.stringify([here, there]);
    if (now === known) return;
    if (!isOf(here, lane.layerZero.dst) || !isOf(there, lane.layerZero.src)) {
      const found = await findLayerZero(here, there);
      if (found !== undefined) {
        lane.layerZero = found;
        logger.warn({ index: found.dst.index, address: found.dst.address }, "carries over another LayerZero path now");
      }
    }
    if (!isOf(here, lane.watchers)) {
      const found = await findWatchers(here);
      if (found !== undefined) {
        lane.watchers = found;
        logger.warn({ index: found.index, address: found.address }, "carries over another watchers' path now");
      }
    }
    known = now;
  };
}
