/** Asks for a withdrawal from a vault's chain, where nobody on the hub can keep it out. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { type HubDeployment, hubOf, type LaneDeployment, type VaultDeployment } from "@weighlock/core/deployment.ts";
import { messageOf } from "@weighlock/core/errors.ts";
import { type Address, type Hash, type Hex, isAddressEqual, parseEventLogs } from "viem";
import { formatUnits, parseAmount } from "./amount.ts";
import { OperationError, UsageError } from "./errors.ts";
import { laneName, parseAsset, parseVaultChain } from "./input.ts";
import type { Network } from "./network.ts";

export type RequestRequest = {
  network: Network;
  /** The owner's, or its controller's: the transaction's own sender. */
  privateKey: Hex;
  /** The vault chain from which it is asked: name or eid. */
  chain: string;
  /** The vault chain to be paid on. */
  to: string;
  asset: string;
  amount: string;
  subaccount?: bigint;
  /** Whose account; the sender's unless told. Another's is asked for as its controller. */
  owner?: Address | undefined;
  /** Paid; the sender unless told. */
  recipient?: Address | undefined;
  onProgress?: (step: string) => void;
};

export type RequestResult = {
  lane: LaneDeployment;
  /** `alpha-hub:12`: what `status` takes. */
  id: string;
  index: bigint;
  owner: Address;
  recipient: Address;
  /** Canonical units. */
  amount: bigint;
  transactionHash: Hash;
  block: bigint;
};

/** Throws UsageError, OperationError, or what the sender throws. */
export async function request({
  network,
  privateKey,
  chain: chainText,
  to,
  asset: assetText,
  amount: amountText,
  subaccount = 0n,
  onProgress = () => undefined,
  ...asked
}: RequestRequest): Promise<RequestResult> {
  const chain = parseVaultChain(network.deployment, chainText);
  const dst = parseVaultChain(network.deployment, to);
  const { id: asset, symbol, canonicalDecimals } = parseAsset(dst, assetText);
  const amount = parseAmount({ text: amountText, decimals: canonicalDecimals, symbol });
  const hub = hubOf(network.deployment);
  const sender = await network.sender(chain, privateKey);
  const owner = asked.owner ?? sender.address;
  const recipient = asked.recipient ?? sender.address;
  if (!isAddressEqual(owner, sender.address) && !isAddressEqual(recipient, sender.address)) {
    throw new UsageError("Whoever asks for another's account is paid itself; leave --recipient out");
  }
  const warning = await refusalToCome({ network, hub, chain, dst, owner, recipient, sender: sender.address });
  if (warning !== undefined) onProgress(warning);

  onProgress(`asking from ${chain.name} for ${formatUnits(amount, canonicalDecimals)} ${symbol} on ${dst.name}`);
  const receipt = await sender.write({
    address: chain.vault,
    abi: collateralVaultAbi,
    functionName: "requestWithdrawal",
    args: [{ owner, subaccount, dstEid: dst.eid, asset, amount, recipient }],
    label: "request",
  });
  const [log] = parseEventLogs({ abi: gatewayAbi, eventName: "EntryPosted", logs: receipt.logs }).filter(
    ({ address }) => isAddressEqual(address, chain.gateway),
  );
  const { transactionHash, blockNumber: block } = receipt;
  if (!log) {
    throw new OperationError("The request was mined and its gateway wrote no event of it; check the deployment file.", {
      details: { transactionHash },
    });
  }
  const lane: LaneDeployment = { src: chain, dst: hub };
  const { index } = log.args;
  return { lane, id: `${laneName(lane)}:${index}`, index, owner, recipient, amount, transactionHash, block };
}

/** A hub that does not answer is no obstacle here: that is what requests are for. */
async function refusalToCome({
  network,
  hub,
  chain,
  dst,
  owner,
  recipient,
  sender,
}: {
  network: Network;
  hub: HubDeployment;
  chain: VaultDeployment;
  dst: VaultDeployment;
  owner: Address;
  recipient: Address;
  sender: Address;
}): Promise<string | undefined> {
  const view = { address: hub.clearingHouse, abi: clearingHouseAbi } as const;
  try {
    const { client } = await network.connect(hub);
    if (!isAddressEqual(owner, sender)) {
      const args = [owner, chain.eid] as const;
      const controller = await client.readContract({ ...view, functionName: "controllerOf", args });
      if (isAddressEqual(controller, sender)) return undefined;
      return `the hub will refuse it unless ${owner} runs before: weighlock controller set ${sender} --chain ${chain.name}`;
    }
    if (isAddressEqual(recipient, owner)) return undefined;
    const args = [owner, dst.eid, recipient] as const;
    if (await client.readContract({ ...view, functionName: "isRecipient", args })) return undefined;
    return `the hub will refuse it unless you run before: weighlock recipient add ${recipient} --chain ${dst.name}`;
  } catch (error) {
    return `the hub can't be asked whether it will serve it: ${messageOf(error)}`;
  }
}
