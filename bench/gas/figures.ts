/** What the rounds came to: sums of receipts' gas and quotients of sums, nothing else. */

import type { Shutdown } from "@weighlock/core/shutdown.ts";
import { MAX_SIZE, measureSettlements, REFERENCE_SIZE, type Settlements } from "./measure.ts";
import { startBenchNetwork } from "./network.ts";
import type { Round } from "./rounds.ts";

/** Keys are the sizes of a commitment. */
export type BySize = Record<string, number>;
export type AccountKinds<Value> = { existing: Value; new: Value };

/** All gas on both chains, in gas; at the reference size where no size is named. */
export type GasFigures = {
  /** The user's transaction included. */
  perDeposit: AccountKinds<number>;
  /** To a recipient that held the token, by signature, brought by an operator in one batch of one owner. */
  perRelease: number;
  /** Dispatch, two DVN verifications, and the delivery; the watchers are not in it. */
  messageLeg: number;
  /** Deposits to existing accounts. */
  perSettlementAt: BySize;
};

export function gasFiguresOf({ deposits, releases }: Settlements): GasFigures {
  const reference = referenceOf(deposits.existing);
  return {
    perDeposit: { existing: perSettlement(reference), new: perSettlement(referenceOf(deposits.new)) },
    perRelease: perSettlement(referenceOf(releases.existing)),
    messageLeg: messageLeg(reference),
    perSettlementAt: bySize(deposits.existing, perSettlement),
  };
}

/** Measures on two chains, which end with `shutdown`; takes 10 s on an idle machine. */
export async function measureGas({ shutdown }: { shutdown: Shutdown }): Promise<GasFigures> {
  const network = await startBenchNetwork({ traders: MAX_SIZE, shutdown });
  const settlements = await measureSettlements({ network });
  const missing = [...settlements.deposits.existing, ...settlements.deposits.new, ...settlements.releases.existing]
    .map((round) => round.missing)
    .reduce((sum, each) => sum + each, 0);
  if (missing > 0) throw new RangeError(`${missing} settlements did not arrive with exactly their amount`);
  return gasFiguresOf(settlements);
}

export function perSettlement(round: Round): number {
  return Math.round((round.user + carriedOf(round)) / round.k);
}

export function carriedPerSettlement(round: Round): number {
  return Math.round(carriedOf(round) / round.k);
}

export function bySize(rounds: readonly Round[], figure: (round: Round) => number): BySize {
  return Object.fromEntries(rounds.map((round) => [`${round.k}`, figure(round)]));
}

export function referenceOf(rounds: readonly Round[]): Round {
  const found = rounds.find(({ k }) => k === REFERENCE_SIZE);
  if (found === undefined) throw new RangeError(`no round has ${REFERENCE_SIZE} settlements`);
  return found;
}

function messageLeg({ carried: { dispatch, verify, deliver } }: Round): number {
  return dispatch + verify + deliver;
}

function carriedOf({ carried }: Round): number {
  return Object.values(carried).reduce((sum, gas) => sum + gas, 0);
}
