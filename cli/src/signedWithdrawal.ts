/** A withdrawal that its owner signs here and anyone brings: made, written and read. */

import { randomBytes } from "node:crypto";
import { type HubDeployment, hubOf } from "@weighlock/core/deployment.ts";
import { type ClearingHouseAt, signWithdrawal, type Withdrawal } from "@weighlock/core/withdrawal.ts";
import { type Address, bytesToBigInt, getAddress, type Hex, isAddress, isAddressEqual, isHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { parseAmount, parseFee } from "./amount.ts";
import { UsageError } from "./errors.ts";
import { parseAsset, parseDeadline, parseVaultChain } from "./input.ts";
import type { Network } from "./network.ts";

/** As it is written: numbers as decimal strings, and the hub that it is for. */
export type SignedWithdrawalFile = ClearingHouseAt & { withdrawal: Withdrawal; signature: Hex };

export type SignRequest = {
  network: Network;
  /** The account's owner. */
  privateKey: Hex;
  to: string;
  asset: string;
  amount: string;
  subaccount?: bigint;
  recipient?: Address | undefined;
  /** A decimal number of the asset: the most that an operator may take on top. */
  maxFee?: string;
  /** +seconds, or a date. */
  deadline?: string;
  /** Random unless told. */
  nonce?: bigint | undefined;
};

const at = ({ chainId, clearingHouse }: HubDeployment): ClearingHouseAt => ({ chainId, clearingHouse });

/** Sends nothing; asks the hub for its time alone. Throws UsageError. */
export async function signedWithdrawal({
  network,
  privateKey,
  to,
  asset: assetText,
  amount,
  subaccount = 0n,
  recipient,
  maxFee = "0",
  deadline = "+3600",
  nonce = bytesToBigInt(randomBytes(32)),
}: SignRequest): Promise<SignedWithdrawalFile> {
  const dst = parseVaultChain(network.deployment, to);
  const { id, symbol, canonicalDecimals: decimals } = parseAsset(dst, assetText);
  const hub = hubOf(network.deployment);
  const account = privateKeyToAccount(privateKey);
  const { client } = await network.connect(hub);
  const withdrawal: Withdrawal = {
    owner: account.address,
    subaccount,
    dstEid: dst.eid,
    asset: id,
    amount: parseAmount({ text: amount, decimals, symbol }),
    recipient: recipient ?? account.address,
    maxFee: parseFee({ text: maxFee, decimals, symbol }),
    nonce,
    deadline: parseDeadline(deadline, (await client.getBlock()).timestamp),
  };
  return { ...at(hub), withdrawal, signature: await signWithdrawal({ at: at(hub), withdrawal, account }) };
}

const address = z
  .string()
  .refine((value) => isAddress(value), "expected an address")
  .transform((value) => getAddress(value));
const uint = (bits: number) =>
  z
    .string()
    .refine((value) => /^\d{1,78}$/.test(value) && BigInt(value) >> BigInt(bits) === 0n, `expected a u${bits}`)
    .transform(BigInt);
const small = (bits: number) =>
  z
    .number()
    .int()
    .min(0)
    .max(2 ** bits - 1);

const SignedFile = z.object({
  chainId: z.number().int().positive(),
  clearingHouse: address,
  withdrawal: z.object({
    ...{ owner: address, subaccount: uint(96), dstEid: small(32), asset: small(16), amount: uint(128) },
    ...{ recipient: address, maxFee: uint(128), nonce: uint(256), deadline: uint(256) },
  }),
  signature: z
    .string()
    .refine((value) => isHex(value) && value.length % 2 === 0, "expected hex")
    .transform((value) => value as Hex),
});

/** One, or a list. Throws UsageError for what is none, or for another hub. */
export function parseSignedWithdrawals({
  network,
  text,
  file,
}: {
  network: Network;
  text: string;
  /** Where it comes from. */
  file: string;
}): SignedWithdrawalFile[] {
  const parsed = z
    .union([z.array(SignedFile).min(1), SignedFile.transform((one) => [one])])
    .safeParse(jsonOf(text, file));
  if (!parsed.success) throw new UsageError(`${file} is no signed withdrawal: ${problemsOf(parsed.error)}`);
  const hub = hubOf(network.deployment);
  for (const { chainId, clearingHouse } of parsed.data) {
    if (chainId !== hub.chainId || !isAddressEqual(clearingHouse, hub.clearingHouse)) {
      throw new UsageError(
        `${file} is signed for the clearing house ${clearingHouse} on chain ${chainId}; this hub is ${hub.clearingHouse} on chain ${hub.chainId}`,
      );
    }
  }
  return parsed.data;
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON; it is what "weighlock withdraw --sign" writes`);
  }
}

/** Of a union's branches, the one that came furthest. */
function problemsOf(error: z.ZodError): string {
  const issues = error.issues.flatMap((issue) =>
    issue.code === "invalid_union" ? (issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a))[0] ?? []) : [issue],
  );
  return issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`).join("; ");
}

const depthOf = (issues: readonly { path: readonly PropertyKey[] }[]) =>
  Math.max(...issues.map(({ path }) => path.length));
