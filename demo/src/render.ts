/** The report for people: tables of what was settled, then what was attempted and what came of it. */

import { formatTable } from "@weighlock/cli/table.ts";
import type { Reading } from "@weighlock/monitor/reading.ts";
import type { ActReport } from "./act.ts";
import type { GasFigures } from "./gas.ts";
import type { DemoReport } from "./report.ts";

type Decimals = ReadonlyMap<number, number>;

/** Three tables: lanes, vaults, assets, amounts in the asset's own unit. */
export function renderTables(report: DemoReport, reading: Reading): string {
  const symbols = new Map(reading.assets.map(({ asset, symbol }) => [asset, symbol]));
  const decimals = decimalsOf(reading);
  const amount = (units: bigint, asset: number) => fixed(units, decimals.get(asset) ?? 0);
  const lanes = report.lanes.map(({ src, dst, posted, executed, headsEqual }) => [
    `${src} → ${dst}`,
    `${posted}`,
    `${executed}`,
    headsEqual ? "equal" : "DIFFER",
  ]);
  const vaults = reading.vaults.map(({ chain, asset, deposited, released, credited, authorised }) => [
    chain,
    symbols.get(asset) ?? `${asset}`,
    ...[deposited, released, credited, authorised].map((units) => amount(units, asset)),
  ]);
  const sums = report.assets.map(({ asset, symbol, ledger, inFlight, suspense, parked, vaults: held, residual }) => [
    symbol,
    ...[ledger, inFlight, suspense, parked, held, residual].map((units) => amount(BigInt(units), asset)),
  ]);
  const figures = Array.from({ length: 6 }, () => "right" as const);
  return [
    ...formatTable([["lane", "posted", "executed", "heads"], ...lanes], ["left", "right", "right", "left"]),
    "",
    ...formatTable(
      [["vault", "asset", "deposited", "released", "credited on hub", "authorised on hub"], ...vaults],
      ["left", "left", ...figures],
    ),
    "",
    ...formatTable(
      [["asset", "ledger", "in flight", "suspense", "parked", "vaults", "residual"], ...sums],
      ["left", ...figures],
    ),
  ]
    .map((line) => (line === "" ? line : `  ${line}`))
    .join("\n");
}

/** What was attempted against the deployment, and what came of it. */
export function renderAct(act: ActReport, title: string, decimals: Decimals): string {
  const { src, dst, target, watchersAlive, forgedCredits, attested, attestedBlock, attempts } = act;
  const { executed, pausedAfterBlocks, refusalAtEnd, losses } = act;
  const units = (amount: string, asset: number, symbol: string) =>
    `${fixed(BigInt(amount), decimals.get(asset) ?? 0)} ${symbol}`;
  const credits = forgedCredits.map(({ asset, symbol, amount }) => units(amount, asset, symbol)).join(" and ");
  const rows = [
    ["the watchers", watchersAlive ? "alive" : "dead, by SIGKILL"],
    ["forged", `every DVN of ${src} → ${dst} signed deposits that never happened: ${credits},`],
    ["", `all that the vault on ${target} holds, to an attacker's account`],
    ["attested", attested ? `verified, committed and delivered in block ${attestedBlock} of ${dst}` : "NO"],
    ...attempts.map(({ paths, isExecuted, refusal }) => [
      `execute by ${paths.join(" + ")}`,
      isExecuted ? "EXECUTED" : `refused: ${refusal?.sentence ?? "by the pause alone"}`,
    ]),
    ["pause", pausedAfterBlocks === null ? "NONE" : `lane paused ${blocksAfter(pausedAfterBlocks)} the attestation`],
    ...(refusalAtEnd && !executed ? [["execute after that", `refused: ${refusalAtEnd.sentence}`]] : []),
    ["the attacker has", losses.map(({ asset, symbol, gained }) => units(gained, asset, symbol)).join(" and ")],
    ["loss", losses.map(({ asset, symbol, lost }) => units(lost, asset, symbol)).join(" and ")],
  ];
  return [`  ${title}`, ...formatTable(rows).map((line) => `    ${line}`)].join("\n");
}

export function renderGas({ perDeposit, perRelease, messageLeg, perSettlementAt }: GasFigures): string {
  const amount = (gas: number) => gas.toLocaleString("en-US");
  const bySize = Object.entries(perSettlementAt).map(([k, gas]) => `${amount(gas)} at ${k}`);
  return [
    `gas on both chains, measured in this run: ${amount(perDeposit.existing)} a deposit, ${amount(perDeposit.new)} to a new account,`,
    `${amount(perRelease)} a release, with 50 to a commitment; a message leg ${amount(messageLeg)};`,
    `a deposit by how many share a commitment: ${bySize.join(", ")}`,
  ]
    .map((line) => `  ${line}`)
    .join("\n");
}

/** Decimals of a canonical unit, by asset. */
export function decimalsOf({ assets }: Pick<Reading, "assets">): Decimals {
  return new Map(assets.map(({ asset, canonicalDecimals }) => [asset, canonicalDecimals]));
}

export function blocksAfter(blocks: number): string {
  return blocks === 0 ? "in the block of" : `${blocks} block${blocks === 1 ? "" : "s"} after`;
}

/** With all decimals, so that points stand under points. */
export function fixed(units: bigint, decimals: number): string {
  const digits = `${units < 0n ? -units : units}`.padStart(decimals + 1, "0");
  const whole = `${units < 0n ? "-" : ""}${digits.slice(0, digits.length - decimals)}`;
  return decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
}
