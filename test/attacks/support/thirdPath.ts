/** A third path on every lane: an ERC-7786 adapter that attests whatever its owner says, beside LayerZero and the watchers. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { type Commitment, encodeCommitment } from "@weighlock/core/commitment.ts";
import { formatEvm } from "@weighlock/core/interop.ts";
import type { Address, TransactionReceipt } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { harness } from "./artifacts.ts";
import { pendingWindows, seal } from "./carry.ts";
import { type AttackNetwork, type Chain, send } from "./network.ts";
import { councilDoes } from "./roles.ts";
import { attestByNetwork, attestByWatchers, type Ends, truth } from "./words.ts";

export const THIRD_PATH = 2;
export const ALL_PATHS = 7;

export type ThirdPaths = ReadonlyMap<Chain, Address>;

/** Deployed and added by the council, on both ends of every lane. */
export async function addThirdPaths(network: AttackNetwork, index = THIRD_PATH): Promise<ThirdPaths> {
  const added = await Promise.all(network.chains.map(async (chain) => [chain, await deploy(network, chain)] as const));
  const paths = new Map(added);
  await Promise.all(
    network.chains.map(async (chain) => {
      const peers = network.chains.filter(({ role }) => role !== chain.role);
      for (const peer of peers) {
        await openThirdPath(network, { chain, peer, adapter: paths.get(chain) as Address, index });
      }
    }),
  );
  return paths;
}

async function deploy({ keys }: AttackNetwork, chain: Chain): Promise<Address> {
  const { abi, bytecode } = harness("TestPath");
  const account = privateKeyToAccount(keys.relayer.privateKey);
  const hash = await chain.client.deployContract({ account, chain: null, abi, bytecode, args: [chain.gateway] });
  const { contractAddress } = await chain.client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error("the third path was not deployed");
  return contractAddress;
}

async function openThirdPath(
  network: AttackNetwork,
  { chain, peer, adapter, index }: { chain: Chain; peer: Chain; adapter: Address; index: number },
): Promise<void> {
  const { abi } = harness("TestPath");
  const remote = formatEvm({ chainId: peer.chainId, address: peer.gateway });
  const at = { chain, from: network.keys.relayer, address: adapter, abi } as const;
  await send({ ...at, functionName: "setRemote", args: [peer.eid, remote] });
  await councilDoes(network, {
    chain,
    address: chain.gateway,
    abi: gatewayAbi,
    functionName: "addPath",
    args: [peer.eid, index, adapter, true],
  });
}

export function attestByThird(
  network: AttackNetwork,
  paths: ThirdPaths,
  { src, dst }: Ends,
  commitment: Commitment,
): Promise<TransactionReceipt> {
  const sender = formatEvm({ chainId: src.chainId, address: src.gateway });
  return send({
    chain: dst,
    from: network.keys.relayer,
    address: paths.get(dst) as Address,
    abi: harness("TestPath").abi,
    functionName: "attest",
    args: [sender, encodeCommitment(commitment)],
  });
}

/** Attests all that is posted and sealed by each of these paths, by index. */
export async function attestBy(
  network: AttackNetwork,
  third: ThirdPaths,
  ends: Ends,
  paths: readonly number[],
): Promise<void> {
  await seal(network, ends);
  const commitment = await truth(ends);
  const speakers = [
    () => attestByNetwork(network, ends, commitment),
    () => attestByWatchers(network, ends, commitment),
    () => attestByThird(network, third, ends, commitment),
  ];
  for (const path of paths) {
    const speak = speakers[path];
    if (speak === undefined) throw new RangeError(`there is no path ${path}`);
    await speak();
  }
}

/** What everything that is sealed and not executed is executed with, on the word of these paths. */
export async function executionBy(network: AttackNetwork, ends: Ends, paths: readonly number[]) {
  const { counts, entries } = await pendingWindows(ends);
  const mask = paths.reduce((set, path) => set | (1 << path), 0);
  const args = [ends.src.eid, counts, entries, "0x", mask] as const;
  const at = { address: ends.dst.gateway, abi: gatewayAbi, functionName: "execute" } as const;
  return { chain: ends.dst, from: network.keys.relayer, ...at, args } as const;
}

/** Carries all that is posted over these paths and no other, as honest hands do while the others are owned or dead. */
export async function carryBy(
  network: AttackNetwork,
  third: ThirdPaths,
  ends: Ends,
  paths: readonly number[],
): Promise<void> {
  await attestBy(network, third, ends, paths);
  await send(await executionBy(network, ends, paths));
}
