/** The production bytecode of Safe 1.4.1, from the npm package that its source lives in. */

import { packagedArtifact } from "../packagedArtifact.ts";
import type { Artifact } from "../transactor.ts";

const CONTRACTS = "@safe-global/safe-contracts/build/artifacts/contracts";

const FILES = {
  Safe: `${CONTRACTS}/Safe.sol/Safe.json`,
  SafeProxy: `${CONTRACTS}/proxies/SafeProxy.sol/SafeProxy.json`,
  SafeProxyFactory: `${CONTRACTS}/proxies/SafeProxyFactory.sol/SafeProxyFactory.json`,
  CompatibilityFallbackHandler: `${CONTRACTS}/handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler.json`,
} as const;

export type SafeContract = keyof typeof FILES;

export function safeArtifact(name: SafeContract): Artifact {
  return packagedArtifact({ name, file: FILES[name] });
}
