/** A third path on every lane: an ERC-7786 adapter that attests whatever its owner says, beside LayerZero and the watchers. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { type Commitment, encodeCommitment } from "@weighlock/core/commitment.ts";
import { formatEvm } from "@weighlock/core/interop.ts";
import type { Address, TransactionReceipt } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { harness } from "./artifacts.ts";
import { type AttackNetwork, type Chain, send } from "./network.ts";
import { councilDoes } from "./roles.ts";
import type { Ends } from "./words.ts";

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
