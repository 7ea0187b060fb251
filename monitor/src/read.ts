/** Reads a whole deployment from its chains, by the contracts' views and their logs. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { type Chain, createChain } from "@weighlock/core/chains.ts";
import {
  type AssetDeployment,
  type ChainDeployment,
  type HubDeployment,
  hubOf,
  lanesOf,
  type PublicDeployment,
  type VaultDeployment,
  vaultsOf,
} from "@weighlock/core/deployment.ts";
import { RetryableError } from "@weighlock/core/errors.ts";
import { readRanges } from "@weighlock/core/ranges.ts";
import { erc20Abi, getAbiItem, type Hex } from "viem";
import type { AssetReading, EntryReading, LaneReading, Reading, VaultAssetReading } from "./reading.ts";

type Source<Role extends ChainDeployment = ChainDeployment> = {
  deployment: Role;
  chain: Chain;
  blockNumber: bigint;
  blockHash: Hex;
};

const EntryPosted = getAbiItem({ abi: gatewayAbi, name: "EntryPosted" });
const EntryHeld = getAbiItem({ abi: clearingHouseAbi, name: "EntryHeld" });
const ReleaseParked = getAbiItem({ abi: collateralVaultAbi, name: "ReleaseParked" });
/** Topics asked for in one eth_getLogs. */
const INDEXES_PER_CALL = 200;
/** More between two ends than a gateway lets a path attest ahead is no backlog but a wrong answer. */
const MOST_BETWEEN = 1n << 20n;

/**
 * Each chain is read at one block, its latest. The chains' blocks are not of one moment, and need not be: what lies
 * between two ends is summed entry by entry, whichever end is ahead.
 * @throws RetryableError when a node contradicts itself, or its chain was reorganised below the reading: read again.
 */
export async function readDeploymentState({ deployment }: { deployment: PublicDeployment }): Promise<Reading> {
  const sources = new Map<string, Source>();
  await Promise.all(
    deployment.chains.map(async (each) => {
      const chain = await createChain({ name: each.name, chainId: each.chainId, rpcUrl: each.rpcUrl });
      const { number: blockNumber, hash: blockHash } = await chain.client.getBlock();
      sources.set(each.name, { deployment: each, chain, blockNumber, blockHash });
    }),
  );
  const at = <Role extends ChainDeployment>(each: Role) => sources.get(each.name) as Source<Role>;
  const hub = hubOf(deployment);
  const [lanes, vaults, assets] = await Promise.all([
    Promise.all(lanesOf(deployment).map(({ src, dst }) => readLane(at(src), at(dst)))),
    Promise.all(
      vaultsOf(deployment).flatMap((vault) => vault.assets.map(({ id }) => readVaultAsset(at(vault), at(hub), id))),
    ),
    Promise.all(allAssets(deployment).map((asset) => readAsset(at(hub), asset))),
  ]);
  await Promise.all([...sources.values()].map(checkStillThere));
  const blocks = Object.fromEntries([...sources].map(([name, { blockNumber }]) => [name, blockNumber]));
  return { blocks, lanes, vaults, assets };
}

/** Every asset that any chain lists: one that the hub leaves out must not go unseen. */
function allAssets({ chains }: PublicDeployment): AssetDeployment[] {
  return [...new Map(chains.flatMap(({ assets }) => assets).map((asset) => [asset.id, asset])).values()];
}

/** What was read by number is one state only if that number is still the same block. */
async function checkStillThere({ deployment, chain, blockNumber, blockHash }: Source): Promise<void> {
  const { hash } = await chain.client.getBlock({ blockNumber });
  if (hash === blockHash) return;
  throw new RetryableError(`${deployment.name} was reorganised while it was read; read again.`, {
    details: { block: blockNumber, before: blockHash, after: hash },
  });
}

