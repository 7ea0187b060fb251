/** `.weighlock/devnet.json`: where a deployment's chains, contracts, keys and services are. */

import { type Address, getAddress, type Hex, isAddress, isHex } from "viem";
import { z } from "zod";
import { configError, readJsonObject, sealed } from "./config.ts";
import { FatalError } from "./errors.ts";

const address = z
  .string()
  .refine((value) => isAddress(value, { strict: false }), "expected an address")
  .transform((value): Address => getAddress(value));
const bytes32 = z
  .string()
  .refine((value) => isHex(value) && value.length === 66, "expected 32 bytes of hex")
  .transform((value) => value as Hex);
const url = z.string().refine((value) => URL.canParse(value), "expected a URL");
const eid = z.number().int().min(1).max(0xffff_ffff);
const decimals = z.number().int().min(0).max(77);

export const PathDeployment = z.object({
  name: z.string().min(1),
  address,
  /** The path's bit in a mask. */
  index: z.number().int().min(0).max(7),
  /** Whether it is a message network, of which `execute` needs one. */
  isNetwork: z.boolean(),
});

export const AssetDeployment = z.object({
  id: z.number().int().min(0).max(0xffff),
  symbol: z.string().min(1),
  /** null where the asset has no token, as on the hub. */
  token: address.nullable(),
  decimals,
  /** Decimals of a canonical unit. */
  canonicalDecimals: decimals,
});

export const DvnDeployment = z.object({
  name: z.string().min(1),
  address,
  vid: z.number().int().min(0).max(0xffff_ffff),
  /** The contract that may call nothing but the DVN's `execute`. */
  submitter: address.optional(),
});

const chain = z.object({
  name: z.string().min(1),
  chainId: z.number().int().positive(),
  eid,
  rpcUrl: url,
  gateway: address,
  paths: z.array(PathDeployment),
  assets: z.array(AssetDeployment),
  accessManager: address,
  pauseController: address,
  /** The Safes that hold the access manager's roles. */
  council: address,
  guardian: address,
  tipJar: address,
  /** No log of this deployment is older. */
  deployBlock: z.number().int().min(0),
  layerZero: z.object({
    endpoint: address,
    sendUln: address,
    receiveUln: address,
    executor: address,
    dvns: z.array(DvnDeployment),
  }),
});

export const HubDeployment = chain.extend({ role: z.literal("hub"), clearingHouse: address });
export const VaultDeployment = chain.extend({ role: z.literal("vault"), vault: address, permit2: address });

const chains = z
  .array(z.discriminatedUnion("role", [HubDeployment, VaultDeployment]))
  .superRefine((value, { addIssue }) => {
    const issue = (message: string) => addIssue({ code: "custom", path: [], message });
    if (value.filter(({ role }) => role === "hub").length !== 1) issue("expected exactly one hub");
    for (const field of ["name", "eid", "chainId"] as const) {
      if (new Set(value.map((each) => each[field])).size !== value.length) issue(`two chains share one ${field}`);
    }
  });

/** `.weighlock/deployment.json`: what every process may read. It holds nobody's key. */
export const PublicDeployment = z.object({ chains });

export const Deployment = PublicDeployment.extend({
  keys: z.array(z.object({ role: z.string().min(1), address, privateKey: bytes32 })),
  redisUrl: url,
  apis: z.record(z.string(), url),
});

export type PublicDeployment = Readonly<z.output<typeof PublicDeployment>>;
export type Deployment = Readonly<z.output<typeof Deployment>>;
export type HubDeployment = z.output<typeof HubDeployment>;
export type VaultDeployment = z.output<typeof VaultDeployment>;
export type ChainDeployment = HubDeployment | VaultDeployment;
export type PathDeployment = z.output<typeof PathDeployment>;
export type AssetDeployment = z.output<typeof AssetDeployment>;
export type DvnDeployment = z.output<typeof DvnDeployment>;
export type KeyDeployment = Deployment["keys"][number];
export type LaneDeployment = { src: ChainDeployment; dst: ChainDeployment };

/** Something that the deployment file does not have. */
export class NotDeployedError extends FatalError {
  override name = "NotDeployedError";
}

/** Throws ConfigError with every bad key at once. Frozen; private keys are hidden when it is printed. */
export function readDeployment(file: string): Deployment {
  return parseDeployment(readJsonObject(file), file);
}

export function parseDeployment(value: unknown, file?: string): Deployment {
  return parse(Deployment, value, file);
}

/** Throws ConfigError with every bad key at once. Frozen. */
export function readPublicDeployment(file: string): PublicDeployment {
  return parse(PublicDeployment, readJsonObject(file), file);
}

function parse<Schema extends z.ZodObject>(schema: Schema, value: unknown, file?: string): Readonly<z.output<Schema>> {
  const result = schema.safeParse(value);
  if (result.success) return sealed(result.data);
  const problems = result.error.issues.map(({ path, message }) => [path.map(String).join("."), message]);
  throw configError(file, Object.fromEntries(problems));
}

export function hubOf({ chains }: Pick<Deployment, "chains">): HubDeployment {
  return found(
    chains.find((chain) => chain.role === "hub"),
    "hub",
    chains.map(({ name }) => name),
  );
}

export function vaultsOf({ chains }: Pick<Deployment, "chains">): VaultDeployment[] {
  return chains.filter((chain) => chain.role === "vault");
}

export function chainByName({ chains }: Pick<Deployment, "chains">, name: string): ChainDeployment {
  return found(
    chains.find((chain) => chain.name === name),
    `chain "${name}"`,
    chains.map((chain) => chain.name),
  );
}

export function chainByEid({ chains }: Pick<Deployment, "chains">, wanted: number): ChainDeployment {
  return found(
    chains.find((chain) => chain.eid === wanted),
    `chain with eid ${wanted}`,
    chains.map((chain) => chain.eid),
  );
}

export function keyOf({ keys }: Pick<Deployment, "keys">, role: string): KeyDeployment {
  return found(
    keys.find((key) => key.role === role),
    `key for the role "${role}"`,
    keys.map((key) => key.role),
  );
}

export function pathByName({ paths, name: chain }: ChainDeployment, name: string): PathDeployment {
  return found(
    paths.find((path) => path.name === name),
    `path "${name}" on ${chain}`,
    paths.map((path) => path.name),
  );
}

export function assetById({ assets, name: chain }: ChainDeployment, id: number): AssetDeployment {
  return found(
    assets.find((asset) => asset.id === id),
    `asset ${id} on ${chain}`,
    assets.map((asset) => asset.id),
  );
}

/** Every ordered hub–vault pair: to the hub first, then from it. */
export function lanesOf(deployment: Pick<Deployment, "chains">): LaneDeployment[] {
  const hub = hubOf(deployment);
  return vaultsOf(deployment).flatMap((vault): LaneDeployment[] => [
    { src: vault, dst: hub },
    { src: hub, dst: vault },
  ]);
}

function found<Value>(value: Value | undefined, what: string, known: readonly unknown[]): Value {
  if (value !== undefined) return value;
  throw new NotDeployedError(`The deployment has no ${what}.`, { details: { known } });
}
