/** Reads a whole deployment from its chains, by the contracts' views and their logs. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { type Chain, createChain } from "@weighlock/core/chains.ts";
import {
  type ChainDeployment,
  type HubDeployment,
  hubOf,
  lanesOf,
  type PublicDeployment,
  type VaultDeployment,
  vaultsOf,
} from "@weighlock/core/deployment.ts";
import { RetryableError } from "@weighlock/core/errors.ts";
import { erc20Abi, getAbiItem, type Hex } from "viem";
import type { AssetReading, EntryReading, LaneReading, Reading, VaultAssetReading } from "./reading.ts";

type Source<Role extends ChainDeployment = ChainDeployment> = { deployment: Role; chain: Chain; blockNumber: bigint };

const EntryPosted = getAbiItem({ abi: gatewayAbi, name: "EntryPosted" });
const EntryHeld = getAbiItem({ abi: clearingHouseAbi, name: "EntryHeld" });
const ReleaseParked = getAbiItem({ abi: collateralVaultAbi, name: "ReleaseParked" });
/** Topics asked for in one eth_getLogs. */
const INDEXES_PER_CALL = 200n;

/**
 * Each chain is read at one block, its latest. The chains' blocks are not of one moment, and need not be: what lies
 * between two ends is summed entry by entry, whichever end is ahead.
 */
export async function readDeploymentState({ deployment }: { deployment: PublicDeployment }): Promise<Reading> {
  const sources = new Map<string, Source>();
  await Promise.all(
    deployment.chains.map(async (each) => {
      const chain = await createChain({ name: each.name, chainId: each.chainId, rpcUrl: each.rpcUrl });
      sources.set(each.name, { deployment: each, chain, blockNumber: await chain.client.getBlockNumber() });
    }),
  );
  const at = <Role extends ChainDeployment>(each: Role) => sources.get(each.name) as Source<Role>;
  const hub = hubOf(deployment);
  const [lanes, vaults, assets] = await Promise.all([
    Promise.all(lanesOf(deployment).map(({ src, dst }) => readLane(at(src), at(dst)))),
    Promise.all(
      vaultsOf(deployment).flatMap((vault) => vault.assets.map(({ id }) => readVaultAsset(at(vault), at(hub), id))),
    ),
    Promise.all(hub.assets.map((asset) => readAsset(at(hub), asset))),
  ]);
  const blocks = Object.fromEntries([...sources].map(([name, { blockNumber }]) => [name, blockNumber]));
  return { blocks, lanes, vaults, assets };
}

async function readLane(src: Source, dst: Source): Promise<LaneReading> {
  const gateway = (end: Source) => ({ address: end.deployment.gateway, abi: gatewayAbi, blockNumber: end.blockNumber });
  const [[posted, sealed], [executed, head]] = await Promise.all([
    src.chain.client.readContract({ ...gateway(src), functionName: "outbox", args: [dst.deployment.eid] }),
    dst.chain.client.readContract({ ...gateway(dst), functionName: "inbox", args: [src.deployment.eid] }),
  ]);
  const [low, high] = posted <= executed ? [posted, executed] : [executed, posted];
  const [sealedHead, between, parked] = await Promise.all([
    // The source's newest block: the destination may have executed what the source sealed after the reading.
    src.chain.client.readContract({
      address: src.deployment.gateway,
      abi: gatewayAbi,
      functionName: "sealedHead",
      args: [dst.deployment.eid, executed],
    }),
    readEntries(src, dst.deployment.eid, range(low, high)),
    readParked(src, dst),
  ]);
  return {
    src: src.deployment.name,
    dst: dst.deployment.name,
    posted,
    sealed,
    executed,
    headsEqual: sealedHead === head,
    between,
    parked,
  };
}

