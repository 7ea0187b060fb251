/** D05 and what is wrong with lanes: a reading's failures as alerts. */

import { HALTS } from "@weighlock/core/halts.ts";
import type { Found } from "./findings.ts";
import { describeFailure, reconcileLanes } from "./reconcile.ts";
import type { Reconciled } from "./reconciler.ts";

/** What evidence has halted; what the council closed is no evidence. */
const LANE_HALTED: Readonly<Record<number, string>> = {
  1: "a contradiction",
  2: "a false return: its app gave back what was never released",
  3: "a false acknowledgement: its peer told of a head that was never sealed here",
};

export function findingsOf({
  reading,
  assets,
  vaults,
  stopped,
  unsummed,
}: Pick<Reconciled, "reading" | "assets" | "vaults" | "stopped" | "unsummed">): Found[] {
  const { blocks } = reading;
  const symbolOf = (asset: number) => assets.find((each) => each.asset === asset)?.symbol ?? `asset ${asset}`;
  const residuals = assets.flatMap(({ symbol, failures }) =>
    failures.map(
      (failure): Found => ({
        id: `residual:${symbol}:${failure.chain ?? "all"}:${failure.identity}`,
        level: "alert",
        kind: "residual",
        asset: symbol,
        ...(failure.chain !== undefined && { chain: failure.chain }),
        text: `${symbol}: ${describeFailure(failure)}`,
        evidence: { identity: failure.identity, residual: failure.residual, blocks },
      }),
    ),
  );
  const figures = unsummed.map(
    ({ identity, chain = "", asset, residual }): Found => ({
      id: `figure:${symbolOf(asset)}:${chain}:${identity}`,
      level: "alert",
      kind: "residual",
      asset: symbolOf(asset),
      chain,
      text: `${symbolOf(asset)}: ${describeFailure({ identity, chain, residual })}`,
      evidence: { identity, residual, blocks },
    }),
  );
  const below = vaults
    .filter(({ surplus }) => surplus < 0n)
    .map(
      ({ chain, asset, surplus, held, deposited, released, token }): Found => ({
        id: `vault-below-book:${chain}:${asset}`,
        level: "alert",
        kind: "vault-below-book",
        chain,
        asset: symbolOf(asset),
        text: `${chain}: the vault holds ${-surplus} units of ${symbolOf(asset)} less than its book says`,
        evidence: { surplus, held, deposited, released, token, blocks },
      }),
    );
  const lanes = reconcileLanes(reading).map(
    ({ identity, chain = "", residual }): Found => ({
      id: `lane-mismatch:${chain}:${identity.startsWith("heads") ? "heads" : "executed"}`,
      level: "alert",
      kind: "lane-mismatch",
      lane: chain,
      text: describeFailure({ identity, chain, residual }),
      evidence: { identity, residual, blocks },
    }),
  );
  const halts = stopped.flatMap(({ chain, what, eid, reason = 0 }): Found[] => {
    const why = LANE_HALTED[reason];
    if (what !== "halt" || why === undefined) return [];
    return [
      {
        id: `lane-halted:${chain}:${eid}`,
        level: "alert",
        kind: "lane-halted",
        chain,
        text: `${chain}: the lane from and to ${eid} is halted for ${why}`,
        evidence: { eid, reason: HALTS[reason] ?? reason },
      },
    ];
  });
  return [...residuals, ...figures, ...below, ...lanes, ...halts];
}
