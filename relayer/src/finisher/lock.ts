/** Whether something that waits is locked or stopped, by the chain's own clocks: a try before its time would only burn a simulation. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { Chain } from "@weighlock/core/chains.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { unpackEntry } from "@weighlock/core/entry.ts";
import { isUnlocked, isVetoed, LARGE_QUORUM, NEVER, waitsForPath } from "@weighlock/core/waiting.ts";
import { appOf, type Waiting } from "./waiting.ts";

/** Of the contracts' `Direction`. */
const IN = 0;

export type Lock =
  | { type: "open" /** Seconds of its clock. */; clock: bigint }
  | { type: "vetoed" }
  /** `seconds`: at least so long, if nothing stops meanwhile. */
  | { type: "locked"; seconds: bigint; needsPath: boolean };

/** Unix seconds until which nothing of its lane or asset may be finished; NEVER while the lane is halted. */
async function readStop({
  chain,
  deployment,
  waiting: { srcEid, entry },
}: {
  chain: Chain;
  deployment: ChainDeployment;
  waiting: Waiting;
}): Promise<bigint> {
  const gateway = { address: deployment.gateway, abi: gatewayAbi } as const;
  const { asset } = unpackEntry(entry);
  const [halt, lane, ofAsset] = await Promise.all([
    chain.client.readContract({ ...gateway, functionName: "haltOf", args: [srcEid] }),
    chain.client.readContract({ ...gateway, functionName: "pausedUntil", args: [srcEid, IN] }),
    chain.client.readContract({
      address: appOf(deployment),
      abi: collateralVaultAbi,
      functionName: "assetPausedUntil",
      args: [asset],
    }),
  ]);
  if (halt !== 0) return NEVER;
  return lane > ofAsset ? lane : ofAsset;
}

/** Its own clock, which stands still while its lane or its asset is stopped. */
export function readClock({
  chain,
  deployment,
  waiting: { srcEid, entry },
}: {
  chain: Chain;
  deployment: ChainDeployment;
  waiting: Waiting;
}): Promise<bigint> {
  const { asset } = unpackEntry(entry);
  if (deployment.role === "vault") {
    const at = { address: deployment.vault, abi: collateralVaultAbi } as const;
    return chain.client.readContract({ ...at, functionName: "clockOf", args: [asset] });
  }
  const at = { address: deployment.clearingHouse, abi: clearingHouseAbi } as const;
  return chain.client.readContract({ ...at, functionName: "clockOf", args: [srcEid, asset] });
}

export async function readLock({
  chain,
  deployment,
  waiting,
}: {
  chain: Chain;
  deployment: ChainDeployment;
  waiting: Waiting;
}): Promise<Lock> {
  const { terms, srcEid, index } = waiting;
  if (isVetoed(terms)) return { type: "vetoed" };
  const needsPath = waitsForPath(terms);
  const [clock, stop, { number: block, timestamp }, quorum] = await Promise.all([
    readClock({ chain, deployment, waiting }),
    readStop({ chain, deployment, waiting }),
    chain.client.getBlock(),
    needsPath
      ? chain.client.readContract({
          address: deployment.gateway,
          abi: gatewayAbi,
          functionName: "quorum",
          args: [srcEid, index],
        })
      : 0n,
  ]);
  if (stop > timestamp) return { type: "locked", seconds: stop - timestamp, needsPath: false };
  // A try is mined in the next block.
  if (isUnlocked(terms, { clock, block: block + 1n, quorum })) return { type: "open", clock };
  const seconds = terms.unlockAt > clock ? terms.unlockAt - clock : 0n;
  // A block takes a second at least; where it takes more, it is looked at again.
  const blocks = terms.unlockBlock > block ? terms.unlockBlock - block : 0n;
  return {
    type: "locked",
    seconds: seconds > blocks ? seconds : blocks,
    needsPath: needsPath && quorum < LARGE_QUORUM,
  };
}
