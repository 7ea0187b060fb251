/** The Safes that hold the roles on one chain. */

import type { Address } from "viem";
import type { DevAccount } from "../anvil.ts";
import { createSafe, deploySafeStack, type SafeSpec, type SafeStack } from "../safe/deploy.ts";
import type { ChainSpec, Keys, NetworkSpec } from "../spec.ts";
import type { Transactor } from "../transactor.ts";

export type RoleSafes = { safeStack: SafeStack; council: Address; guardian: Address };

export function roleSafeSpecs({
  network,
  keys,
}: {
  network: NetworkSpec;
  keys: Keys;
}): Record<"council" | "guardian", SafeSpec> {
  const spec = (owners: readonly DevAccount[], threshold: number) => ({
    owners: owners.map(({ address }) => address),
    threshold,
  });
  return {
    council: spec(keys.council, network.council.threshold),
    guardian: spec(keys.guardian, network.guardian.threshold),
  };
}

/** Queues everything on the transactor; the caller flushes it. */
export function deployRoleSafes({
  transactor,
  network,
  spec: { chainId },
  keys,
}: {
  transactor: Transactor;
  network: NetworkSpec;
  spec: ChainSpec;
  keys: Keys;
}): RoleSafes {
  const safeStack = deploySafeStack({ transactor, chainId });
  const specs = roleSafeSpecs({ network, keys });
  const create = (name: keyof typeof specs): Address =>
    createSafe({ transactor, stack: safeStack, spec: specs[name], label: `create the ${name}'s Safe` });
  return { safeStack, council: create("council"), guardian: create("guardian") };
}