/** Entries by index, from the source's log up to its newest block. */
async function readEntries(src: Source, dstEid: number, indexes: readonly bigint[]): Promise<EntryReading[]> {
  const entries: EntryReading[] = [];
  for (let i = 0; i < indexes.length; i += Number(INDEXES_PER_CALL)) {
    const logs = await src.chain.client.getLogs({
      address: src.deployment.gateway,
      event: EntryPosted,
      args: { dstEid, index: indexes.slice(i, i + Number(INDEXES_PER_CALL)) },
      fromBlock: BigInt(src.deployment.deployBlock),
      toBlock: "latest",
      strict: true,
    });
    entries.push(...logs.map(({ args }) => entryOf(args.index, args.entry.word)));
  }
  if (entries.length !== indexes.length) {
    throw new RetryableError(
      `${src.deployment.name} shows ${entries.length} of ${indexes.length} entries to ${dstEid}; ask another node.`,
    );
  }
  return entries.sort((a, b) => (a.index < b.index ? -1 : 1));
}

/** Of the entries that were ever held or parked, those whose word still stands. */
async function readParked(src: Source, dst: Source): Promise<EntryReading[]> {
  const { deployment, chain, blockNumber } = dst;
  const blocks = { fromBlock: BigInt(deployment.deployBlock), toBlock: blockNumber, strict: true } as const;
  if (deployment.role === "hub") {
    const { clearingHouse: address } = deployment;
    const srcEid = src.deployment.eid;
    const logs = await chain.client.getLogs({ address, event: EntryHeld, args: { srcEid }, ...blocks });
    return standing(
      logs.map(({ args }) => entryOf(args.index, args.entry.word)),
      (index) =>
        chain.client.readContract({
          address,
          abi: clearingHouseAbi,
          functionName: "heldOf",
          args: [srcEid, index],
          blockNumber,
        }),
    );
  }
  const { vault: address } = deployment;
  const logs = await chain.client.getLogs({
    address,
    event: ReleaseParked,
    args: { srcEid: src.deployment.eid },
    ...blocks,
  });
  return standing(
    logs.map(({ args }) => entryOf(args.index, args.entry.word)),
    (index) =>
      chain.client.readContract({
        address,
        abi: collateralVaultAbi,
        functionName: "parkOf",
        args: [src.deployment.eid, index],
        blockNumber,
      }),
  );
}

async function standing(entries: EntryReading[], wordOf: (index: bigint) => Promise<Hex>): Promise<EntryReading[]> {
  const words = await Promise.all(entries.map(({ index }) => wordOf(index)));
  return entries.filter((_, i) => BigInt(words[i] as Hex) !== 0n);
}

async function readVaultAsset(
  vault: Source<VaultDeployment>,
  hub: Source<HubDeployment>,
  asset: number,
): Promise<VaultAssetReading> {
  const { deployment, chain, blockNumber } = vault;
  const onVault = { address: deployment.vault, abi: collateralVaultAbi, blockNumber } as const;
  const onHub = { address: hub.deployment.clearingHouse, abi: clearingHouseAbi, blockNumber: hub.blockNumber } as const;
  const args = [deployment.eid, asset] as const;
  const [[deposited, released], { token, scale }, [credited, authorised], suspense] = await Promise.all([
    chain.client.readContract({ ...onVault, functionName: "book", args: [asset] }),
    chain.client.readContract({ ...onVault, functionName: "assetOf", args: [asset] }),
    hub.chain.client.readContract({ ...onHub, functionName: "laneBook", args }),
    hub.chain.client.readContract({ ...onHub, functionName: "suspense", args }),
  ]);
  const held = await chain.client.readContract({
    address: token,
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [deployment.vault],
    blockNumber,
  });
  return { chain: deployment.name, asset, deposited, released, held, scale, token, credited, authorised, suspense };
}

async function readAsset(
  hub: Source<HubDeployment>,
  { id, symbol, canonicalDecimals }: { id: number; symbol: string; canonicalDecimals: number },
): Promise<AssetReading> {
  const totalLedger = await hub.chain.client.readContract({
    address: hub.deployment.clearingHouse,
    abi: clearingHouseAbi,
    functionName: "totalLedger",
    args: [id],
    blockNumber: hub.blockNumber,
  });
  return { asset: id, symbol, canonicalDecimals, totalLedger };
}

function entryOf(index: bigint, word: bigint): EntryReading {
  return {
    index,
    kind: Number(word >> 248n),
    asset: Number((word >> 232n) & 0xffffn),
    amount: (word >> 8n) & ((1n << 128n) - 1n),
  };
}

function range(from: bigint, to: bigint): bigint[] {
  return Array.from({ length: Number(to - from) }, (_, i) => from + BigInt(i));
}
