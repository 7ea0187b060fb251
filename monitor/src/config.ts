/** The monitor's configuration file; docs and an example in monitor/README.md and monitor/config.example.json. */

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { configError, readConfig } from "@weighlock/core/config.ts";
import { type PublicDeployment, readPublicDeployment } from "@weighlock/core/deployment.ts";
import { createLogger, type Logger } from "@weighlock/core/logger.ts";
import { AllowSingleSource, checkSigningSources, Sources } from "@weighlock/core/rpcSources.ts";
import type { Hex } from "viem";
import { z } from "zod";

/** What the monitor and the pauser both say of the chains they read and of their process. */
export const ReaderConfig = z.object({
  /** The public deployment file `{chains: […]}`; relative to this file. */
  deployment: z.string().min(1),
  /** RPC URLs by chain name. Two must say the same before it counts; name nodes that no verifier and no watcher uses. */
  sources: Sources,
  /** For local networks: a chain may have one source, and is then believed. Otherwise at least two. */
  allowSingleSource: AllowSingleSource,
  host: z.string().min(1).default("127.0.0.1"),
  /** 0 takes a free one. */
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  /** Between two looks at a chain. */
  pollMs: z.coerce.number().int().min(10).default(1_000),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

export const PrivateKey = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "expected 32 bytes of hex")
  .transform((value) => value as Hex);

export const MonitorConfig = ReaderConfig.extend({
  /** Blocks in one eth_getLogs. */
  maxRange: z.coerce.number().int().min(1).default(1_000),
  /** An attestation that can't be decided for so long is an alert. */
  undecidedAlertSeconds: z.coerce.number().int().min(1).default(60),
  /** Something that has been in quarantine for so long is an alert. */
  quarantineAlertSeconds: z.coerce.number().int().min(1).default(3_600),
  /** For so long what a council, guardian or pauser did is an alert. */
  actionAlertSeconds: z.coerce.number().int().min(1).default(86_400),
  /** Ids of facts that somebody has looked at: they keep nothing from being signed for. */
  dismissed: z.array(z.string()).default([]),
  /** The key that signs reconciliations: one of the controllers' monitors', and no path's. Without it nothing is signed. */
  signerPrivateKey: PrivateKey.optional(),
  /** Or a file with nothing else in it; relative to this file. */
  signerKeyFile: z.string().min(1).optional(),
});

export type MonitorSettings = Readonly<z.output<typeof MonitorConfig>>;
export type MonitorSetup = { settings: MonitorSettings; deployment: PublicDeployment; signerKey?: Hex };

/** Reads the file and the deployment; throws ConfigError with what is wrong. */
export function readSetup({
  file,
  env = {},
}: {
  file: string;
  env?: Readonly<Record<string, string | undefined>>;
}): MonitorSetup {
  const settings = readConfig({ schema: MonitorConfig, file, env });
  const deployment = readChains({ file, settings, service: "monitor" });
  const signerKey = readSignerKey({ file, settings });
  return { settings, deployment, ...(signerKey !== undefined && { signerKey }) };
}

function readSignerKey({
  file,
  settings: { signerPrivateKey, signerKeyFile },
}: {
  file: string;
  settings: MonitorSettings;
}): Hex | undefined {
  if (signerKeyFile === undefined) return signerPrivateKey;
  if (signerPrivateKey !== undefined) {
    throw configError(file, { signerKeyFile: "expected either a key or a file with one" });
  }
  let text: string;
  try {
    text = readFileSync(resolve(dirname(file), signerKeyFile), "utf8").trim();
  } catch {
    throw configError(file, { signerKeyFile: "expected a file that can be read" });
  }
  const key = PrivateKey.safeParse(text);
  if (key.success) return key.data;
  throw configError(file, { signerKeyFile: "expected a file with 32 bytes of hex and nothing else" });
}

/** The deployment that a configuration names, once its sources are found to fit. */
export function readChains({
  file,
  settings: { deployment, sources, allowSingleSource, logLevel },
  service,
  logger = createLogger({ service, level: logLevel }),
}: {
  file: string;
  settings: Readonly<z.output<typeof ReaderConfig>>;
  service: string;
  /** For warnings; its own, to stdout, by default. */
  logger?: Logger;
}): PublicDeployment {
  const found = readPublicDeployment(resolve(dirname(file), deployment));
  checkSigningSources({ file, sources, allowSingleSource, chains: found.chains, logger });
  return found;
}
