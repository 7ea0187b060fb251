/** Asks the hub to pay out of an account, from the vault of one chain. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { type AssetDeployment, hubOf, type LaneDeployment } from "@weighlock/core/deployment.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import { TransactionRevertedError } from "@weighlock/core/senderErrors.ts";
import { type Address, type Hash, type Hex, parseEventLogs } from "viem";
import { formatUnits, parseAmount } from "./amount.ts";
import { availabilityOf } from "./availability.ts";
import { OperationError } from "./errors.ts";
import { laneName, parseAsset, parseVaultChain } from "./input.ts";
import type { Network } from "./network.ts";

export type WithdrawRequest = {
  network: Network;
  /** The account's owner: signs on the hub. */
  privateKey: Hex;
  /** The vault chain to be paid on: name or eid. */
  to: string;
  /** Symbol or id. */
  asset: string;
  /** A decimal number of the asset: "5". */
  amount: string;
  subaccount?: bigint;
  /** Paid; the owner unless told. */
  recipient?: Address | undefined;
  onProgress?: (step: string) => void;
};

export type WithdrawResult = {
  lane: LaneDeployment;
  /** `hub-beta:3`: what `status` takes. */
  id: string;
  index: bigint;
  account: Hex;
  asset: AssetDeployment;
  /** Canonical units. */
  amount: bigint;
  recipient: Address;
  transactionHash: Hash;
  block: bigint;
};

/** Throws UsageError, OperationError, or what the sender throws. */
export async function withdraw({
  network,
  privateKey,
  to,
  asset: assetText,
  amount: amountText,
  subaccount = 0n,
  recipient,
  onProgress = () => undefined,
}: WithdrawRequest): Promise<WithdrawResult> {
  const dst = parseVaultChain(network.deployment, to);
  const hub = hubOf(network.deployment);
  const asset = parseAsset(dst, assetText);
  const { symbol, canonicalDecimals } = asset;
  const amount = parseAmount({ text: amountText, decimals: canonicalDecimals, symbol });
  const show = (units: bigint) => `${formatUnits(units, canonicalDecimals)} ${symbol}`;

  const sender = await network.sender(hub, privateKey);
  const account = accountOf({ owner: sender.address, subaccount });
  const payee = recipient ?? sender.address;
  onProgress(`withdrawing ${show(amount)} to ${payee} on ${dst.name}`);
  const receipt = await sender
    .write({
      address: hub.clearingHouse,
      abi: clearingHouseAbi,
      functionName: "withdraw",
      args: [subaccount, dst.eid, asset.id, amount, payee],
      label: "withdraw",
    })
    .catch(async (error: unknown) => {
      throw await explained(error);
    });
  const [log] = parseEventLogs({ abi: clearingHouseAbi, eventName: "Withdrawn", logs: receipt.logs }).filter(
    ({ address }) => address.toLowerCase() === hub.clearingHouse.toLowerCase(),
  );
  if (!log) {
    throw new OperationError("The withdrawal was mined and the hub wrote no event of it; check the deployment file.", {
      details: { transactionHash: receipt.transactionHash },
    });
  }
  const lane: LaneDeployment = { src: hub, dst };
  return {
    lane,
    id: `${laneName(lane)}:${log.args.index}`,
    index: log.args.index,
    account,
    asset,
    amount,
    recipient: payee,
    transactionHash: receipt.transactionHash,
    block: receipt.blockNumber,
  };

  /** In the asset's own numbers, and with what can be had where. */
  async function explained(error: unknown): Promise<unknown> {
    if (!(error instanceof TransactionRevertedError)) return error;
    const { name, args } = error.revert;
    if (name === "BalanceTooLow") {
      const sentence = `The account has ${show(BigInt(String(args.balance)))} and ${show(amount)} was asked; withdraw less, or wait until a deposit is credited.`;
      return new OperationError(sentence, { details: { account, revert: name }, cause: error });
    }
    if (name === "BelowMinimumWithdrawal") {
      const sentence = `A withdrawal to ${dst.name} is at least ${show(BigInt(String(args.minimum)))}; withdraw more at once.`;
      return new OperationError(sentence, { details: { revert: name }, cause: error });
    }
    if (name !== "VaultTooLow") return error;
    const vaults = await availabilityOf({ network, asset });
    const available = Object.fromEntries(vaults.map(({ chain, amount }) => [chain, show(amount)]));
    const there = Object.entries(available).map(([name, quantity]) => `${quantity} on ${name}`);
    const sentence = `The vault on ${dst.name} backs less than ${show(amount)}; available are ${there.join(", ")}: withdraw less, or in parts from several vaults.`;
    return new OperationError(sentence, { details: { available, revert: name }, cause: error });
  }
}
