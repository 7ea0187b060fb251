/** What was measured, as JSON. */

import {
  type AccountKinds,
  type BySize,
  bySize,
  carriedPerSettlement,
  type GasFigures,
  gasFiguresOf,
  perSettlement,
  referenceOf,
} from "./figures.ts";
import { type Measurement, REFERENCE_SIZE } from "./measure.ts";
import type { OftTransfer } from "./oft.ts";
import type { Round } from "./rounds.ts";

export type DepositReport = {
  /** The user's transaction included. */
  perSettlementAt: AccountKinds<BySize>;
  /** Without it: the message leg, the watchers and the execution. */
  carriedAt: AccountKinds<BySize>;
};
/** Per release, at one size of a commitment. */
export type ReleaseReport = AccountKinds<number> & {
  /** Without what had it posted. */
  carried: AccountKinds<number>;
  /** By signatures of an owner for each, to recipients that held the token. */
  manyOwners: number;
  /** By a transaction of each owner's own, to recipients that held the token. */
  ownTransactions: number;
};
/** One commitment's transactions; `user` is what had its settlements posted. */
export type Stages = Pick<Round, "user"> & Round["carried"];

/** In gas. `cited` figures were measured elsewhere, on the date beside them, and are not part of the run. */
export type GasReport = {
  gas: GasFigures;
  deposits: DepositReport;
  releases: Record<string, ReleaseReport>;
  /** At the reference size. */
  stages: { deposits: AccountKinds<Stages>; releases: AccountKinds<Stages> };
  watchers: number;
  peers: {
    layerzeroOft: { perTransfer: number; lock: AccountKinds<OftTransfer>; release: AccountKinds<OftTransfer> };
    hyperlane: Cited & { batched: number };
    wormholeNtt: Cited;
  };
  /** A bare transfer and a bare ledger write, each a transaction. */
  floor: number;
  floorParts: { transfer: number; ledgerWrite: number };
  /** `gas.perDeposit.existing` over `floor`. */
  ratio: number;
  /** The size of a commitment where a figure names none. */
  referenceSize: number;
};
type Cited = { perTransfer: number; cited: true; date: string };

/** Read from the peers' own contracts on local chains, 2 of 3 and 13 of 19 signers, end to end. */
const CITED = {
  hyperlane: { perTransfer: 243_000, batched: 192_000, cited: true, date: "2026-11" },
  wormholeNtt: { perTransfer: 458_000, cited: true, date: "2026-11" },
} as const;

export function reportOf({ deposits, releases, others, oft, floor }: Measurement): GasReport {
  const gas = gasFiguresOf({ deposits, releases });
  const floorGas = floor.transfer + floor.ledgerWrite;
  const kinds = <Value>(of: (rounds: Round[]) => Value, way: AccountKinds<Round[]>): AccountKinds<Value> => ({
    existing: of(way.existing),
    new: of(way.new),
  });
  const stages = (way: AccountKinds<Round[]>) => kinds((rounds) => stagesOf(referenceOf(rounds)), way);
  return {
    gas,
    deposits: {
      perSettlementAt: kinds((rounds) => bySize(rounds, perSettlement), deposits),
      carriedAt: kinds((rounds) => bySize(rounds, carriedPerSettlement), deposits),
    },
    releases: Object.fromEntries(
      releases.existing.map((round, i): [string, ReleaseReport] => {
        const at = (rounds: readonly Round[]) => rounds[i] ?? round;
        return [
          `${round.k}`,
          {
            ...kinds((rounds) => perSettlement(at(rounds)), releases),
            carried: kinds((rounds) => carriedPerSettlement(at(rounds)), releases),
            manyOwners: perSettlement(at(others.manyOwners)),
            ownTransactions: perSettlement(at(others.ownTransactions)),
          },
        ];
      }),
    ),
    stages: { deposits: stages(deposits), releases: stages(releases) },
    watchers: referenceOf(deposits.existing).carried.watchers,
    peers: {
      layerzeroOft: { perTransfer: oft.lock.existing.total, lock: oft.lock, release: oft.release },
      ...CITED,
    },
    floor: floorGas,
    floorParts: floor,
    ratio: Math.round((gas.perDeposit.existing / floorGas) * 100) / 100,
    referenceSize: REFERENCE_SIZE,
  };
}

/** Why a run is not a success; empty when everything arrived. */
export function faultsOf({ deposits, releases, others, oft }: Measurement): string[] {
  const ways = {
    deposits: [...deposits.existing, ...deposits.new],
    releases: [...releases.existing, ...releases.new, ...others.manyOwners, ...others.ownTransactions],
  };
  const faults = Object.entries(ways).flatMap(([name, rounds]) =>
    rounds.flatMap(({ k, missing }) =>
      missing === 0 ? [] : [`${missing} of ${k} ${name} did not arrive with exactly their amount`],
    ),
  );
  if (oft.missing > 0) faults.push(`${oft.missing} transfers of the OFT did not arrive`);
  return faults;
}

function stagesOf({ user, carried }: Round): Stages {
  return { user, ...carried };
}
