/** What one account owns on the hub, and the settlements that are its own. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { hubOf, type LaneDeployment, lanesOf, type VaultDeployment } from "@weighlock/core/deployment.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import { readRanges } from "@weighlock/core/ranges.ts";
import type { Address, Hex } from "viem";
import type { Network } from "./network.ts";
import { type Settlement, traceSettlement } from "./settlement.ts";

export type AccountStatus = {
  owner: Address;
  subaccount: bigint;
  account: Hex;
  /** Canonical units. */
  balances: { asset: string; canonicalDecimals: number; balance: bigint }[];
  /** The newest of each lane, newest first. */
  settlements: Settlement[];
  /** How many the account has on all lanes; more than are listed when `limit` cut them. */
  total: number;
};

export async function readAccount({
  network,
  owner,
  subaccount = 0n,
  limit = 10,
}: {
  network: Network;
  owner: Address;
  subaccount?: bigint;
  /** Settlements of each lane. */
  limit?: number;
}): Promise<AccountStatus> {
  const hub = hubOf(network.deployment);
  const account = accountOf({ owner, subaccount });
  const { client } = await network.connect(hub);
  const balances = await Promise.all(
    hub.assets.map(async ({ id, symbol, canonicalDecimals }) => ({
      asset: symbol,
      canonicalDecimals,
      balance: await client.readContract({
        address: hub.clearingHouse,
        abi: clearingHouseAbi,
        functionName: "balanceOf",
        args: [account, id],
      }),
    })),
  );
  const found = await Promise.all(
    lanesOf(network.deployment).map(async (lane) => ({ lane, indices: await indicesOf(lane) })),
  );
  const traced = await Promise.all(
    found.flatMap(({ lane, indices }) =>
      indices.slice(-limit).map((index) => traceSettlement({ network, lane, index })),
    ),
  );
  return {
    owner,
    subaccount,
    account,
    balances,
    settlements: traced.sort((a, b) => b.posted.at.getTime() - a.posted.at.getTime() || Number(b.index - a.index)),
    total: found.reduce((sum, { indices }) => sum + indices.length, 0),
  };

  function indicesOf({ src, dst }: LaneDeployment): Promise<bigint[]> {
    return src.role === "vault" ? depositsOf(src) : withdrawalsOf(dst.eid);
  }

  async function depositsOf(src: VaultDeployment): Promise<bigint[]> {
    const { client: vaultClient } = await network.connect(src);
    const logs = await readRanges({
      from: BigInt(src.deployBlock),
      to: await vaultClient.getBlockNumber(),
      read: (fromBlock, toBlock) =>
        vaultClient.getContractEvents({
          address: src.gateway,
          abi: gatewayAbi,
          eventName: "EntryPosted",
          args: { dstEid: hub.eid },
          fromBlock,
          toBlock,
          strict: true,
        }),
    });
    return logs.filter(({ args }) => args.entry.account === account).map(({ args }) => args.index);
  }

  async function withdrawalsOf(dstEid: number): Promise<bigint[]> {
    const logs = await readRanges({
      from: BigInt(hub.deployBlock),
      to: await client.getBlockNumber(),
      read: (fromBlock, toBlock) =>
        client.getContractEvents({
          address: hub.clearingHouse,
          abi: clearingHouseAbi,
          eventName: "Withdrawn",
          args: { dstEid, account },
          fromBlock,
          toBlock,
          strict: true,
        }),
    });
    return logs.map(({ args }) => args.index);
  }
}
