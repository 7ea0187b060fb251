import type { Address, Hex } from "viem";
import { recoverAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { readVectors } from "./testing/vectors.ts";
import { signWithdrawal, withdrawalDigest } from "./withdrawal.ts";

type Case = Record<
  "amount" | "asset" | "chainId" | "deadline" | "digest" | "dstEid" | "maxFee" | "nonce" | "subaccount",
  Hex
> &
  Record<"clearingHouse" | "owner" | "recipient", Address>;

const signedOf = (vector: Case) => ({
  at: { chainId: Number(vector.chainId), clearingHouse: vector.clearingHouse },
  withdrawal: {
    owner: vector.owner,
    subaccount: BigInt(vector.subaccount),
    dstEid: Number(vector.dstEid),
    asset: Number(vector.asset),
    amount: BigInt(vector.amount),
    recipient: vector.recipient,
    maxFee: BigInt(vector.maxFee),
    nonce: BigInt(vector.nonce),
    deadline: BigInt(vector.deadline),
  },
});
const vectors = readVectors<Case>("withdrawals");
const [first] = vectors;
if (!first) throw new Error("no vectors");
const plain = signedOf(first);

describe("withdrawals.json", () => {
  test.each(vectors)("$digest", (vector) => {
    expect(withdrawalDigest(signedOf(vector))).toBe(vector.digest);
  });
});

test("withdrawalDigest() differs with every field, the chain and the contract", () => {
  const changed = [
    ...Object.entries(plain.withdrawal).map(([name, value]) => ({
      ...plain,
      withdrawal: {
        ...plain.withdrawal,
        [name]: typeof value === "string" ? `0x${"77".repeat(20)}` : typeof value === "bigint" ? value + 1n : value + 1,
      },
    })),
    { ...plain, at: { ...plain.at, chainId: plain.at.chainId + 1 } },
    { ...plain, at: { ...plain.at, clearingHouse: plain.withdrawal.owner } },
  ];
  const digests = new Set([plain, ...changed].map(withdrawalDigest));
  expect(digests.size).toBe(12);
});

test("signWithdrawal() signs that digest", async () => {
  const account = privateKeyToAccount(generatePrivateKey());
  const of = { at: plain.at, withdrawal: { ...plain.withdrawal, owner: account.address } };
  const signature = await signWithdrawal({ account, ...of });
  expect(await recoverAddress({ hash: withdrawalDigest(of), signature })).toBe(account.address);
});
