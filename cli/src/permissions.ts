/** What an owner allows on the hub for requests from vault chains: recipients, and a controller for each chain. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { hubOf } from "@weighlock/core/deployment.ts";
import { type Address, type Hash, type Hex, zeroAddress } from "viem";
import { parseVaultChain } from "./input.ts";
import type { Network } from "./network.ts";

export type PermissionResult = { owner: Address; chain: string; transactionHash: Hash; block: bigint };

type Request = {
  network: Network /** The owner's. */;
  privateKey: Hex /** A vault chain's name or eid. */;
  chain: string;
};

/** Where, beside the owner's own address, a request may be paid on that chain. */
export async function setRecipient({
  recipient,
  isAllowed,
  ...of
}: Request & { recipient: Address; isAllowed: boolean }): Promise<PermissionResult> {
  const { sender, view, chain } = await prepare(of);
  const args = [chain.eid, recipient, isAllowed] as const;
  const mined = await sender.write({ ...view, functionName: "setRecipient", args, label: "set recipient" });
  return { owner: sender.address, chain: chain.name, ...placeOf(mined) };
}

/** Who may ask from that chain, and is paid there; undefined takes it back. */
export async function setController({
  controller = zeroAddress,
  ...of
}: Request & { controller?: Address | undefined }): Promise<PermissionResult> {
  const { sender, view, chain } = await prepare(of);
  const args = [chain.eid, controller] as const;
  const mined = await sender.write({ ...view, functionName: "setController", args, label: "set controller" });
  return { owner: sender.address, chain: chain.name, ...placeOf(mined) };
}

async function prepare({ network, privateKey, chain }: Request) {
  const hub = hubOf(network.deployment);
  return {
    chain: parseVaultChain(network.deployment, chain),
    sender: await network.sender(hub, privateKey),
    view: { address: hub.clearingHouse, abi: clearingHouseAbi } as const,
  };
}

const placeOf = ({ transactionHash, blockNumber }: { transactionHash: Hash; blockNumber: bigint }) => ({
  transactionHash,
  block: blockNumber,
});
