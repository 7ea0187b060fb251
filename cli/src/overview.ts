/** Every lane and every book at one look: the lanes' steps, and the monitor's reconciliation of all chains. */

import { hubOf, lanesOf } from "@weighlock/core/deployment.ts";
import { readDeploymentState } from "@weighlock/monitor/read.ts";
import {
  type AssetReconciliation,
  describeFailure,
  reconcile,
  reconcileLanes,
  reconcileVaults,
  type VaultReconciliation,
} from "@weighlock/monitor/reconcile.ts";
import { type LaneOverview, readLane } from "./laneOverview.ts";
import type { Network } from "./network.ts";

/** One vault and asset. Canonical units. */
export type BookOverview = Omit<VaultReconciliation, "asset" | "failures"> & {
  asset: string;
  canonicalDecimals: number;
  /** What may still be withdrawn from this vault. */
  available: bigint;
  /** The first identity of this vault that fails, by how much; 0 when all hold. */
  residual: bigint;
};

export type AssetOverview = Omit<AssetReconciliation, "asset" | "symbol" | "failures"> & {
  asset: string;
  /** Each identity that fails, by how much. */
  failures: string[];
};

export type Overview = {
  lanes: LaneOverview[];
  books: BookOverview[];
  assets: AssetOverview[];
  /** What is wrong with a lane itself. */
  laneFailures: string[];
};

export async function readOverview({ network }: { network: Network }): Promise<Overview> {
  const { deployment } = network;
  const [lanes, reading] = await Promise.all([
    Promise.all(lanesOf(deployment).map((lane) => readLane({ network, lane }))),
    readDeploymentState({ deployment }),
  ]);
  const listed = new Map(hubOf(deployment).assets.map((asset) => [asset.id, asset]));
  return {
    lanes,
    laneFailures: reconcileLanes(reading).map(describeFailure),
    books: reconcileVaults(reading).map(({ asset: id, failures, ...vault }) => ({
      ...vault,
      asset: listed.get(id)?.symbol ?? String(id),
      canonicalDecimals: listed.get(id)?.canonicalDecimals ?? 0,
      available: vault.credited - vault.suspense - vault.authorised,
      residual: failures[0]?.residual ?? 0n,
    })),
    assets: reconcile(reading).map(({ symbol, failures, ...asset }) => ({
      ...asset,
      asset: symbol,
      failures: failures.map(describeFailure),
    })),
  };
}
