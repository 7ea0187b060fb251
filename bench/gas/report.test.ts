import { expect, test } from "vitest";
import { SIZES } from "./measure.ts";
import { faultsOf, renderReport, reportOf } from "./report.ts";

const carried = { dispatch: 300, verify: 140, commit: 70, receive: 110, watchers: 80, execute: 500 };
const way = (missing = 0) => {
  const rounds = SIZES.map((k) => ({ k, user: 70 * k, carried, missing }));
  return { existing: rounds, new: rounds };
};
const transfer = { send: 260, verify: 140, commit: 70, receive: 50, total: 520 };
const oft = { lock: { existing: transfer, new: transfer }, release: { existing: transfer, new: transfer }, missing: 0 };
const measurement = { deposits: way(), releases: way(), oft, floor: { transfer: 34, ledgerWrite: 16 } };

test("reportOf() divides all gas on both chains by the settlements of the commitment", () => {
  const { gas, releases, watchers, floor, ratio } = reportOf(measurement);
  expect(gas.perSettlementAt).toEqual({ "1": 1270, "10": 190, "50": 94, "128": 79 });
  expect(gas.perDeposit).toEqual({ existing: 94, new: 94 });
  expect(gas.messageLeg).toBe(620);
  expect(releases.perReleaseCarried.existing).toBe(24);
  expect([watchers, floor, ratio]).toEqual([80, 50, 1.88]);
});

test("renderReport() marks what was not measured", () => {
  const lines = renderReport(reportOf(measurement)).split("\n");
  for (const peer of ["Hyperlane", "Wormhole"]) {
    expect(lines.filter((line) => line.includes(peer)).every((line) => line.includes("cited, 2026-11"))).toBe(true);
  }
});

test("faultsOf() names what did not arrive", () => {
  expect(faultsOf(measurement)).toEqual([]);
  expect(faultsOf({ ...measurement, deposits: { existing: way(1).existing, new: [] } })).toContain(
    "1 of 50 deposits did not arrive with exactly their amount",
  );
});
