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
  Partial<
    Record<
      "Gateway" | "CollateralVault" | "ClearingHouse" | "LayerZeroPath" | "WatcherPath" | "PauseController",
      Artifact
    >
  >
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
/** Proposes and ends stops. It has no delay of its own: the pause controller has one between the two. */
export const RESUMER_ROLE = 3n;

/** Powers of the pause controller's own keys: `IPauseController.Key`. */
export const CONTROLLER_KEY = { pauser: 1, guardian: 2, monitor: 3 } as const;
/** `types/Direction.sol`. */
export const DIRECTION = { in: 0, out: 1 } as const;

/**
 * `app` is the vault or the clearing house; what only a vault has is under `vault`. What changes the access manager itself stays
 * its admin's, which is the council too; named here, the guardian can veto it like all else.
 */
export const COUNCIL_FUNCTIONS = {
  accessManager: [
    "labelRole",
    "setRoleAdmin",
    "setRoleGuardian",
    "setGrantDelay",
    "setTargetAdminDelay",
    "updateAuthority",
    "setTargetClosed",
    "setTargetFunctionRole",
    "grantRole",
    "revokeRole",
  ],
  gateway: ["openLane", "addPath", "loosenWindow", "closeLane"],
  layerZeroPath: ["openRemote"],
  watcherPath: ["openRemote"],
  app: ["listAsset", "loosenAsset"],
  vault: ["clearRelease", "strike"],
  pauseController: ["setKey"],
} as const;
export const RESUMER_FUNCTIONS = { pauseController: ["proposeResume", "resume", "liftQuarantine"] } as const;
export const GUARDIAN_FUNCTIONS = {
  gateway: ["tightenWindow", "disablePath"],
  layerZeroPath: ["skip", "nilify"],
  app: ["tightenAsset"],
  vault: ["vetoRelease"],
  pauseController: ["removeKey"],
} as const;
