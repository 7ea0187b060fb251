import { expect, test } from "vitest";
import { SIZES } from "./measure.ts";
import { renderReadme, renderReport } from "./render.ts";
import { faultsOf, reportOf } from "./report.ts";

const carried = { dispatch: 300, verify: 140, deliver: 180, watchers: 80, execute: 500 };
const way = (missing = 0) => {
  const rounds = SIZES.map((k) => ({ k, user: 70 * k, carried, missing }));
  return { existing: rounds, new: rounds };
};
const transfer = { send: 260, verify: 140, commit: 70, receive: 50, total: 520 };
const oft = { lock: { existing: transfer, new: transfer }, release: { existing: transfer, new: transfer }, missing: 0 };
const others = { manyOwners: way().existing, ownTransactions: way().existing };
const measurement = { deposits: way(), releases: way(), others, oft, floor: { transfer: 34, ledgerWrite: 16 } };

test("reportOf() divides all gas on both chains by the settlements of the commitment", () => {
  const { gas, releases, watchers, floor, ratio } = reportOf(measurement);
  expect(gas.perSettlementAt).toEqual({ "1": 1270, "10": 190, "50": 94, "128": 79 });
  expect(gas.perDeposit).toEqual({ existing: 94, new: 94 });
  expect(gas.messageLeg).toBe(620);
  expect(gas.perRelease).toBe(94);
  expect(Object.keys(releases)).toEqual(["1", "10", "50", "128"]);
  expect(releases["50"]).toEqual({
    existing: 94,
    new: 94,
    carried: { existing: 24, new: 24 },
    manyOwners: 94,
    ownTransactions: 94,
  });
  expect([watchers, floor, ratio]).toEqual([80, 50, 1.88]);
});

test("renderReport() marks what was not measured", () => {
  const lines = renderReport(reportOf(measurement)).split("\n");
  for (const peer of ["Hyperlane", "Wormhole"]) {
    const named = lines.filter((line) => line.includes(peer));
    expect(named.length).toBeGreaterThan(1);
    expect(named.every((line) => /cited/i.test(line) && line.includes("2026-11"))).toBe(true);
  }
});

test("renderReadme() is one section with a column for each size", () => {
  const lines = renderReadme(reportOf(measurement)).split("\n");
  expect(lines[0]).toBe("## What it costs");
  const rows = lines.filter((line) => line.startsWith("|"));
  expect(new Set(rows.map((line) => line.split("|").length))).toEqual(new Set([SIZES.length + 3]));
});

test("faultsOf() names what did not arrive", () => {
  expect(faultsOf(measurement)).toEqual([]);
  expect(faultsOf({ ...measurement, deposits: { existing: way(1).existing, new: [] } })).toContain(
    "1 of 50 deposits did not arrive with exactly their amount",
  );
});
