import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "weighlock-demo-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

type Run = { code: number; stdout: string; stderr: string };

async function run(program: string): Promise<Run> {
  try {
    const result = await promisify(execFile)(process.execPath, [program, "--dir", dir]);
    return { code: 0, ...result };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

const report = () => JSON.parse(readFileSync(join(dir, "demo-report.json"), "utf8"));

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

describe("npm run demo", () => {
  test("moves 40 deposits and 10 withdrawals over three chains and accounts for every unit", async () => {
    const { code, stdout, stderr } = await run("demo/src/main.ts");
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toContain("Every unit is accounted for: residual 0.");

    const { lanes, assets, deposits, withdrawals, missingPayments, seconds } = report();
    expect({ deposits, withdrawals, missingPayments }).toEqual({ deposits: 40, withdrawals: 10, missingPayments: 0 });
    expect(lanes).toEqual([
      { src: "alpha", dst: "hub", posted: 20, executed: 20, headsEqual: true },
      { src: "hub", dst: "alpha", posted: 5, executed: 5, headsEqual: true },
      { src: "beta", dst: "hub", posted: 20, executed: 20, headsEqual: true },
      { src: "hub", dst: "beta", posted: 5, executed: 5, headsEqual: true },
    ]);
    for (const asset of assets) {
      expect(asset).toMatchObject({ residual: "0", inFlight: "0", vaults: asset.ledger });
      expect(BigInt(asset.ledger)).toBeGreaterThan(0n);
    }
    console.log(`demo: ${seconds} s`);
    expect(leftRunning()).toEqual([]);
  });

  test("sees a book that is off by one unit, says by how much, and fails", async () => {
    const { code, stderr } = await run("test/e2e/corruptedDemo.ts");
    expect(code).toBe(1);
    expect(stderr).toContain("USDC: residual 1 canonical units");
    const residuals = report().assets.map(({ symbol, residual }: { symbol: string; residual: string }) => [
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
