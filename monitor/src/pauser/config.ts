/** The pauser's configuration file; docs in monitor/README.md, an example in config.example.json beside this file. */

import { readConfig } from "@weighlock/core/config.ts";
import type { PublicDeployment } from "@weighlock/core/deployment.ts";
import { url } from "@weighlock/core/rpcSources.ts";
import { z } from "zod";
import { PrivateKey, ReaderConfig, readChains } from "../config.ts";

export const PauserConfig = ReaderConfig.extend({
  /** The key of a pauser: it can stop a lane's direction on every chain and nothing else. */
  privateKey: PrivateKey,
  /** URLs of monitors. Each is believed nothing: what one says is looked up. */
  monitors: z
    .array(url.transform((text) => text.replace(/\/+$/, "")))
    .min(1)
    .refine((urls) => new Set(urls).size === urls.length, "the same URL twice is one monitor"),
  /** A monitor that has not answered for so long is silent. */
  silentSeconds: z.coerce.number().int().min(1).default(60),
  /** Ids of facts that somebody has looked at and on which nothing is to be paused again. */
  dismissed: z.array(z.string()).default([]),
});

export type PauserSettings = Readonly<z.output<typeof PauserConfig>>;
export type PauserSetup = { settings: PauserSettings; deployment: PublicDeployment };

/** Reads the file and the deployment; throws ConfigError with what is wrong. */
export function readSetup({
  file,
  env = {},
}: {
  file: string;
  env?: Readonly<Record<string, string | undefined>>;
}): PauserSetup {
  const settings = readConfig({ schema: PauserConfig, file, env });
  return { settings, deployment: readChains({ file, settings, service: "pauser" }) };
}
