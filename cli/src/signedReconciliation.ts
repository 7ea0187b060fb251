/** What monitors have signed, as files: each its own, of one reconciliation. */

import { existsSync } from "node:fs";
import { readJsonObject } from "@weighlock/core/config.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { type Reconciliation, reconciliationDigest, reconciliationSigner } from "@weighlock/core/reconciliation.ts";
import { concat, type Hex, isHex } from "viem";
import { z } from "zod";
import { UsageError } from "./errors.ts";

const u64 = z.union([z.string().regex(/^\d{1,39}$/), z.number().int().nonnegative()]).transform(BigInt);
const small = z.coerce.number().int().nonnegative();
const hex = z
  .string()
  .refine((value) => isHex(value), "expected hex")
  .transform((value) => value as Hex);
const Signed = z.object({
  reconciliation: z.object({
    scope: small,
    id: small,
    stoppedAt: u64,
    lanes: z.array(
      z.object({ eid: small, executed: u64, executedHead: hex, assets: z.array(small), amounts: z.array(u64) }),
    ),
    observedAt: u64,
  }),
  signature: hex,
});

/**
 * `signatures` in ascending order of their signers, as the pause controller asks for them.
 * @throws UsageError when a file is not one, or they are not of one reconciliation.
 */
export async function readSigned({
  files,
  at,
}: {
  files: readonly string[];
  at: ChainDeployment;
}): Promise<{ reconciliation: Reconciliation; signatures: Hex; signers: string[] }> {
  const signed = files.map((file) => {
    if (!existsSync(file)) throw new UsageError(`There is no signed reconciliation at ${file}`);
    const result = Signed.safeParse(readJsonObject(file));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw new UsageError(`${file} is no signed reconciliation: ${issue?.path.join(".")} ${issue?.message}`);
  });
  const [first] = signed;
  if (first === undefined) throw new UsageError("Give what the monitors signed: --signed <file> for each of them");
  const { reconciliation } = first;
  const digest = reconciliationDigest({ at, reconciliation });
  const other = signed.findIndex(
    (each) => reconciliationDigest({ at, reconciliation: each.reconciliation }) !== digest,
  );
  if (other !== -1) {
    throw new UsageError(`${files[other]} is of another reconciliation than ${files[0]}; have all sign the same one`);
  }
  const bySigner = await Promise.all(
    signed.map(async ({ signature }) => ({
      signature,
      signer: await reconciliationSigner({ at, reconciliation, signature }),
    })),
  );
  bySigner.sort((a, b) => (BigInt(a.signer) < BigInt(b.signer) ? -1 : 1));
  return {
    reconciliation,
    signatures: concat(bySigner.map(({ signature }) => signature)),
    signers: bySigner.map(({ signer }) => signer),
  };
}
