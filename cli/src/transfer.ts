/** Moves a balance on the hub between one's own subaccounts, or to another owner. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { hubOf } from "@weighlock/core/deployment.ts";
import { TransactionRevertedError } from "@weighlock/core/senderErrors.ts";
import { type Address, type Hash, type Hex, isAddressEqual } from "viem";
import { formatUnits, parseAmount } from "./amount.ts";
import { OperationError, UsageError } from "./errors.ts";
import { parseAsset } from "./input.ts";
import type { Network } from "./network.ts";

export type TransferRequest = {
  network: Network;
  /** The owner's. */
  privateKey: Hex;
  asset: string;
  amount: string;
  /** From it. */
  subaccount?: bigint;
  /** The same owner unless told. */
  toOwner?: Address | undefined;
  toSubaccount?: bigint;
};

export type TransferResult = {
  from: { owner: Address; subaccount: bigint };
  to: { owner: Address; subaccount: bigint };
  asset: string;
  /** Canonical units. */
  amount: bigint;
  quantity: string;
  transactionHash: Hash;
  block: bigint;
};

/** Throws UsageError, OperationError, or what the sender throws. */
export async function transfer({
  network,
  privateKey,
  asset: assetText,
  amount: amountText,
  subaccount = 0n,
  toOwner,
  toSubaccount = 0n,
}: TransferRequest): Promise<TransferResult> {
  const hub = hubOf(network.deployment);
  const { id, symbol, canonicalDecimals: decimals } = parseAsset(hub, assetText);
  const amount = parseAmount({ text: amountText, decimals, symbol });
  const sender = await network.sender(hub, privateKey);
  const owner = toOwner ?? sender.address;
  if (isAddressEqual(owner, sender.address) && subaccount === toSubaccount) {
    throw new UsageError("From and to are one account; name another with --to-subaccount or --to-owner");
  }
  const { transactionHash, blockNumber: block } = await sender
    .write({
      address: hub.clearingHouse,
      abi: clearingHouseAbi,
      functionName: "transfer",
      args: [subaccount, owner, toSubaccount, id, amount],
      label: "transfer",
    })
    .catch((error: unknown) => {
      if (!(error instanceof TransactionRevertedError) || error.revert.name !== "BalanceTooLow") throw error;
      const has = formatUnits(BigInt(String(error.revert.args.balance)), decimals);
      throw new OperationError(
        `Subaccount ${subaccount} has ${has} ${symbol} and ${amountText} was asked; transfer less.`,
        { cause: error },
      );
    });
  return {
    from: { owner: sender.address, subaccount },
    to: { owner, subaccount: toSubaccount },
    asset: symbol,
    amount,
    quantity: formatUnits(amount, decimals),
    transactionHash,
    block,
  };
}
