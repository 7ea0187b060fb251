/** What every command is given: where to write, and the deployment that its options name. */

import { type Command, Option } from "commander";
import { DEFAULT_DEPLOYMENT, type Network, openNetwork } from "./network.ts";
import { createOutput, type Output, type Streams } from "./output.ts";

export type Surroundings = { streams: Streams; env: Readonly<Record<string, string | undefined>> };

export type NetworkOptions = { deployment: string; json?: boolean };

/** An option that may be given more than once. `otherwise`: what holds without it, for the help. */
export const repeated = (flags: string, description: string, otherwise = "none"): Option =>
  new Option(flags, description).argParser((value, before: string[]) => [...before, value]).default([], otherwise);

export function addNetworkOptions(command: Command): Command {
  return command
    .option("--deployment <file>", "the deployment: a devnet's file, or {chains: […]}", DEFAULT_DEPLOYMENT)
    .option("--json", "one JSON value on stdout, numbers in smallest units as strings");
}

export function addKeyOptions(command: Command): Command {
  return command
    .option("--key-role <role>", "sign with this key of the deployment file (default: trader)")
    .option("--private-key-file <file>", "sign with the key in this file: 0x and 64 hex digits");
}

/** Closes the network however the action ends. */
export async function withNetwork<Options extends NetworkOptions>(
  { streams }: Surroundings,
  options: Options,
  action: (network: Network, output: Output) => Promise<void>,
): Promise<void> {
  const network = openNetwork({ file: options.deployment });
  try {
    await action(network, createOutput({ isJson: options.json === true, streams }));
  } finally {
    await network.close();
  }
}

/** Seconds as typed. */
export const DEFAULT_TIMEOUT = "300";
