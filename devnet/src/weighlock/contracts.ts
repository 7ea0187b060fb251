/** What is deployed on one chain, and who may do what there. */

import type { Address } from "viem";
import type { LayerZeroStack } from "../layerzero/stack.ts";
import type { AssetSpec, ChainSpec } from "../spec.ts";
import type { Artifact } from "../transactor.ts";
import type { RoleSafes } from "./safes.ts";

export type DeployedAsset = AssetSpec & { token: Address | null; tokenDecimals: number };

/** One chain's Weighlock. `app` is the clearing house on the hub and the collateral vault elsewhere. */
export type DeployedChain = RoleSafes & {
  spec: ChainSpec;
  deployer: Address;
  layerZero: LayerZeroStack;
  dvnSubmitter: Address;
  accessManager: Address;
  gateway: Address;
  app: Address;
  pauseController: Address;
  layerZeroPath: Address;
  watcherPath: Address;
  tipJar: Address;
  assets: readonly DeployedAsset[];
};

/** Contracts with the same constructors and calls, deployed in place of ours. */
export type ReplacedContracts = Readonly<
  Partial<Record<"Gateway" | "CollateralVault" | "ClearingHouse" | "LayerZeroPath", Artifact>>
>;

/** Bits of a lane's path masks. */
export const LAYER_ZERO_PATH = 0;
export const WATCHER_PATH = 1;

/** Names of the two required DVNs: ours, and a stand-in for a third party's. */
export const OUR_DVN = "weighlock";
export const STRANGER_DVN = "stranger";

/** Roles of the access manager. 0 is its admin. */
export const ADMIN_ROLE = 0n;
/** Sets up and loosens, after a delay. */
export const COUNCIL_ROLE = 1n;
/** Tightens, at once. */
export const GUARDIAN_ROLE = 2n;
/** Ends pauses, after a delay that is shorter than a pause: a later one would be of no use. */
export const RESUMER_ROLE = 3n;

export const COUNCIL_FUNCTIONS = {
  gateway: ["openLane", "addPath", "loosenWindow"],
  layerZeroPath: ["openRemote"],
  watcherPath: ["openRemote"],
  app: ["listAsset"],
  pauseController: ["addPauser"],
} as const;
export const RESUMER_FUNCTIONS = { pauseController: ["resume"] } as const;
export const GUARDIAN_FUNCTIONS = {
  gateway: ["tightenWindow"],
  layerZeroPath: ["skip", "nilify"],
  pauseController: ["removePauser"],
} as const;
