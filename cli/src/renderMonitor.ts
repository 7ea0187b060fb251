/** What the monitor and the pauser said, as lines of text. */

import { formatUnits } from "./amount.ts";
import type { MonitorReport } from "./monitorStatus.ts";
import { formatTable } from "./table.ts";

export function renderMonitor({ isWell, reasons, monitor, pauser }: MonitorReport): string[] {
  const { chains, lanes, assets, pauses, openAttestations } = monitor;
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
      ({ chain, lane, direction, until }) =>
        `paused on ${chain}: ${lane} (${direction}) until ${new Date(Number(until) * 1000).toISOString()}`,
    ),
    ...(openAttestations === 0 ? [] : [`attestations not decided yet: ${openAttestations}`]),
    ...(pauser?.facts ?? []).map(
      ({ lane, verdict, paused, failure }) =>
        `pauser: ${lane}: by its own nodes ${verdict ?? "not judged yet"}${paused ? ", paused" : ""}${failure ? `; ${failure}` : ""}`,
    ),
    ...(isWell
      ? ["Every unit is accounted for, and no fact or alert stands."]
      : reasons.map((reason) => `✗ ${reason}`)),
  ];
}
