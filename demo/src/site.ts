/** The network as traders, operators and an attacker see it: chains, tokens, and one sender for each key and chain. */

import { type Chain, createChain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import {
  assetById,
  type ChainDeployment,
  type Deployment,
  type HubDeployment,
  hubOf,
  type VaultDeployment,
  vaultsOf,
} from "@weighlock/core/deployment.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import { createSender, type Sender } from "@weighlock/core/sender.ts";
import { createTransactor, type Transactor } from "@weighlock/devnet/transactor.ts";
import { type Address, createPublicClient, type Hex, http, type PublicClient } from "viem";

export type Site = {
  common: Common;
  deployment: Deployment;
  hub: HubDeployment;
  vaults: readonly VaultDeployment[];
  clientOf(where: ChainDeployment): PublicClient;
  /** For many transactions of one key at once. One key is used by either this or a sender. */
  transactorOf(where: ChainDeployment, privateKey: Hex): Promise<Transactor>;
  senderOf(where: ChainDeployment, privateKey: Hex): Sender;
  /** @throws FatalError where the asset has no token. */
  tokenOf(vault: VaultDeployment, asset: number): Address;
  /** Local units in a canonical one. */
  scaleOf(vault: VaultDeployment, asset: number): bigint;
};

const POLL_MS = 200;

export async function createSite({ common, deployment }: { common: Common; deployment: Deployment }): Promise<Site> {
  const chains = new Map<string, Chain>();
  for (const each of deployment.chains) chains.set(each.name, await createChain(each));
  const chainOf = ({ name }: ChainDeployment) => chains.get(name) as Chain;
  // Calls of one tick share a request.
  const clients = new Map(
    deployment.chains.map(({ name, rpcUrl }) => [
      name,
      createPublicClient({
        transport: http(rpcUrl, { batch: { batchSize: 1_000 } }),
        pollingInterval: POLL_MS,
        cacheTime: 0,
      }),
    ]),
  );
  const clientOf = ({ name }: ChainDeployment) => clients.get(name) as PublicClient;
  const senders = new Map<string, Sender>();
  return {
    common,
    deployment,
    hub: hubOf(deployment),
    vaults: vaultsOf(deployment),
    clientOf,
    transactorOf: (where, privateKey) => createTransactor({ client: clientOf(where), privateKey, mines: false }),
    senderOf(where, privateKey) {
      const id = `${where.name} ${privateKey}`;
      const sender = senders.get(id) ?? createSender({ common, chain: chainOf(where), privateKey });
      senders.set(id, sender);
      return sender;
    },
    tokenOf(vault, asset) {
      const { token } = assetById(vault, asset);
      if (token !== null) return token;
      throw new FatalError("The vault's asset has no token.", { details: { vault: vault.name, asset } });
    },
    scaleOf(vault, asset) {
      const { decimals, canonicalDecimals } = assetById(vault, asset);
      return 10n ** BigInt(decimals - canonicalDecimals);
    },
  };
}
