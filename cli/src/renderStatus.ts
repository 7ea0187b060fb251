/** What `status` found, as lines of text. */

import { formatUnits } from "./amount.ts";
import type { Overview } from "./overview.ts";
import { renderLanes } from "./renderLanes.ts";
import { renderLimits } from "./renderLimits.ts";
import { headlineOf, renderSettlement } from "./renderSettlement.ts";
import type { Status } from "./status.ts";
import { formatTable } from "./table.ts";

export function renderStatus(status: Status): string[] {
  switch (status.type) {
    case "settlement":
      return renderSettlement(status.settlement);
    case "transaction": {
      const { chain, block, succeeded, settlements, effects } = status.transaction;
      const first = `mined on ${chain} in block ${block}${succeeded ? "" : ", and reverted"}`;
      const nothing = settlements.length + effects.length === 0 ? ["It did nothing to a lane of this deployment."] : [];
      return [first, ...effects.map((effect) => `  ${effect}`), ...nothing, ...settlements.flatMap(renderSettlement)];
    }
    case "lane": {
      const { lane, unfinished, total } = status;
      const more = total - BigInt(unfinished.length);
      return [
        ...renderLanes([lane]),
        "",
        ...renderLimits([lane]),
        "",
        ...(total === 0n ? ["Every posted entry has been executed."] : [`${total} posted and not executed:`]),
        ...unfinished.flatMap(renderSettlement),
        ...(more > 0n ? [`and ${more} more (--limit)`] : []),
      ];
    }
    case "account": {
      const { owner, subaccount, balances, settlements, total } = status.account;
      const more = total - settlements.length;
      return [
        `account ${owner}${subaccount === 0n ? "" : `, subaccount ${subaccount}`}`,
        ...formatTable(
          [
            ["  asset", "balance"],
            ...balances.map(({ asset, balance, canonicalDecimals }) => [
              `  ${asset}`,
              formatUnits(balance, canonicalDecimals),
            ]),
          ],
          ["left", "right"],
        ),
        "",
        settlements.length === 0 ? "No deposits or withdrawals yet." : "Deposits and withdrawals, newest first:",
        ...settlements.flatMap((each) => [
          `  ${headlineOf(each)}`,
          ...each.waitsFor.map((reason) => `      waits: ${reason}`),
        ]),
        ...(more > 0 ? [`and ${more} more (--limit)`] : []),
      ];
    }
    case "overview":
      return renderOverview(status.overview);
  }
}

function renderOverview({ lanes, books, assets, laneFailures }: Overview): string[] {
  const bookRows = books.map((book) => {
    const show = (units: bigint) => formatUnits(units, book.canonicalDecimals);
    return [
      book.asset,
      book.chain,
      show(book.deposited),
      show(book.depositsInFlight),
      show(book.credited),
      show(book.suspense),
      show(book.authorised),
      show(book.releasesInFlight),
      show(book.released),
      show(book.releasesParked),
      show(book.releasesStruck),
      show(book.available),
      show(book.surplus),
      show(book.residual),
    ];
  });
  const assetRows = assets.map(({ asset, canonicalDecimals, ledger, residual }) => [
    asset,
    formatUnits(ledger, canonicalDecimals),
    formatUnits(residual, canonicalDecimals),
  ]);
  const right = (columns: number) => Array.from({ length: columns }, () => "right" as const);
  return [
    ...renderLanes(lanes),
    "",
    ...formatTable(
      [
        [
          "asset",
          "vault",
          "deposited",
          "in flight",
          "credited",
          "suspense",
          "authorised",
          "in flight",
          "released",
          "parked",
          "struck",
          "available",
          "surplus",
          "residual",
        ],
        ...bookRows,
      ],
      ["left", "left", ...right(12)],
    ),
    "",
    ...renderLimits(lanes),
    "",
    ...formatTable([["asset", "ledger", "residual"], ...assetRows], ["left", ...right(2)]),
    ...[...laneFailures, ...assets.flatMap(({ asset, failures }) => failures.map((each) => `${asset}: ${each}`))].map(
      (failure) => `✗ ${failure}`,
    ),
  ];
}
