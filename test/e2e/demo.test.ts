import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { devnetDown } from "@weighlock/devnet/devnet.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "weighlock-demo-"));
});
afterEach(async () => {
  await devnetDown({ dir });
  rmSync(dir, { recursive: true, force: true });
});

type Run = { code: number; stdout: string; stderr: string };

async function run(program: string, ...args: string[]): Promise<Run> {
  try {
    const result = await promisify(execFile)(process.execPath, [program, ...args]);
    return { code: 0, ...result };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

const read = (name: string) => JSON.parse(readFileSync(join(dir, name), "utf8"));

/** Command lines that name the run's folder: anvils, Redis and services all do. */
function leftRunning(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return ""; // it has just ended
      }
    })
    .filter((command) => command.includes(dir));
}

const NOTHING = [
  { asset: 1, symbol: "USDC", lost: "0", gained: "0" },
  { asset: 2, symbol: "WETH", lost: "0", gained: "0" },
];

describe("npm run demo", () => {
  test("settles 700 through a crash, executes no forgery, pauses, and accounts for every unit", async () => {
    const { code, stdout, stderr } = await run("demo/src/main.ts", "--keep", "--dir", dir);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toContain("700 of 700 settlements delivered");
    expect(stdout).toContain("Every unit is accounted for: residual 0. Nothing forged was executed: loss 0.");

    const report = read("demo-report.json");
    expect(report).toMatchObject({ deposits: 500, withdrawals: 200, missingPayments: 0, wrongAccounts: 0 });
    expect(report.lanes).toEqual([
      { src: "alpha", dst: "hub", posted: 250, executed: 250, headsEqual: true },
      { src: "hub", dst: "alpha", posted: 100, executed: 100, headsEqual: true },
      { src: "beta", dst: "hub", posted: 250, executed: 250, headsEqual: true },
      { src: "hub", dst: "beta", posted: 100, executed: 100, headsEqual: true },
    ]);
    for (const asset of report.assets) {
      expect(asset).toMatchObject({ residual: "0", inFlight: "0", vaults: asset.ledger });
      expect(BigInt(asset.ledger)).toBeGreaterThan(0n);
    }

    const { atExecuted, ofPosted, depositedMeanwhile } = report.relayerKilled;
    expect(atExecuted).toBeGreaterThan(0);
    expect(atExecuted).toBeLessThan(ofPosted);
    expect([ofPosted, depositedMeanwhile]).toEqual([400, 100]);

    const { acts, ...forged } = report.forged;
    expect(forged).toMatchObject({ attested: true, executed: false, loss: "0" });
    expect(forged.pausedAfterBlocks).toBeLessThanOrEqual(3);
    expect(acts.map(({ src, watchersAlive }: Record<string, unknown>) => [src, watchersAlive])).toEqual([
      ["alpha", true],
      ["beta", false],
    ]);
    for (const act of acts) {
      expect(act).toMatchObject({ attested: true, executed: false, losses: NOTHING });
      expect(act.refusalAtEnd.name).toBe("LaneIsPaused");
      const refusals = act.attempts.map(({ paths, isExecuted, refusal }: Attempt) => [
        paths,
        isExecuted,
        refusal?.name,
      ]);
      expect(refusals).toEqual([
        [["layerzero"], false, "PathsTooFew"],
        [["watcher"], false, "PathsTooFew"],
        [["layerzero", "watcher"], false, "PathsNotAttested"],
      ]);
      for (const { amount } of act.forgedCredits) expect(BigInt(amount)).toBeGreaterThan(0n);
    }

    const { perDeposit, perSettlementAt } = report.gas;
    expect(perDeposit.existing).toBe(perSettlementAt[50]);
    expect(perDeposit.new).toBeGreaterThan(perDeposit.existing);
    expect(Object.keys(perSettlementAt)).toEqual(["1", "10", "50", "128"]);

    // A script that imports nothing of ours finds the same on the chains, and sees a report that says otherwise.
    expect(await run("test/outside/recompute.mts", dir)).toMatchObject({ code: 0, stderr: "" });
    const lie = report.assets.map((asset: { ledger: string }) => ({
      ...asset,
      ledger: `${BigInt(asset.ledger) + 1n}`,
    }));
    writeFileSync(join(dir, "demo-report.json"), JSON.stringify({ ...report, assets: lie }));
    const doubt = await run("test/outside/recompute.mts", dir);
    expect(doubt.code).toBe(1);
    expect(doubt.stderr).toContain("assets[0].ledger: the report says");

    console.log(`demo: ${report.seconds} s`);
    await devnetDown({ dir });
    expect(leftRunning()).toEqual([]);
  });

  test("--control: where one path is enough and nobody watches, the same forgery takes all that a vault holds", async () => {
    const { code, stdout, stderr } = await run("demo/src/main.ts", "--control", "--dir", dir);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toContain("EXECUTED");

    const { forged, seconds } = read("demo-control-report.json");
    expect(forged).toMatchObject({ attested: true, executed: true, pausedAfterBlocks: null });
    const [{ forgedCredits, losses }] = forged.acts;
    const stolen = forgedCredits.map(({ asset, symbol, amount }: Record<string, string>) => ({
      asset,
      symbol,
      lost: amount,
      gained: amount,
    }));
    expect(losses).toEqual(stolen);
    for (const { amount } of forgedCredits) expect(BigInt(amount)).toBeGreaterThan(0n);
    console.log(`control run: ${seconds} s`);
    expect(leftRunning()).toEqual([]);
  });

  test("sees a book that is off by one unit, says by how much, and fails", async () => {
    const { code, stderr } = await run("test/e2e/corruptedDemo.ts", "--dir", dir);
    expect(code).toBe(1);
    expect(stderr).toContain("USDC: residual 1 canonical units");
    const residuals = read("demo-report.json").assets.map(({ symbol, residual }: Record<string, string>) => [
      symbol,
      residual,
    ]);
    expect(residuals).toEqual([
      ["USDC", "1"],
      ["WETH", "0"],
    ]);
    expect(leftRunning()).toEqual([]);
  });
});

type Attempt = { paths: string[]; isExecuted: boolean; refusal: { name: string } | null };
