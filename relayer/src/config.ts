/** The configuration of the dispatcher and executor process; an example is relayer/config.example.json. */

import { dirname, resolve } from "node:path";
import { readConfig } from "@weighlock/core/config.ts";
import { type PublicDeployment, readPublicDeployment } from "@weighlock/core/deployment.ts";
import { checkSources, Sources, url } from "@weighlock/core/rpcSources.ts";
import type { Hex } from "viem";
import { z } from "zod";
import { privateKey, resolveKey } from "./keyFile.ts";

const seconds = z.coerce.number().int().nonnegative();

// The environment says everything in text.
const UseTipJars = z.union([z.boolean(), z.stringbool()]);

export const RelayerConfig = z.object({
  /** Pays for gas on every chain and has no authority. Either this or `gasKeyFile`. */
  gasKey: privateKey.optional(),
  /** A file that holds nothing but the key; relative to this file. */
  gasKeyFile: z.string().min(1).optional(),
  /** The public deployment file `{chains: […]}`; relative to this file. */
  deployment: z.string().min(1),
  /** RPC URLs by chain name; the first is used, since nothing is decided here that a second could protect. */
  sources: Sources,
  redisUrl: url,
  /** Base URLs of the watchers. */
  watcherUrls: z.array(url).min(1, "expected at least one watcher"),
  /** Names of the two paths in the deployment; without them, the only network and the only other one. */
  paths: z.object({ layerZero: z.string().optional(), watchers: z.string().optional() }).default({}),
  dispatch: z
    .object({
      /** The oldest undispatched entry waits at most so long. */
      maxAgeSeconds: seconds.default(30),
      /** So many undispatched entries do not wait. */
      maxCount: z.coerce.number().int().positive().default(50),
      /** Something executed is acknowledged after so long, if no dispatch did before. */
      ackAgeSeconds: seconds.default(600),
    })
    .prefault({}),
  /** Dispatch through a lane's tip jar where it pays for that. */
  useTipJars: UseTipJars.default(true),
  execute: z
    .object({
      /** Gas of one `execute`; below mainnet's cap of 16.78M with the sender's margin. */
      maxGas: z.coerce.bigint().positive().max(13_000_000n).default(12_000_000n),
      /** Bytes of entries and suffix in one `execute`; nodes refuse transactions above 128 KiB. */
      maxBytes: z.coerce.number().int().min(20_000).max(126_000).default(110_000),
    })
    .prefault({}),
  /** Between two looks at what waits to be finished: parked releases, held entries. */
  finishSeconds: z.coerce.number().int().positive().default(60),
  host: z.string().min(1).default("127.0.0.1"),
  /** 0 takes a free one. */
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  /** Between two looks at a chain. */
  pollMs: z.coerce.number().int().min(10).default(1_000),
  /** Blocks in one eth_getLogs. */
  maxRange: z.coerce.number().int().min(1).default(1_000),
  /** Between two looks at lanes that seem done. */
  sweepSeconds: z.coerce.number().int().positive().default(30),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

/** As written in the file. */
export type RelayerConfigInput = z.input<typeof RelayerConfig>;
export type RelayerSettings = Readonly<Omit<z.output<typeof RelayerConfig>, "gasKey" | "gasKeyFile">>;
export type RelayerSetup = { settings: RelayerSettings; gasKey: Hex; deployment: PublicDeployment };

/** Reads the file, the key and the deployment; throws ConfigError with what is wrong. */
export function readRelayerSetup({
  file,
  env = {},
}: {
  file: string;
  env?: Readonly<Record<string, string | undefined>>;
}): RelayerSetup {
  const { gasKey: key, gasKeyFile: path, ...settings } = readConfig({ schema: RelayerConfig, file, env });
  const gasKey = resolveKey({ file, name: "gasKey", key, path });
  const deployment = readPublicDeployment(resolve(dirname(file), settings.deployment));
  checkSources({ file, sources: settings.sources, chains: deployment.chains });
  return { settings, gasKey, deployment };
}
