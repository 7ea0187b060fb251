/** A withdrawal as its owner signs it, for any operator to bring to the clearing house. */

import type { Address, Hex, TypedDataDomain } from "viem";
import { hashTypedData } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";

/** `contracts/types/Withdrawal.sol`. Amounts in canonical units. */
export type Withdrawal = {
  owner: Address;
  /** u96. */
  subaccount: bigint;
  /** Of the vault that pays. */
  dstEid: number;
  asset: number;
  /** What the recipient gets. */
  amount: bigint;
  recipient: Address;
  /** The most that the operator may take on top. */
  maxFee: bigint;
  /** Any that the owner has not used. */
  nonce: bigint;
  /** Unix seconds, the last at which it counts. */
  deadline: bigint;
};

export type SignedWithdrawal = {
  withdrawal: Withdrawal;
  /** What the operator takes. */
  fee: bigint;
  signature: Hex;
};

export const withdrawalTypes = {
  Withdrawal: [
    { name: "owner", type: "address" },
    { name: "subaccount", type: "uint96" },
    { name: "dstEid", type: "uint32" },
    { name: "asset", type: "uint16" },
    { name: "amount", type: "uint128" },
    { name: "recipient", type: "address" },
    { name: "maxFee", type: "uint128" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

/** The signed chain and contract: a signature for one hub is worth nothing on another. */
export type ClearingHouseAt = { chainId: number; clearingHouse: Address };

export function withdrawalDomain({ chainId, clearingHouse }: ClearingHouseAt): TypedDataDomain {
  return { name: "Weighlock Clearing House", version: "1", chainId, verifyingContract: clearingHouse };
}

function typedData({ at, withdrawal }: { at: ClearingHouseAt; withdrawal: Withdrawal }) {
  return {
    domain: withdrawalDomain(at),
    types: withdrawalTypes,
    primaryType: "Withdrawal",
    message: withdrawal,
  } as const;
}

/** What `ClearingHouse.withdrawalDigest` returns. */
export function withdrawalDigest(of: { at: ClearingHouseAt; withdrawal: Withdrawal }): Hex {
  return hashTypedData(typedData(of));
}

export function signWithdrawal({
  account,
  ...of
}: {
  at: ClearingHouseAt;
  withdrawal: Withdrawal;
  account: PrivateKeyAccount;
}): Promise<Hex> {
  return account.signTypedData(typedData(of));
}
