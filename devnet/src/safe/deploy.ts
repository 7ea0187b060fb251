/** Deploys Safe 1.4.1 on one chain, and Safes there. */

import {
  type Address,
  concat,
  encodeFunctionData,
  encodePacked,
  getContractAddress,
  keccak256,
  pad,
  zeroAddress,
} from "viem";
import type { Transactor } from "../transactor.ts";
import { type SafeContract, safeArtifact } from "./artifacts.ts";

/** What every Safe of a chain shares. */
export type SafeStack = { chainId: number; singleton: Address; factory: Address; fallbackHandler: Address };

/** `threshold` of the owners act for the Safe. */
export type SafeSpec = { owners: readonly Address[]; threshold: number };

/** Queues the shared contracts on the transactor; the caller flushes it. */
export function deploySafeStack({ transactor, chainId }: { transactor: Transactor; chainId: number }): SafeStack {
  const deploy = (name: SafeContract): Address => transactor.deploy({ artifact: safeArtifact(name) });
  return {
    chainId,
    singleton: deploy("Safe"),
    factory: deploy("SafeProxyFactory"),
    fallbackHandler: deploy("CompatibilityFallbackHandler"),
  };
}

/**
 * Queues one Safe on the transactor and tells where it will be. Its chain is in its address, so that it is nobody's
 * address on another chain, as the devnet wants of every account.
 */
export function createSafe({
  transactor,
  stack: { chainId, singleton, factory, fallbackHandler },
  spec: { owners, threshold },
  label,
}: {
  transactor: Transactor;
  stack: SafeStack;
  spec: SafeSpec;
  label: string;
}): Address {
  const initializer = encodeFunctionData({
    abi: safeArtifact("Safe").abi,
    functionName: "setup",
    args: [owners, BigInt(threshold), zeroAddress, "0x", fallbackHandler, zeroAddress, 0n, zeroAddress],
  });
  transactor.call({
    to: factory,
    abi: safeArtifact("SafeProxyFactory").abi,
    functionName: "createChainSpecificProxyWithNonce",
    args: [singleton, initializer, 0n],
    label,
  });
  const salt = encodePacked(["bytes32", "uint256", "uint256"], [keccak256(initializer), 0n, BigInt(chainId)]);
  const bytecode = concat([safeArtifact("SafeProxy").bytecode, pad(singleton)]);
  return getContractAddress({ opcode: "CREATE2", from: factory, salt: keccak256(salt), bytecode });
}
