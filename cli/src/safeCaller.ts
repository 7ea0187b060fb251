/** A Safe, called for by its owners: sent when enough of them have signed, told as a transaction to sign when not. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import {
  executeSafeTransaction,
  proposeSafeTransaction,
  readSafe,
  type SafeTransaction,
  safeTransactionHash,
  signSafeTransaction,
  simulateSafeTransaction,
} from "@weighlock/core/safe.ts";
import type { Sender } from "@weighlock/core/sender.ts";
import {
  type Address,
  type Hex,
  isAddressEqual,
  type PublicClient,
  recoverAddress,
  type TransactionReceipt,
} from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { z } from "zod";
import { OperationError, UsageError } from "./errors.ts";

/** What one owner hands to the next. */
const SafeSignature = z.object({
  safe: z.string(),
  chainId: z.number(),
  hash: z.string().regex(/^0x[0-9a-f]{64}$/i),
  signature: z.string().regex(/^0x[0-9a-f]{130}$/i),
});
export type SafeSignature = { safe: Address; chainId: number; hash: Hex; signature: Hex };

export type Called =
  | { type: "sent"; receipt: TransactionReceipt }
  | { type: "signed"; tx: SafeTransaction; hash: Hex; by: Address[]; threshold: number };

/** A key of an owner. */
export type Owner = { account: PrivateKeyAccount; privateKey: Hex };

export type SafeCaller = {
  address: Address;
  /** @throws OperationError for signatures that are of no use here; TransactionRevertedError with the reason of the call. */
  call(request: { to: Address; data: Hex; label: string }): Promise<Called>;
};

export function createSafeCaller({
  client,
  chain: { name, chainId },
  safe,
  owners,
  senderOf,
  signatures,
  signatureOut,
}: {
  client: PublicClient;
  chain: Pick<ChainDeployment, "name" | "chainId">;
  safe: Address;
  /** Owners whose keys are here. The first of them pays for the transaction. */
  owners: readonly Owner[];
  senderOf: (privateKey: Hex) => Promise<Pick<Sender, "send">>;
  /** Of owners elsewhere. */
  signatures: readonly SafeSignature[];
  /** Where to write what the keys here have signed. */
  signatureOut: string | undefined;
}): SafeCaller {
  const at = { safe, chainId };

  /** Those given here must be for just this transaction: another nonce or another call has another hash. */
  function checkGiven(hash: Hex): void {
    for (const given of signatures) {
      if (given.hash === hash) continue;
      throw new OperationError(
        `A signature is for another transaction (${given.hash}) than this one (${hash}) of the Safe ${safe} on ${name}; its owner signs again: the same command`,
      );
    }
  }

  return {
    address: safe,
    async call({ to, data, label }) {
      const [state, tx] = await Promise.all([
        readSafe({ client, safe }),
        proposeSafeTransaction({ client, safe, to, data }),
      ]);
      const hash = safeTransactionHash({ ...at, tx });
      checkGiven(hash);
      const isOwner = (who: Address) => state.owners.some((owner) => isAddressEqual(owner, who));
      const own = owners.filter(({ account }) => isOwner(account.address));
      const [first] = own;
      if (first === undefined) {
        throw new OperationError(
          `None of the keys here is an owner of the Safe ${safe} on ${name}; its owners are ${state.owners.join(", ")}`,
        );
      }
      // Before anybody signs what can't be done.
      await simulateSafeTransaction({ client, safe, tx, label });
      const threshold = Number(state.threshold);
      const elsewhere = await Promise.all(signatures.map(({ signature }) => recoverAddress({ hash, signature })));
      const missing = Math.max(0, threshold - new Set(elsewhere).size);
      const signing = own.filter(({ account }) => !elsewhere.includes(account.address)).slice(0, missing);
      const signed = await Promise.all(
        signing.map(async ({ account }) => ({
          ...at,
          hash,
          signature: await signSafeTransaction({ ...at, tx, account }),
        })),
      );
      const all = [...signatures, ...signed];
      const by = [...elsewhere, ...signing.map(({ account }) => account.address)];
      if (new Set(by).size < threshold) {
        if (signatureOut !== undefined) writeFileSync(signatureOut, `${JSON.stringify(all, null, 2)}\n`);
        return { type: "signed", tx, hash, by, threshold };
      }
      const receipt = await executeSafeTransaction({
        ...at,
        client,
        sender: await senderOf(first.privateKey),
        tx,
        signatures: all.map(({ signature }) => signature),
        label,
      });
      return { type: "sent", receipt };
    },
  };
}

/** @throws UsageError where a file is none that `--signature-out` has written. */
export function readSafeSignatures(files: readonly string[]): SafeSignature[] {
  return files.flatMap((file) => {
    if (!existsSync(file)) throw new UsageError(`There is no signature file at ${file}`);
    try {
      return z.array(SafeSignature).parse(JSON.parse(readFileSync(file, "utf8"))) as SafeSignature[];
    } catch {
      throw new UsageError(`${file} holds no signatures; another owner makes such a file with --signature-out`);
    }
  });
}
