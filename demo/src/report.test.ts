import { expect, test } from "vitest";
import type { ActReport } from "./act.ts";
import { type Backing, lossBetween, sumOfLosses } from "./backing.ts";
import { type DemoReport, faultsOf, forgedReport } from "./report.ts";

const SIZE = { deposits: 5, withdrawals: 2 };

const refused = {
  paths: ["layerzero"],
  isExecuted: false,
  transactionHash: "0x00",
  refusal: { name: "No", sentence: "no" },
} as const;
const act: ActReport = {
  src: "alpha",
  dst: "hub",
  target: "beta",
  watchersAlive: true,
  forgedCredits: [{ asset: 1, symbol: "USDC", amount: "100" }],
  attested: true,
  executed: false,
  pausedAfterBlocks: 1,
  attestedBlock: 10,
  pausedBlock: 11,
  attempts: [{ ...refused, paths: [...refused.paths] }],
  refusalAtEnd: { name: "LaneIsPaused", sentence: "paused" },
  losses: [{ asset: 1, symbol: "USDC", lost: "0", gained: "0" }],
};
const asset = { asset: 1, symbol: "USDC", ledger: "9", vaults: "9", inFlight: "0", suspense: "0", parked: "0" };
const report: DemoReport = {
  lanes: [{ src: "alpha", dst: "hub", posted: 5, executed: 5, headsEqual: true }],
  laneFailures: [],
  assets: [{ ...asset, residual: "0", failures: [] }],
  ...SIZE,
  missingPayments: 0,
  wrongAccounts: 0,
  relayerKilled: { atExecuted: 2, ofPosted: 4, depositedMeanwhile: 1, restartedAfterMs: 3_000 },
  forged: forgedReport([act]),
  gas: { perDeposit: { existing: 1, new: 2 }, perRelease: 3, messageLeg: 4, perSettlementAt: {} },
  seconds: 60,
};
const withAct = (change: Partial<ActReport>): DemoReport => ({
  ...report,
  forged: forgedReport([act, { ...act, ...change }]),
});

test("a run in which all is as it must be has no faults", () => {
  expect(faultsOf(report, SIZE)).toEqual([]);
  expect(report.forged).toMatchObject({ attested: true, executed: false, pausedAfterBlocks: 1, loss: "0" });
});

test.each([
  ["a residual", { ...report, assets: [{ ...asset, residual: "1", failures: ["by 1"] }] }, "residual 1"],
  ["an entry on its way", { ...report, lanes: [{ ...report.lanes[0], executed: 4 }] }, "4 of 5 entries"],
  ["a lane's failure", { ...report, laneFailures: ["heads"] }, "heads"],
  ["a missing credit", { ...report, deposits: 4 }, "4 of 5 deposits"],
  ["a credit too many", { ...report, deposits: 6 }, "6 of 5 deposits"],
  ["a missing release", { ...report, withdrawals: 1 }, "1 of 2 withdrawals"],
  ["a wrong payment", { ...report, missingPayments: 1 }, "1 recipients"],
  ["a wrong account", { ...report, wrongAccounts: 1 }, "1 accounts"],
  [
    "a kill before anything",
    { ...report, relayerKilled: { ...report.relayerKilled, atExecuted: 0 } },
    "not killed in the middle",
  ],
  [
    "a kill after everything",
    { ...report, relayerKilled: { ...report.relayerKilled, atExecuted: 4 } },
    "not killed in the middle",
  ],
  ["a forgery that was not attested", withAct({ attested: false }), "was not attested"],
  ["a forgery that was executed", withAct({ executed: true }), "EXECUTED"],
  ["a try that went through", withAct({ attempts: [{ ...refused, paths: [], isExecuted: true }] }), "EXECUTED"],
  [
    "a refusal by the pause alone",
    withAct({ attempts: [{ ...refused, paths: [], refusal: null }] }),
    "nothing but the pause",
  ],
  ["no pause", withAct({ pausedAfterBlocks: null }), "was not paused"],
  ["no refusal at the end", withAct({ refusalAtEnd: null }), "nothing stands against"],
  ["a loss", withAct({ losses: [{ asset: 1, symbol: "USDC", lost: "7", gained: "0" }] }), "took 7"],
  ["a gain", withAct({ losses: [{ asset: 1, symbol: "USDC", lost: "0", gained: "7" }] }), "has 7 more"],
])("%s is a fault", (_name, broken, sentence) => {
  const faults = faultsOf(broken as DemoReport, SIZE);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(sentence);
});

test("the slowest pause counts, a missing one hides none, and losses add up", () => {
  const loss = { asset: 1, symbol: "USDC", lost: "7", gained: "7" };
  expect(withAct({ pausedAfterBlocks: 3, losses: [loss] }).forged).toMatchObject({ pausedAfterBlocks: 3, loss: "7" });
  expect(withAct({ pausedAfterBlocks: null }).forged.pausedAfterBlocks).toBe(null);
});

test("a loss is what the vaults' tokens fall behind the ledger, whether credited or paid out", () => {
  const reading = (vaults: bigint, ledger: bigint, attacker: bigint): Backing[] => [
    { asset: 1, symbol: "USDC", vaults, ledger, attacker },
  ];
  const before = reading(100n, 90n, 0n);
  const lostAt = (after: Backing[]) => lossBetween(before, after).map(({ lost, gained }) => [lost, gained]);
  expect(lostAt(before)).toEqual([["0", "0"]]);
  expect(lostAt(reading(100n, 130n, 40n))).toEqual([["40", "40"]]);
  expect(lostAt(reading(60n, 90n, 40n))).toEqual([["40", "40"]]);
  expect(lostAt(reading(60n, 50n, 0n))).toEqual([["0", "0"]]);
  expect(
    sumOfLosses([
      { asset: 1, symbol: "USDC", lost: "7", gained: "7" },
      { asset: 2, symbol: "WETH", lost: "-7", gained: "0" },
    ]),
  ).toBe(14n);
});
