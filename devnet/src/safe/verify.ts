/** Reads a Safe back: who owns it, and that nothing but its owners can move it. */

import { safeAbi } from "@weighlock/core/safe.ts";
import { type Address, keccak256, type PublicClient, pad, parseAbi, stringToHex, zeroHash } from "viem";
import { check, type Read } from "../readBack.ts";
import type { SafeSpec, SafeStack } from "./deploy.ts";

const readsAbi = parseAbi([
  "function VERSION() view returns (string)",
  "function getModulesPaginated(address start, uint256 pageSize) view returns (address[] modules, address next)",
]);

/** Both ends of the contract's list of modules. */
const SENTINEL: Address = "0x0000000000000000000000000000000000000001";

const SINGLETON_SLOT = zeroHash;
const FALLBACK_HANDLER_SLOT = keccak256(stringToHex("fallback_manager.handler.address"));
const GUARD_SLOT = keccak256(stringToHex("guard_manager.guard.address"));

export function safeChecks({
  client,
  name,
  safe,
  stack,
  spec,
}: {
  client: PublicClient;
  name: string;
  safe: Address;
  stack: SafeStack;
  spec: SafeSpec;
}): Read[] {
  const at = { address: safe, abi: safeAbi } as const;
  const reads = { address: safe, abi: readsAbi } as const;
  const slot = (of: `0x${string}`) => client.getStorageAt({ address: safe, slot: of });
  return [
    check(`owners of the ${name}'s Safe`, spec.owners, client.readContract({ ...at, functionName: "getOwners" })),
    check(
      `threshold of the ${name}'s Safe`,
      spec.threshold,
      client.readContract({ ...at, functionName: "getThreshold" }),
    ),
    check(`version of the ${name}'s Safe`, "1.4.1", client.readContract({ ...reads, functionName: "VERSION" })),
    check(`code behind the ${name}'s Safe`, pad(stack.singleton), slot(SINGLETON_SLOT)),
    check(`fallback handler of the ${name}'s Safe`, pad(stack.fallbackHandler), slot(FALLBACK_HANDLER_SLOT)),
    // A module acts without the owners; a guard could stop them.
    check(
      `modules of the ${name}'s Safe`,
      [[], SENTINEL],
      client.readContract({ ...reads, functionName: "getModulesPaginated", args: [SENTINEL, 10n] }),
    ),
    check(`guard of the ${name}'s Safe`, zeroHash, slot(GUARD_SLOT)),
  ];
}
