/** The verifier's configuration; an example is relayer/src/verifier/config.example.json. */

import { dirname, resolve } from "node:path";
import { readConfig } from "@weighlock/core/config.ts";
import { type PublicDeployment, readPublicDeployment } from "@weighlock/core/deployment.ts";
import { createLogger, type Logger } from "@weighlock/core/logger.ts";
import { AllowSingleSource, checkSigningSources, Sources, url } from "@weighlock/core/rpcSources.ts";
import type { Hex } from "viem";
import { z } from "zod";
import { privateKey, resolveKey } from "../keyFile.ts";

export const VerifierConfig = z.object({
  /** Signs as our DVN's only signer and holds nothing. Either this or `signerKeyFile`. */
  signerKey: privateKey.optional(),
  /** A file that holds nothing but the key; relative to this file. */
  signerKeyFile: z.string().min(1).optional(),
  /** Pays for gas and has no authority. Either this or `gasKeyFile`. */
  gasKey: privateKey.optional(),
  gasKeyFile: z.string().min(1).optional(),
  /** The public deployment file `{chains: […]}`; relative to this file. */
  deployment: z.string().min(1),
  /** RPC URLs by chain name. All of a chain's sources must agree; name nodes that nobody else runs. */
  sources: Sources,
  /** For local networks: a chain may have one source, and no lie of it would be seen. Otherwise at least two. */
  allowSingleSource: AllowSingleSource,
  redisUrl: url,
  /** Folder for evidence that waits for finality; relative to this file. */
  dataDir: z.string().min(1),
  /** Our DVN's name in the deployment; without it, the only one that has a submitter. */
  dvn: z.string().min(1).optional(),
  /** Names of the two paths in the deployment; without them, the only network and the only other one. */
  paths: z.object({ layerZero: z.string().optional(), watchers: z.string().optional() }).default({}),
  /** How long a signature may be used, in seconds of the destination's clock. */
  expirySeconds: z.coerce.number().int().positive().default(3_600),
  host: z.string().min(1).default("127.0.0.1"),
  /** 0 takes a free one. */
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  /** Between two looks at a chain. */
  pollMs: z.coerce.number().int().min(10).default(1_000),
  /** Blocks in one eth_getLogs. */
  maxRange: z.coerce.number().int().min(1).default(1_000),
  /** Between two looks at packets that wait. */
  sweepSeconds: z.coerce.number().int().positive().default(30),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

/** As written in the file. */
export type VerifierConfigInput = z.input<typeof VerifierConfig>;
type Secrets = "signerKey" | "signerKeyFile" | "gasKey" | "gasKeyFile";
export type VerifierSettings = Readonly<Omit<z.output<typeof VerifierConfig>, Secrets>>;
export type VerifierSetup = {
  settings: VerifierSettings;
  signerKey: Hex;
  gasKey: Hex;
  deployment: PublicDeployment;
  /** Absolute. */
  dataDir: string;
};

/** Reads the file, the keys and the deployment; throws ConfigError with what is wrong. */
export function readVerifierSetup({
  file,
  env = {},
  logger,
}: {
  file: string;
  env?: Readonly<Record<string, string | undefined>>;
  /** For warnings; its own, to stdout, by default. */
  logger?: Logger;
}): VerifierSetup {
  const { signerKey, signerKeyFile, gasKey, gasKeyFile, ...settings } = readConfig({
    schema: VerifierConfig,
    file,
    env,
  });
  const beside = (path: string) => resolve(dirname(file), path);
  const deployment = readPublicDeployment(beside(settings.deployment));
  const { sources, allowSingleSource, logLevel: level } = settings;
  checkSigningSources({
    file,
    sources,
    allowSingleSource,
    chains: deployment.chains,
    logger: logger ?? createLogger({ service: "verifier", level }),
  });
  return {
    settings,
    signerKey: resolveKey({ file, name: "signerKey", key: signerKey, path: signerKeyFile }),
    gasKey: resolveKey({ file, name: "gasKey", key: gasKey, path: gasKeyFile }),
    deployment,
    dataDir: beside(settings.dataDir),
  };
}
