/** The watcher's configuration file; docs and an example in watcher/README.md and watcher/config.example.json. */

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ConfigError, configError, readConfig } from "@weighlock/core/config.ts";
import { createLogger, type Logger } from "@weighlock/core/logger.ts";
import { AllowSingleSource, checkSigningSources, Sources } from "@weighlock/core/rpcSources.ts";
import type { Hex } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { readPublicDeployment, type WatchedChain } from "./deployment.ts";

const PRIVATE_KEY = /^0x[0-9a-fA-F]{64}$/;

export const WatcherConfig = z.object({
  /** The key that signs: 32 bytes of hex. Either this or `privateKeyFile`. */
  privateKey: z
    .string()
    .regex(PRIVATE_KEY, "expected 32 bytes of hex")
    .transform((value) => value as Hex)
    .optional(),
  /** A file that holds nothing but the key; relative to this file. */
  privateKeyFile: z.string().min(1).optional(),
  /** The public deployment file `{chains: […]}`; relative to this file. */
  deployment: z.string().min(1),
  /** RPC URLs by chain name. All of a chain's sources must agree; name nodes that nobody else runs. */
  sources: Sources,
  /** For local networks: a chain may have one source, and no lie of it would be seen. Otherwise at least two. */
  allowSingleSource: AllowSingleSource,
  /** Name of the watchers' path in the deployment file. */
  path: z.string().min(1).default("watcher"),
  host: z.string().min(1).default("127.0.0.1"),
  /** 0 takes a free one. */
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  /** Between two looks at a chain. */
  pollMs: z.coerce.number().int().min(10).default(1_000),
  /** Blocks in one eth_getLogs. */
  maxRange: z.coerce.number().int().min(1).default(1_000),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

export type WatcherSettings = Readonly<Omit<z.output<typeof WatcherConfig>, "privateKey" | "privateKeyFile">>;
/** `sources` has every chain of `chains`. */
export type WatcherSetup = { settings: WatcherSettings; account: PrivateKeyAccount; chains: WatchedChain[] };

/** Reads the file, the key and the deployment; throws ConfigError with what is wrong. */
export function readSetup({
  file,
  env = {},
  logger,
}: {
  file: string;
  env?: Readonly<Record<string, string | undefined>>;
  /** For warnings; its own, to stdout, by default. */
  logger?: Logger;
}): WatcherSetup {
  const { privateKey, privateKeyFile, ...settings } = readConfig({ schema: WatcherConfig, file, env });
  const beside = (path: string) => resolve(dirname(file), path);
  if ((privateKey === undefined) === (privateKeyFile === undefined)) {
    throw configError(file, { key: "give either privateKey or privateKeyFile" });
  }
  const account = privateKeyToAccount(privateKey ?? readKeyFile(beside(privateKeyFile ?? "")));
  const chains = readPublicDeployment({ file: beside(settings.deployment), pathName: settings.path });
  const { sources, allowSingleSource, logLevel: level } = settings;
  checkSigningSources({
    file,
    sources,
    allowSingleSource,
    chains,
    logger: logger ?? createLogger({ service: "watcher", level }),
  });
  return { settings, account, chains };
}

function readKeyFile(file: string): Hex {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new ConfigError("The key file can't be read; check privateKeyFile and its permissions.", {
      details: { file },
      cause,
    });
  }
  if (!PRIVATE_KEY.test(text)) {
    throw new ConfigError("The key file must hold 32 bytes of hex, starting with 0x, and nothing else.", {
      details: { file },
    });
  }
  return text as Hex;
}
