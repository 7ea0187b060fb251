/**
 * What monitors have signed of one reconciliation: asked of them now, or read from files. Whoever signs the council's call after
 * the first owner signs the same one, so what was asked for can be written to a file.
 */

import { existsSync, writeFileSync } from "node:fs";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { readJsonObject } from "@weighlock/core/config.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { messageOf } from "@weighlock/core/errors.ts";
import { toPlain } from "@weighlock/core/plain.ts";
import { type Reconciliation, reconciliationDigest, reconciliationSigner } from "@weighlock/core/reconciliation.ts";
import { collectReconciliations } from "@weighlock/monitor/collectReconciliations.ts";
import { type Address, type Hex, isHex } from "viem";
import { z } from "zod";
import { OperationError, UsageError } from "./errors.ts";
import type { Network } from "./network.ts";
import { CONTROLLER_KEYS } from "./operations.ts";
import type { ScopeId } from "./scope.ts";

export type SignedReconciliation = {
  reconciliation: Reconciliation;
  /** In ascending order of their signers, each signer once, as the pause controller asks for them. */
  signatures: readonly Hex[];
  signers: readonly Address[];
};

const u64 = z.union([z.string().regex(/^\d{1,39}$/), z.number().int().nonnegative()]).transform(BigInt);
const small = z.coerce.number().int().nonnegative();
const hex = z
  .string()
  .refine((value) => isHex(value), "expected hex")
  .transform((value) => value as Hex);
const signature = hex.refine((value) => value.length === 132, "expected 65 bytes of hex");
/** A monitor's answer, or several in one as `writeSigned` has them. */
const Signed = z
  .object({
    reconciliation: z.object({
      scope: small,
      id: small,
      stoppedAt: u64,
      lanes: z.array(
        z.object({ eid: small, executed: u64, executedHead: hex, assets: z.array(small), amounts: z.array(u64) }),
      ),
      observedAt: u64,
    }),
    signature: signature.optional(),
    signatures: z.array(signature).default([]),
  })
  .transform(({ reconciliation, signature: one, signatures }) => ({
    reconciliation,
    signatures: one === undefined ? signatures : [one, ...signatures],
  }))
  .refine(({ signatures }) => signatures.length > 0, { path: ["signature"], message: "expected 65 bytes of hex" });

/**
 * Where there are more than it takes, as many as it takes of the monitors' keys; where there are too few, all, for the controller
 * to say what is wrong with them.
 * @throws UsageError when a file is not one, or they are not of one reconciliation.
 */
export async function readSigned({
  files,
  network,
  chain,
}: {
  files: readonly string[];
  network: Network;
  chain: ChainDeployment;
}): Promise<SignedReconciliation> {
  const signed = await Promise.all(files.map((file) => readSignedFile({ file, at: chain })));
  const [first] = signed;
  if (first === undefined) throw new UsageError("Give what the monitors signed: --signed <file> for each of them");
  const other = signed.findIndex(({ digest }) => digest !== first.digest);
  if (other !== -1) {
    throw new UsageError(`${files[other]} is of another reconciliation than ${files[0]}; have all sign the same one`);
  }
  const bySigner = new Map(signed.flatMap(({ signatures }) => signatures));
  const sorted = [...bySigner].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const { threshold, isMonitor } = await readController({ network, chain });
  const known = await Promise.all(sorted.map(([signer]) => isMonitor(signer)));
  const enough = sorted.filter((_, i) => known[i]).slice(0, threshold);
  const taken = enough.length === threshold ? enough : sorted;
  return {
    reconciliation: first.reconciliation,
    signatures: taken.map(([, each]) => each),
    signers: taken.map(([signer]) => signer),
  };
}

async function readSignedFile({ file, at }: { file: string; at: ChainDeployment }): Promise<{
  reconciliation: Reconciliation;
  digest: Hex;
  signatures: (readonly [signer: Address, signature: Hex])[];
}> {
  if (!existsSync(file)) throw new UsageError(`There is no signed reconciliation at ${file}`);
  const result = Signed.safeParse(readJsonObject(file));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new UsageError(`${file} is no signed reconciliation: ${issue?.path.join(".")} ${issue?.message}`);
  }
  const { reconciliation, signatures } = result.data;
  try {
    const signed = signatures.map(
      async (each) => [await reconciliationSigner({ at, reconciliation, signature: each }), each] as const,
    );
    return {
      reconciliation,
      digest: reconciliationDigest({ at, reconciliation }),
      signatures: await Promise.all(signed),
    };
  } catch (cause) {
    throw new UsageError(`${file} is no signed reconciliation: ${messageOf(cause)}`, { cause });
  }
}

/** For the owners who sign after the first: `readSigned` reads it. */
export function writeSigned({ file, signed }: { file: string; signed: SignedReconciliation }): void {
  writeFileSync(file, `${JSON.stringify(toPlain(signed), null, 2)}\n`);
}

/**
 * Asks the monitors at these URLs. What they say of themselves counts for nothing: how many it takes and whose keys count is
 * the controller's to say.
 * @throws OperationError where nothing is stopped; NotReconciledError, with what each said, where too few sign the same.
 */
export async function collectSigned({
  network,
  chain,
  scope: { scope, scopeName, id, name },
  monitors,
}: {
  network: Network;
  chain: ChainDeployment;
  scope: ScopeId;
  monitors: readonly string[];
}): Promise<SignedReconciliation> {
  const { client } = await network.connect(chain);
  const stoppedAt = await client.readContract({
    address: chain.pauseController,
    abi: pauseControllerAbi,
    functionName: "stoppedAt",
    args: [scope, id],
  });
  if (stoppedAt === 0n) throw new OperationError(`Nothing is to be resumed: ${name} is not stopped on ${chain.name}.`);
  const controller = await readController({ network, chain });
  return collectReconciliations({ ...controller, monitors, chain, scope: scopeName, id });
}

/** How many monitors it takes on that chain, and whose keys are monitors'. */
async function readController({ network, chain }: { network: Network; chain: ChainDeployment }) {
  const { client } = await network.connect(chain);
  const controller = { address: chain.pauseController, abi: pauseControllerAbi } as const;
  const threshold = await client.readContract({ ...controller, functionName: "monitorThreshold" });
  return {
    threshold: Number(threshold),
    isMonitor: async (signer: Address) => {
      const key = await client.readContract({ ...controller, functionName: "keyOf", args: [signer] });
      return key === CONTROLLER_KEYS.monitor;
    },
  };
}
