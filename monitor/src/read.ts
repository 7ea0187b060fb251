/** Reads a whole deployment from its chains, by the contracts' views and their logs. */

import { createChain } from "@weighlock/core/chains.ts";
import {
  type AssetDeployment,
  type ChainDeployment,
  hubOf,
  lanesOf,
  type PublicDeployment,
  vaultsOf,
} from "@weighlock/core/deployment.ts";
import { readAsset, readVaultAsset } from "./books.ts";
import { createLogHistory, type History } from "./history.ts";
import { readLane } from "./lane.ts";
import { checkStillThere, type Pin } from "./pin.ts";
import type { Reading } from "./reading.ts";

/**
 * Once, from nothing: each chain at its latest block, its logs from the deployment on.
 * @throws RetryableError when a node contradicts itself, or its chain was reorganised below the reading: read again.
 */
export async function readDeploymentState({ deployment }: { deployment: PublicDeployment }): Promise<Reading> {
  const pins = await Promise.all(
    deployment.chains.map(async (each): Promise<Pin> => {
      const { client } = await createChain({ name: each.name, chainId: each.chainId, rpcUrl: each.rpcUrl });
      const { number: blockNumber, hash: blockHash } = await client.getBlock();
      return { deployment: each, client, blockNumber, blockHash };
    }),
  );
  return readState({ deployment, pins, history: createLogHistory() });
}

/**
 * Each chain is read at the block of its pin. The chains' blocks are not of one moment, and need not be: what lies
 * between two ends is summed entry by entry, whichever end is ahead.
 * @throws RetryableError as `readDeploymentState`.
 */
export async function readState({
  deployment,
  pins,
  history,
}: {
  deployment: PublicDeployment;
  /** One for each chain. */
  pins: readonly Pin[];
  history: History;
}): Promise<Reading> {
  const pinOf = <Role extends ChainDeployment>({ name }: Role) =>
    pins.find((pin) => pin.deployment.name === name) as Pin<Role>;
  const hub = pinOf(hubOf(deployment));
  const [lanes, vaults, assets] = await Promise.all([
    Promise.all(lanesOf(deployment).map(({ src, dst }) => readLane({ src: pinOf(src), dst: pinOf(dst), history }))),
    Promise.all(
      vaultsOf(deployment).flatMap((vault) =>
        vault.assets.map(({ id }) => readVaultAsset({ vault: pinOf(vault), hub, asset: id })),
      ),
    ),
    Promise.all(allAssets(deployment).map((asset) => readAsset({ hub, asset }))),
  ]);
  await Promise.all(pins.map(checkStillThere));
  const blocks = Object.fromEntries(pins.map(({ deployment: { name }, blockNumber }) => [name, blockNumber]));
  return { blocks, lanes, vaults, assets };
}

/** Every asset that any chain lists: one that the hub leaves out must not go unseen. */
function allAssets({ chains }: PublicDeployment): AssetDeployment[] {
  return [...new Map(chains.flatMap(({ assets }) => assets).map((asset) => [asset.id, asset])).values()];
}
