/** What the monitors and the pauser said, as lines of text: the figures as the first monitor has them, and a line for each. */

import type { MonitorStatus } from "@weighlock/monitor/statusAnswer.ts";
import { formatUnits } from "./amount.ts";
import { untilOf } from "./lockWords.ts";
import type { MonitorReport, MonitorSaid } from "./monitorStatus.ts";
import { formatTable } from "./table.ts";

export function renderMonitor({ isWell, reasons, monitors, pauser }: MonitorReport): string[] {
  const answering = monitors.flatMap(({ name, status }) => (status === undefined ? [] : [{ name, status }]));
  const first = answering.find(({ status }) => status.reading !== undefined) ?? answering[0];
  return [
    ...(first === undefined ? [] : renderFigures(first.status)),
    ...(monitors.length === 1 ? [] : monitors.map((monitor) => renderSaid(monitor, monitor.name === first?.name))),
    ...(pauser?.facts ?? []).map(
      ({ lane, verdict, paused, failure }) =>
        `pauser: ${lane}: by its own nodes ${verdict ?? "not judged yet"}${paused ? ", paused" : ""}${failure ? `; ${failure}` : ""}`,
    ),
    ...(isWell
      ? ["Every unit is accounted for, and no fact or alert stands."]
      : reasons.map((reason) => `✗ ${reason}`)),
  ];
}

/** What it says in full is among the reasons. */
function renderSaid({ name, url, reasons, status }: MonitorSaid, isShown: boolean): string {
  const where = name === url ? name : `${name} at ${url}`;
  if (status === undefined) return `${where}: silent`;
  const found = reasons.length === 0 ? "all is well" : `${reasons.length} findings`;
  const signs = status.signer === undefined ? "signs nothing" : `signs as ${status.signer}`;
  return `${where}: ${found}; ${signs}${isShown ? "; the figures above are its own" : ""}`;
}

function renderFigures({ chains, lanes, assets, pauses, openAttestations }: MonitorStatus): string[] {
  const right = (columns: number) => Array.from({ length: columns }, () => "right" as const);
  return [
    ...formatTable(
      [
        ["chain", "source", "block", "final", "state"],
        ...chains.flatMap(({ chain, sources }) =>
          sources.map(({ url, block, finalized, isCaughtUp, failure }) => [
            chain,
            url,
            String(block ?? "-"),
            String(finalized ?? "-"),
            failure ?? (isCaughtUp ? "read" : "reading history"),
          ]),
        ),
      ],
      ["left", "left", "right", "right"],
    ),
    "",
    ...formatTable(
      [
        ["lane", "posted", "sealed", "executed", "in between", "parked", "heads"],
        ...lanes.map(({ lane, posted, sealed, executed, between, parked, headsEqual }) => [
          lane,
          ...[posted, sealed, executed, between, parked].map(String),
          headsEqual ? "equal" : "DIFFER",
        ]),
      ],
      ["left", ...right(5)],
    ),
    "",
    ...formatTable(
      [
        ["asset", "ledger", "suspense", "in flight", "parked", "vaults", "residual"],
        ...assets.map(({ symbol, canonicalDecimals, ledger, suspense, inFlight, parked, vaults, residual }) => [
          symbol,
          ...[ledger, suspense, inFlight, parked, vaults, residual].map((units) =>
            formatUnits(units, canonicalDecimals),
          ),
        ]),
      ],
      ["left", ...right(6)],
    ),
    "",
    ...pauses.map(
      ({ chain, lane, direction, until }) => `paused on ${chain}: ${lane} (${direction}) ${untilOf(BigInt(until))}`,
    ),
    ...(openAttestations === 0 ? [] : [`attestations not decided yet: ${openAttestations}`]),
  ];
}
