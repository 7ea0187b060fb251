/** Two local chains, a hub and a vault, with the real LayerZero contracts and ours as production builds them. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HubDeployment, hubOf, type VaultDeployment, vaultsOf } from "@weighlock/core/deployment.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import type { Shutdown } from "@weighlock/core/shutdown.ts";
import { type AnvilNode, startAnvil } from "@weighlock/devnet/anvil.ts";
import { type Keys, NETWORK, type NetworkSpec, networkKeys } from "@weighlock/devnet/spec.ts";
import { deployNetwork } from "@weighlock/devnet/weighlock/network.ts";
import type { Address } from "viem";
import { createSite, type Site } from "./site.ts";

export type BenchNetwork = {
  hub: Site<HubDeployment>;
  vault: Site<VaultDeployment>;
  keys: Keys;
  confirmations: bigint;
  asset: { id: number; token: Address };
};

// A block is mined when it is asked for, and never in between.
const BLOCK_TIME_SECONDS = 86_400;

/** Limits are asked and drawn from, and never met: a bench has more traffic in a minute than its network in a day. */
const WIDE = { capacity: 10n ** 21n, refill: 10n ** 18n, large: 10n ** 21n, share: 100 };

/** `traders` is how many different keys deposit. The chains end with `shutdown`. */
export async function startBenchNetwork({
  traders,
  shutdown,
}: {
  traders: number;
  shutdown: Shutdown;
}): Promise<BenchNetwork> {
  const [hubSpec, vaultSpec] = [
    NETWORK.chains.find(({ role }) => role === "hub"),
    NETWORK.chains.find(({ role }) => role === "vault"),
  ];
  if (hubSpec === undefined || vaultSpec === undefined) throw new RangeError("the network has no hub or no vault");
  const assets = NETWORK.assets.map((asset) => ({ ...asset, vaultLimit: WIDE, laneLimit: WIDE, cap: 10n ** 24n }));
  const network: NetworkSpec = { ...NETWORK, traders, assets, chains: [hubSpec, vaultSpec] };
  const keys = networkKeys(network);

  const dir = await mkdtemp(join(tmpdir(), "weighlock-bench-"));
  shutdown.onStop("folder", () => rm(dir, { recursive: true, force: true }));
  const nodes: AnvilNode[] = [];
  for (const { name, chainId } of network.chains) {
    const node = await startAnvil({ name, chainId, dir, blockTime: BLOCK_TIME_SECONDS });
    shutdown.onStop(`anvil ${name}`, () => node.stop());
    nodes.push(node);
  }
  const deployment = await deployNetwork({ network, nodes, keys });
  const siteOf = <Chain extends HubDeployment | VaultDeployment>(chain: Chain): Site<Chain> =>
    createSite({ chain, node: nodes.find(({ chainId }) => chainId === chain.chainId) as AnvilNode });
  const [vault] = vaultsOf(deployment);
  const asset = vault?.assets.find(({ token }) => token !== null);
  if (vault === undefined || !asset?.token) throw new FatalError("The vault has no asset; list one in the network.");
  return {
    hub: siteOf(hubOf(deployment)),
    vault: siteOf(vault),
    keys,
    confirmations: network.confirmations,
    asset: { id: asset.id, token: asset.token },
  };
}
