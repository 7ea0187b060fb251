/**
 * A round of deposits: k users' transactions, one commitment that carries them, and a look at the other side whether all
 * arrived. Account i belongs to trader i, so that no two settlements of a round share a slot of their own.
 */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import { type Address, erc20Abi, getAddress, keccak256, maxUint256, slice, toHex } from "viem";
import type { BenchNetwork } from "./network.ts";
import { type CarryGas, carry } from "./relay.ts";
import { callOf } from "./site.ts";

export type Round = {
  /** How many settlements the commitment carries. */
  k: number;
  /** Of what was sent to have the k settlements posted. */
  user: number;
  carried: CarryGas;
  /** Settlements whose account or recipient did not get exactly their amount. */
  missing: number;
};

export type RoundOptions = {
  network: BenchNetwork;
  k: number;
  /** Unlike any other round's: a log that says the same again writes a word it already holds, which is cheaper. */
  round: number;
};

/** Local units. No two settlements of a bench are equal. */
const depositAmount = (round: number) => (i: number) => 300_000_000n + BigInt(i) * 0x010101n + BigInt(round) * 0x0101n;

/** Without it a deposit would also write an allowance: traders approve once, and without limit. */
export async function approveAll({ network }: { network: BenchNetwork }): Promise<void> {
  const { vault, asset, keys } = network;
  await vault.send(
    keys.traders.map((from) =>
      callOf({
        from,
        address: asset.token,
        abi: erc20Abi,
        functionName: "approve",
        args: [vault.chain.vault, maxUint256],
      }),
    ),
  );
}

/** `subaccount`: a number used before means existing accounts, a fresh one new accounts. */
export async function depositRound({
  network,
  k,
  round,
  subaccount,
  amount = depositAmount(round),
}: RoundOptions & { subaccount: bigint; amount?: (i: number) => bigint }): Promise<Round> {
  const { hub, vault, asset } = network;
  const traders = network.keys.traders.slice(0, k);
  const balances = () =>
    Promise.all(
      traders.map(({ address: owner }) =>
        hub.client.readContract({
          address: hub.chain.clearingHouse,
          abi: clearingHouseAbi,
          functionName: "balanceOf",
          args: [accountOf({ owner, subaccount }), asset.id],
        }),
      ),
    );
  const before = await balances();
  const posted = await vault.send(
    traders.map((from, i) =>
      callOf({
        from,
        address: vault.chain.vault,
        abi: collateralVaultAbi,
        functionName: "deposit",
        args: [asset.id, amount(i), from.address, subaccount, from.address, false],
      }),
    ),
  );
  const carried = await carry({ network, src: vault, dst: hub, posted });
  return { k, user: gasOf(posted), carried, missing: missingOf(before, await balances(), amount) };
}

/** An address that nobody has used, the same in every run. */
export function freshAddress(name: string): Address {
  return getAddress(slice(keccak256(toHex(name)), 0, 20));
}

export function gasOf(receipts: readonly { gasUsed: bigint }[]): number {
  return receipts.reduce((sum, { gasUsed }) => sum + Number(gasUsed), 0);
}

export function missingOf(before: readonly bigint[], after: readonly bigint[], amount: (i: number) => bigint): number {
  return before.filter((balance, i) => (after[i] ?? 0n) - balance !== amount(i)).length;
}
