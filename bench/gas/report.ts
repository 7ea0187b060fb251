/** What was measured as figures: sums of receipts' gas and quotients of sums, nothing else. */

import type { Measurement, Way } from "./measure.ts";
import type { OftTransfer } from "./oft.ts";
import type { Round } from "./rounds.ts";

/** Keys are the sizes of a commitment. */
type BySize = Record<string, number>;
type AccountKinds<Value> = { existing: Value; new: Value };

export type WayReport = {
  /** Gas on both chains, the user's transaction included, per settlement. */
  perSettlementAt: AccountKinds<BySize>;
  /** The same without the user's transaction: the message leg, the watchers and the execution. */
  carriedAt: AccountKinds<BySize>;
  /** One user's transaction, at the reference size. */
  userTransaction: number;
  /** One commitment's transactions, at the reference size. */
  stages: AccountKinds<Stages>;
};
export type Stages = {
  user: number;
  dispatch: number;
  verify: number;
  commit: number;
  receive: number;
  watchers: number;
  execute: number;
};

/** In gas. `cited` figures were measured elsewhere, on the date beside them, and are not part of the run. */
export type GasReport = {
  gas: {
    /** At the reference size. */
    perDeposit: AccountKinds<number>;
    /** To an existing recipient, the user's own withdraw() included. */
    perRelease: number;
    /** Dispatch, two DVN verifications, commit and lzReceive; the watchers are not in it. */
    messageLeg: number;
    /** Deposits to existing accounts. */
    perSettlementAt: BySize;
  };
  deposits: WayReport;
  releases: WayReport & { perRelease: AccountKinds<number>; perReleaseCarried: AccountKinds<number> };
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

export const REFERENCE_SIZE = 50;

/** Read from the peers' own contracts on local chains, 2 of 3 and 13 of 19 signers, end to end. */
const CITED = {
  hyperlane: { perTransfer: 243_000, batched: 192_000, cited: true, date: "2026-11" },
  wormholeNtt: { perTransfer: 458_000, cited: true, date: "2026-11" },
} as const;

export function reportOf({ deposits, releases, oft, floor }: Measurement): GasReport {
  const [depositReport, releaseReport] = [wayReport(deposits), wayReport(releases)];
  const perDeposit = atReference(depositReport.perSettlementAt);
  const perRelease = atReference(releaseReport.perSettlementAt);
  const floorGas = floor.transfer + floor.ledgerWrite;
  const { existing } = depositReport.stages;
  return {
    gas: {
      perDeposit,
      perRelease: perRelease.existing,
      messageLeg: messageLeg(existing),
      perSettlementAt: depositReport.perSettlementAt.existing,
    },
    deposits: depositReport,
    releases: { perRelease, perReleaseCarried: atReference(releaseReport.carriedAt), ...releaseReport },
    watchers: existing.watchers,
    peers: {
      layerzeroOft: { perTransfer: oft.lock.existing.total, lock: oft.lock, release: oft.release },
      ...CITED,
    },
    floor: floorGas,
    floorParts: floor,
    ratio: Math.round((perDeposit.existing / floorGas) * 100) / 100,
    referenceSize: REFERENCE_SIZE,
  };
}

/** Why a run is not a success; empty when everything arrived. */
export function faultsOf({ deposits, releases, oft }: Measurement): string[] {
  const faults = Object.entries({ deposits, releases }).flatMap(([name, way]) =>
    [...way.existing, ...way.new].flatMap(({ k, missing }) =>
      missing === 0 ? [] : [`${missing} of ${k} ${name} did not arrive with exactly their amount`],
    ),
  );
  if (oft.missing > 0) faults.push(`${oft.missing} transfers of the OFT did not arrive`);
  return faults;
}

/** Markdown, fit for a README. */
export function renderReport({ gas, deposits, releases, watchers, peers, floorParts, ...rest }: GasReport): string {
  const { floor, ratio } = rest;
  const sizes = Object.keys(gas.perSettlementAt);
  const row = (name: string, bySize: BySize) => [name, ...sizes.map((k) => amount(bySize[k]))];
  const way = (name: string, { perSettlementAt, carriedAt }: WayReport, who: readonly [string, string]) => [
    row(`${name}, ${who[0]}`, perSettlementAt.existing),
    row(`${name}, ${who[1]}`, perSettlementAt.new),
    row(`· of it carried (all but the user's transaction), ${who[0]}`, carriedAt.existing),
    row(`· of it carried, ${who[1]}`, carriedAt.new),
  ];
  const stageRow = (name: string, stage: keyof Stages, sides: readonly Stages[]) => [
    name,
    ...sides.map((side) => amount(side[stage])),
  ];
  const columns = [deposits.stages.existing, deposits.stages.new, releases.stages.existing, releases.stages.new];
  const peerRow = (name: string, value: number, source: string) => [
    name,
    amount(value),
    `${(value / gas.perDeposit.existing).toFixed(1)} ×`,
    source,
  ];
  const { layerzeroOft, hyperlane, wormholeNtt } = peers;
  const measured = "measured in this run, same DVNs";
  return [
    "All gas on both chains per settlement, one user transaction each, by settlements to a commitment:",
    "",
    ...markdown([
      ["settlement", ...sizes.map((k) => `k = ${k}`)],
      ...way("deposit", deposits, ["existing account", "new account"]),
      ...way("release", releases, ["existing recipient", "new recipient"]),
    ]),
    "",
    `One commitment of ${REFERENCE_SIZE}, transaction by transaction; message leg ${amount(gas.messageLeg)}, watchers ${amount(watchers)}:`,
    "",
    ...markdown([
      ["transaction", "deposits, existing", "deposits, new", "releases, existing", "releases, new"],
      stageRow(`${REFERENCE_SIZE} user transactions`, "user", columns),
      stageRow("dispatch over LayerZero", "dispatch", columns),
      stageRow("verify, 2 DVNs", "verify", columns),
      stageRow("commit", "commit", columns),
      stageRow("lzReceive", "receive", columns),
      stageRow("watchers attest, 2 of 3", "watchers", columns),
      stageRow("execute", "execute", columns),
    ]),
    "",
    `A deposit at k = ${REFERENCE_SIZE} beside others:`,
    "",
    ...markdown([
      ["per transfer to an existing account", "gas", "to ours", "source"],
      peerRow(`Weighlock at k = ${REFERENCE_SIZE}`, gas.perDeposit.existing, "measured in this run"),
      peerRow("LayerZero OFT, lock", layerzeroOft.lock.existing.total, measured),
      peerRow("LayerZero OFT, release", layerzeroOft.release.existing.total, measured),
      peerRow("Hyperlane warp route, 2 of 3", hyperlane.perTransfer, `cited, ${hyperlane.date}`),
      peerRow("Hyperlane warp route, 2 of 3, batched", hyperlane.batched, `cited, ${hyperlane.date}`),
      peerRow("Wormhole NTT, 13 of 19", wormholeNtt.perTransfer, `cited, ${wormholeNtt.date}`),
      peerRow(
        `floor: ERC-20 transfer ${amount(floorParts.transfer)} + ledger write ${amount(floorParts.ledgerWrite)}`,
        floor,
        "measured in this run",
      ),
    ]),
    "",
    `Ours is ${ratio} × the floor. Steady state: two first rounds both ways are not counted; every commitment acknowledges something new; allowances are unlimited. New recipients are also their account's first payment from that vault.`,
  ].join("\n");
}

function wayReport({ existing, new: fresh }: Way): WayReport {
  const reference = referenceOf(existing);
  return {
    perSettlementAt: {
      existing: bySize(existing, (round) => round.user + carriedOf(round)),
      new: bySize(fresh, (round) => round.user + carriedOf(round)),
    },
    carriedAt: { existing: bySize(existing, carriedOf), new: bySize(fresh, carriedOf) },
    userTransaction: Math.round(reference.user / reference.k),
    stages: { existing: stagesOf(reference), new: stagesOf(referenceOf(fresh)) },
  };
}

function carriedOf({ carried }: Round): number {
  return Object.values(carried).reduce((sum, gas) => sum + gas, 0);
}

function messageLeg({ dispatch, verify, commit, receive }: Stages): number {
  return dispatch + verify + commit + receive;
}

function stagesOf({ user, carried }: Round): Stages {
  const { dispatch, verify, commit, receive, watchers, execute } = carried;
  return { user, dispatch, verify, commit, receive, watchers, execute };
}

function bySize(rounds: readonly Round[], gas: (round: Round) => number): BySize {
  return Object.fromEntries(rounds.map((round) => [`${round.k}`, Math.round(gas(round) / round.k)]));
}

function referenceOf(rounds: readonly Round[]): Round {
  const found = rounds.find(({ k }) => k === REFERENCE_SIZE);
  if (found === undefined) throw new RangeError(`no round has ${REFERENCE_SIZE} settlements`);
  return found;
}

function atReference({ existing, new: fresh }: AccountKinds<BySize>): AccountKinds<number> {
  const at = (bySize: BySize) => bySize[`${REFERENCE_SIZE}`] ?? Number.NaN;
  return { existing: at(existing), new: at(fresh) };
}

function amount(gas: number | undefined): string {
  return gas === undefined ? "" : gas.toLocaleString("en-US");
}

/** The first column reads from the left, figures from the right. */
function markdown(rows: readonly (readonly string[])[]): string[] {
  const columns = rows[0]?.length ?? 0;
  const aligns = Array.from({ length: columns }, (_, i) => (i === 0 ? ("left" as const) : ("right" as const)));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  const rule = widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const padded = [rows[0] ?? [], rule, ...rows.slice(1)];
  return padded.map(
    (row) =>
      `| ${row.map((cell, i) => (aligns[i] === "left" ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`,
  );
}
