/** What only roles, owners and two paths may change: powers, settings, books and balances, as one comparable text. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import { formatPlain } from "@weighlock/core/plain.ts";
import { readSafe } from "@weighlock/core/safe.ts";
import { dvnAbi, receiveUlnAbi } from "@weighlock/devnet/layerzero/abi.ts";
import { DEFAULT_ADMIN_ROLE, ADMIN_ROLE as DVN_ADMIN } from "@weighlock/devnet/layerzero/dvnAdmin.ts";
import { ADMIN_ROLE, COUNCIL_ROLE, GUARDIAN_ROLE, RESUMER_ROLE } from "@weighlock/devnet/weighlock/contracts.ts";
import { readRoleHolders } from "@weighlock/devnet/weighlock/roleHolders.ts";
import { type Address, erc20Abi } from "viem";
import type { AttackNetwork, Chain } from "./network.ts";

/** `who`: those who must not have come to any power or money. */
export async function authorityOf(network: AttackNetwork, who: readonly Address[]): Promise<string> {
  const owners = [...who, ...network.keys.traders.slice(0, 1).map(({ address }) => address)];
  const facts = await Promise.all(
    network.chains.map(async (chain) => {
      const peers = network.chains.filter((peer) => peer.role !== chain.role);
      const [lanes, powers, safes, roles, money] = await Promise.all([
        Promise.all(peers.map(({ eid }) => laneOf(chain, eid))),
        Promise.all(who.map((each) => powersOf(chain, each))),
        Promise.all([chain.council, chain.guardian].map((safe) => readSafe({ client: chain.client, safe }))),
        readRoleHolders({ client: chain.client, accessManager: chain.accessManager }),
        moneyOf(chain, peers, owners),
      ]);
      return [chain.name, lanes, powers, safes, roles, money];
    }),
  );
  return formatPlain(facts);
}

function laneOf({ client, gateway, layerZero, paths }: Chain, eid: number): Promise<unknown[]> {
  const at = { address: gateway, abi: gatewayAbi, args: [eid] } as const;
  const path = paths[0]?.address ?? gateway;
  return Promise.all([
    client.readContract({ ...at, functionName: "inbox" }),
    client.readContract({ ...at, functionName: "laneIds" }),
    client.readContract({ ...at, functionName: "pathsOf" }),
    client.readContract({ ...at, functionName: "windowLimit" }),
    client.readContract({ ...at, functionName: "haltOf" }),
    client.readContract({ ...at, functionName: "pausedUntil", args: [eid, 0] }),
    client.readContract({ ...at, functionName: "pausedUntil", args: [eid, 1] }),
    client.readContract({ address: path, abi: layerZeroPathAbi, functionName: "peers", args: [eid] }),
    client.readContract({
      address: layerZero.receiveUln,
      abi: receiveUlnAbi,
      functionName: "getUlnConfig",
      args: [path, eid],
    }),
  ]);
}

function powersOf({ client, accessManager, pauseController, layerZero }: Chain, who: Address): Promise<unknown[]> {
  const manager = { address: accessManager, abi: accessManagerAbi, functionName: "hasRole" } as const;
  return Promise.all([
    ...[ADMIN_ROLE, COUNCIL_ROLE, GUARDIAN_ROLE, RESUMER_ROLE].map((role) =>
      client.readContract({ ...manager, args: [role, who] }),
    ),
    client.readContract({ address: pauseController, abi: pauseControllerAbi, functionName: "keyOf", args: [who] }),
    ...layerZero.dvns.flatMap(({ address }) =>
      [DVN_ADMIN, DEFAULT_ADMIN_ROLE].map((role) =>
        client.readContract({ address, abi: dvnAbi, functionName: "hasRole", args: [role, who] }),
      ),
    ),
  ]);
}

function moneyOf(chain: Chain, peers: readonly Chain[], owners: readonly Address[]): Promise<unknown[]> {
  const { client } = chain;
  if (chain.role === "hub") {
    const at = { address: chain.clearingHouse, abi: clearingHouseAbi } as const;
    return Promise.all(
      chain.assets.flatMap(({ id }) => [
        client.readContract({ ...at, functionName: "totalLedger", args: [id] }),
        ...peers.map(({ eid }) => client.readContract({ ...at, functionName: "laneBook", args: [eid, id] })),
        ...peers.map(({ eid }) => client.readContract({ ...at, functionName: "rulesOf", args: [eid, id] })),
        ...owners.map((owner) =>
          client.readContract({ ...at, functionName: "balanceOf", args: [accountOf({ owner }), id] }),
        ),
      ]),
    );
  }
  const at = { address: chain.vault, abi: collateralVaultAbi } as const;
  return Promise.all(
    chain.assets.flatMap(({ id, token }) => [
      client.readContract({ ...at, functionName: "assetOf", args: [id] }),
      client.readContract({ ...at, functionName: "rulesOf", args: [id] }),
      client.readContract({ ...at, functionName: "book", args: [id] }),
      ...[chain.vault, ...owners].map((owner) =>
        client.readContract({
          address: token ?? chain.vault,
          abi: erc20Abi,
          functionName: "balanceOf",
          args: [owner],
        }),
      ),
    ]),
  );
}