async function readLane(src: Source, dst: Source): Promise<LaneReading> {
  const gateway = (end: Source) => ({ address: end.deployment.gateway, abi: gatewayAbi, blockNumber: end.blockNumber });
  const [[posted, sealed], [executed, head]] = await Promise.all([
    src.chain.client.readContract({ ...gateway(src), functionName: "outbox", args: [dst.deployment.eid] }),
    dst.chain.client.readContract({ ...gateway(dst), functionName: "inbox", args: [src.deployment.eid] }),
  ]);
  // The source's newest block: the destination may have executed what the source posted after the reading.
  const newest = { address: src.deployment.gateway, abi: gatewayAbi } as const;
  const [[postedByNow], sealedHead] = await Promise.all([
    src.chain.client.readContract({ ...newest, functionName: "outbox", args: [dst.deployment.eid] }),
    src.chain.client.readContract({ ...newest, functionName: "sealedHead", args: [dst.deployment.eid, executed] }),
  ]);
  // What the source does not know even now was never posted: it has no entry to sum, and is a finding of its own.
  const known = executed < postedByNow ? executed : postedByNow;
  const [low, high] = posted <= known ? [posted, known] : [known, posted];
  const [between, parked] = await Promise.all([readEntries(src, dst.deployment.eid, low, high), readParked(src, dst)]);
  return {
    src: src.deployment.name,
    dst: dst.deployment.name,
    posted,
    sealed,
    executed,
    executedBeyondPosted: executed - known,
    headsEqual: sealedHead === head,
    between,
    parked,
  };
}

/** Entries `from` to `to`, the latter excluded, from the source's log up to its newest block. */
async function readEntries(src: Source, dstEid: number, from: bigint, to: bigint): Promise<EntryReading[]> {
  const wanted = to - from;
  const contradiction = (shown: number | bigint) =>
    new RetryableError(`${src.deployment.name} shows ${shown} of ${wanted} entries to ${dstEid}; ask another node.`);
  if (wanted > MOST_BETWEEN) throw contradiction(0);
  const indexes = Array.from({ length: Number(wanted) }, (_, i) => from + BigInt(i));
  const entries: EntryReading[] = [];
  const lastBlock = wanted === 0n ? 0n : await src.chain.client.getBlockNumber();
  for (let i = 0; i < indexes.length; i += INDEXES_PER_CALL) {
    const index = indexes.slice(i, i + INDEXES_PER_CALL);
    const logs = await readRanges({
      from: BigInt(src.deployment.deployBlock),
      to: lastBlock,
      read: (fromBlock, toBlock) =>
        src.chain.client.getLogs({
          address: src.deployment.gateway,
          event: EntryPosted,
          args: { dstEid, index },
          fromBlock,
          toBlock,
          strict: true,
        }),
    });
    entries.push(...logs.map(({ args }) => entryOf(args.index, args.entry.word)));
  }
  if (entries.length !== indexes.length) throw contradiction(entries.length);
  return entries.sort((a, b) => (a.index < b.index ? -1 : 1));
}

/** Of the entries that were ever held or parked, those whose word still stands. */
async function readParked(src: Source, dst: Source): Promise<EntryReading[]> {
  const { deployment, chain, blockNumber } = dst;
  const deployBlock = BigInt(deployment.deployBlock);
  if (deployment.role === "hub") {
    const { clearingHouse: address } = deployment;
    const srcEid = src.deployment.eid;
    const logs = await readRanges({
      from: deployBlock,
      to: blockNumber,
      read: (fromBlock, toBlock) =>
        chain.client.getLogs({ address, event: EntryHeld, args: { srcEid }, fromBlock, toBlock, strict: true }),
    });
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
  const logs = await readRanges({
    from: deployBlock,
    to: blockNumber,
    read: (fromBlock, toBlock) =>
      chain.client.getLogs({
        address,
        event: ReleaseParked,
        args: { srcEid: src.deployment.eid },
        fromBlock,
        toBlock,
        strict: true,
      }),
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
