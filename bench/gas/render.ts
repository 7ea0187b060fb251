/** The report as Markdown: the README's section, then what is behind it. */

import { PRODUCT } from "@weighlock/core/product.ts";
import type { BySize } from "./figures.ts";
import type { GasReport, ReleaseReport, Stages } from "./report.ts";

export function renderReport(report: GasReport): string {
  return [renderReadme(report), "", renderDetails(report)].join("\n");
}

/** The section "What it costs" of the README, as it stands there. */
export function renderReadme({ gas, deposits, releases, watchers, peers, floor, ratio, ...rest }: GasReport): string {
  const sizes = Object.keys(gas.perSettlementAt);
  const row = (name: string, bySize: BySize) => [name, ...sizes.map((k) => amount(bySize[k]))];
  const same = (name: string, gas_: number) => [name, ...sizes.map(() => amount(gas_))];
  const releaseRow = (name: string, of: (each: ReleaseReport) => number) =>
    row(name, Object.fromEntries(Object.entries(releases).map(([k, each]) => [k, of(each)])));
  const { layerzeroOft, hyperlane, wormholeNtt } = peers;
  const at = rest.referenceSize;
  return [
    "## What it costs",
    "",
    "All gas on both chains for each settlement, by settlements to one commitment, on the real LayerZero contracts with two verifiers (`npm run bench:gas` prints this section):",
    "",
    ...markdown([
      ["", ...sizes.map((k) => `k = ${k}`)],
      row("deposit to an existing account, user's transaction included", deposits.perSettlementAt.existing),
      row("· of it carried", deposits.carriedAt.existing),
      row("deposit to a new account", deposits.perSettlementAt.new),
      releaseRow("release to a known recipient, signed, one owner's in a batch", (each) => each.existing),
      releaseRow("· of as many owners", (each) => each.manyOwners),
      releaseRow("· by each owner's own transaction", (each) => each.ownTransactions),
      releaseRow("release to a new recipient", (each) => each.new),
      same("LayerZero OFT lock, same run, same verifiers", layerzeroOft.lock.existing.total),
      same("floor: a bare transfer and a bare ledger write", floor),
    ]),
    "",
    `A message leg (dispatch, two verifications, delivery) is ${amount(gas.messageLeg)} whatever it carries, the watchers ${amount(watchers)}. At k = ${at} a deposit is ${ratio} × the floor. Cited, not measured here (${hyperlane.date}): Hyperlane's warp route ${amount(hyperlane.perTransfer)} a transfer (${amount(hyperlane.batched)} batched), Wormhole's NTT ${amount(wormholeNtt.perTransfer)}. Single transactions and the worst full windows are in \`snapshots/\`, written by \`npm run gas\`.`,
  ].join("\n");
}

function renderDetails({ gas, stages, watchers, peers, floor, floorParts, referenceSize: at }: GasReport): string {
  const columns = [stages.deposits.existing, stages.deposits.new, stages.releases.existing, stages.releases.new];
  const stageRow = (name: string, stage: keyof Stages) => [name, ...columns.map((side) => amount(side[stage]))];
  const peerRow = (name: string, value: number, source: string) => [
    name,
    amount(value),
    `${(value / gas.perDeposit.existing).toFixed(1)} ×`,
    source,
  ];
  const { layerzeroOft, hyperlane, wormholeNtt } = peers;
  return [
    `One commitment of ${at}, transaction by transaction; message leg ${amount(gas.messageLeg)}, watchers ${amount(watchers)}:`,
    "",
    ...markdown([
      ["transactions", "deposits, existing", "deposits, new", "releases, known", "releases, new"],
      stageRow(`${at} deposits, or a batch of ${at} withdrawals`, "user"),
      stageRow("dispatch over LayerZero", "dispatch"),
      stageRow("verify, 2 DVNs", "verify"),
      stageRow("deliver: commit and lzReceive", "deliver"),
      stageRow("watchers attest, 2 of 3", "watchers"),
      stageRow("execute", "execute"),
    ]),
    "",
    `A deposit at k = ${at} beside others:`,
    "",
    ...markdown([
      ["per transfer to an existing account", "gas", "to ours", "source"],
      peerRow(`${PRODUCT.name} at k = ${at}`, gas.perDeposit.existing, "measured in this run"),
      peerRow("LayerZero OFT, lock", layerzeroOft.lock.existing.total, "measured in this run, same DVNs"),
      peerRow("LayerZero OFT, release", layerzeroOft.release.existing.total, "measured in this run, same DVNs"),
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
    "Steady state: first rounds both ways are not counted; every commitment acknowledges something new; allowances are unlimited. All recipients of a round differ. The OFT's packet is committed and received by two transactions, as its executor does.",
  ].join("\n");
}

function amount(gas: number | undefined): string {
  return gas === undefined ? "" : gas.toLocaleString("en-US");
}

/** The first column reads from the left, figures from the right. */
function markdown(rows: readonly (readonly string[])[]): string[] {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, i) => Math.max(3, ...rows.map((row) => (row[i] ?? "").length)));
  const rule = widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const pad = (cell: string, i: number) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0));
  return [rows[0] ?? [], rule, ...rows.slice(1)].map((row) => `| ${row.map(pad).join(" | ")} |`);
}
