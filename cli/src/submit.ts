/** Brings signed withdrawals to the hub in one batch, for a fee within what each owner signed. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { assetById, type ChainDeployment, chainByEid, hubOf } from "@weighlock/core/deployment.ts";
import type { SignedWithdrawal } from "@weighlock/core/withdrawal.ts";
import { type Address, type Hash, type Hex, isAddressEqual, parseEventLogs } from "viem";
import { formatUnits, parseFee } from "./amount.ts";
import { OperationError } from "./errors.ts";
import { laneName } from "./input.ts";
import type { Network } from "./network.ts";
import { refusalReason } from "./reasons.ts";
import type { SignedWithdrawalFile } from "./signedWithdrawal.ts";

export type SubmitRequest = {
  network: Network;
  /** The operator's: pays the gas, and gets the fees on its account. */
  privateKey: Hex;
  signed: readonly SignedWithdrawalFile[];
  /** A decimal number of each one's asset; zero unless told. */
  fee?: string;
};

export type Submitted = { owner: Address; nonce: bigint; asset: string; quantity: string } & (
  | { type: "done" /** `hub-beta:3` */; id: string; fee: string }
  | { type: "skipped"; reason: string }
);

export type SubmitResult = { transactionHash: Hash; block: bigint; withdrawals: Submitted[] };

/** ERC-1271 allowance (300,000) with what a call keeps back: with less, a contract's good signature would be skipped. */
const CONTRACT_GAS = 310_000n;
/** All else that one item takes, rounded up. */
const ITEM_GAS = 100_000n;

/** Throws UsageError, or what the sender throws. */
export async function submit({ network, privateKey, signed, fee = "0" }: SubmitRequest): Promise<SubmitResult> {
  const hub = hubOf(network.deployment);
  const { client } = await network.connect(hub);
  const sender = await network.sender(hub, privateKey);
  const items = signed.map(({ withdrawal, signature }): SignedWithdrawal => {
    const { symbol, canonicalDecimals: decimals } = assetOf(withdrawal);
    return { withdrawal, signature, fee: parseFee({ text: fee, decimals, symbol }) };
  });
  const codes = await Promise.all(items.map(({ withdrawal }) => client.getCode({ address: withdrawal.owner })));
  const contracts = codes.filter((code) => code !== undefined).length;
  const { logs, transactionHash, blockNumber } = await sender.write({
    address: hub.clearingHouse,
    abi: clearingHouseAbi,
    functionName: "withdrawBatch",
    args: [items],
    label: "withdraw batch",
    ...(contracts > 0 && { minGas: BigInt(items.length) * ITEM_GAS + BigInt(contracts) * CONTRACT_GAS }),
  });
  // Each item, in order, leaves exactly one of the two.
  const ends = parseEventLogs({
    abi: clearingHouseAbi,
    eventName: ["WithdrawalSkipped", "Withdrawn"],
    logs: logs.filter(({ address }) => isAddressEqual(address, hub.clearingHouse)),
  });
  if (ends.length !== items.length) {
    throw new OperationError(
      "The batch was mined and its events are not one for each item; check the deployment file.",
      {
        details: { transactionHash, expected: items.length, actual: ends.length },
      },
    );
  }
  const withdrawals = items.map(({ withdrawal, fee: taken }, i): Submitted => {
    const { owner, nonce, amount, dstEid } = withdrawal;
    const { symbol: asset, canonicalDecimals } = assetOf(withdrawal);
    const common = { owner, nonce, asset, quantity: formatUnits(amount, canonicalDecimals) };
    const end = ends[i];
    if (end?.eventName !== "Withdrawn") {
      return { ...common, type: "skipped", reason: refusalReason(end?.args.reason ?? 0) };
    }
    const dst = chainByEid(network.deployment, dstEid);
    const id = `${laneName({ src: hub, dst })}:${end.args.index}`;
    return { ...common, type: "done", id, fee: formatUnits(taken, canonicalDecimals) };
  });
  return { transactionHash, block: blockNumber, withdrawals };

  function assetOf({ dstEid, asset }: { dstEid: number; asset: number }) {
    const chain: ChainDeployment = chainByEid(network.deployment, dstEid);
    return assetById(chain, asset);
  }
}

/** Makes what the caller signed with the nonce worthless. Throws what the sender throws. */
export async function cancelNonce({
  network,
  privateKey,
  nonce,
}: {
  network: Network;
  privateKey: Hex;
  nonce: bigint;
}): Promise<{ owner: Address; nonce: bigint; transactionHash: Hash; block: bigint }> {
  const hub = hubOf(network.deployment);
  const sender = await network.sender(hub, privateKey);
  const { transactionHash, blockNumber: block } = await sender.write({
    address: hub.clearingHouse,
    abi: clearingHouseAbi,
    functionName: "cancelNonce",
    args: [nonce],
    label: "cancel",
  });
  return { owner: sender.address, nonce, transactionHash, block };
}
