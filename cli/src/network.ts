/** A deployment and the way to its chains: what every verb works on. */

import { existsSync, readFileSync } from "node:fs";
import { type Chain, createChain } from "@weighlock/core/chains.ts";
import { createCommon } from "@weighlock/core/common.ts";
import { readJsonObject } from "@weighlock/core/config.ts";
import { type ChainDeployment, type Deployment, parseDeployment } from "@weighlock/core/deployment.ts";
import { createSender, type Sender } from "@weighlock/core/sender.ts";
import type { Hex } from "viem";
import { UsageError } from "./errors.ts";

export const DEFAULT_DEPLOYMENT = ".weighlock/devnet.json";
export const PRIVATE_KEY_VARIABLE = "WEIGHLOCK_PRIVATE_KEY";
const PRIVATE_KEY = /^0x[0-9a-fA-F]{64}$/;

export type Network = {
  deployment: Pick<Deployment, "chains" | "keys">;
  /** Asks the node for its chain id once. */
  connect(chain: ChainDeployment): Promise<Chain>;
  sender(chain: ChainDeployment, privateKey: Hex): Promise<Sender>;
  close(): Promise<void>;
};

/** `file` is a devnet's file or the public one, `{"chains": […]}`. Throws UsageError or ConfigError. */
export function openNetwork({ file }: { file: string }): Network {
  // The public file has neither keys nor services.
  const empty = { keys: [], redisUrl: "redis://127.0.0.1:6379", apis: {} };
  return createNetwork(parseDeployment({ ...empty, ...readDeploymentFile(file) }, file));
}

/** Throws UsageError where there is none, ConfigError where it is no JSON object. */
export function readDeploymentFile(file: string): Record<string, unknown> {
  if (existsSync(file)) return readJsonObject(file);
  throw new UsageError(
    `There is no deployment at ${file}; start a local one with "weighlock devnet up", or name yours with --deployment`,
  );
}

export function createNetwork(deployment: Network["deployment"]): Network {
  const common = createCommon({ service: "cli", logLevel: "silent", signals: false });
  const connected = new Map<string, Promise<Chain>>();

  const connect = (chain: ChainDeployment): Promise<Chain> => {
    const { name, chainId, rpcUrl } = chain;
    const known = connected.get(name) ?? createChain({ name, chainId, rpcUrl });
    connected.set(name, known);
    return known;
  };

  return {
    deployment,
    connect,
    sender: async (chain, privateKey) => createSender({ common, chain: await connect(chain), privateKey }),
    close: async () => {
      await common.shutdown.stop("done");
    },
  };
}

export type KeyChoice = { keyRole?: string | undefined; privateKeyFile?: string | undefined };

/** A named file or role first, then the environment, then the deployment's `fallback`. Throws UsageError. */
export function choosePrivateKey({
  deployment: { keys },
  choice: { keyRole, privateKeyFile },
  env,
  fallback = "trader",
}: {
  deployment: Pick<Deployment, "keys">;
  choice: KeyChoice;
  env: Readonly<Record<string, string | undefined>>;
  fallback?: string;
}): Hex {
  if (keyRole !== undefined && privateKeyFile !== undefined) {
    throw new UsageError("Give either --key-role or --private-key-file");
  }
  if (privateKeyFile !== undefined) return readKeyFile(privateKeyFile);
  const fromEnv = env[PRIVATE_KEY_VARIABLE];
  if (keyRole === undefined && fromEnv !== undefined && fromEnv !== "") {
    if (!PRIVATE_KEY.test(fromEnv)) throw new UsageError(`${PRIVATE_KEY_VARIABLE} is not 0x and 64 hex digits`);
    return fromEnv as Hex;
  }
  const role = keyRole ?? fallback;
  const key = keys.find((each) => each.role === role);
  if (key) return key.privateKey;
  if (keys.length === 0) {
    throw new UsageError(`This deployment has no keys; give --private-key-file or set ${PRIVATE_KEY_VARIABLE}`);
  }
  throw new UsageError(`There is no key "${role}"; the deployment has ${keys.map((each) => each.role).join(", ")}`);
}

export function readKeyFile(file: string): Hex {
  if (!existsSync(file)) throw new UsageError(`There is no key file at ${file}`);
  const text = readFileSync(file, "utf8").trim();
  if (!PRIVATE_KEY.test(text)) throw new UsageError(`${file} must hold 0x and 64 hex digits, and nothing else`);
  return text as Hex;
}
