/**
 * Runs the demo many times in a row, each in a fresh folder, and stops at the first that fails; its folder, with the
 * output of the demo and of every service, is kept. `node scripts/demo-soak.mts [--runs 20]`
 */

import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const ROOT = join(import.meta.dirname, "..");
const { values } = parseArgs({ options: { runs: { type: "string", default: "20" } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`--runs wants a number of runs, not ${values.runs}`);
  process.exit(2);
}

const seconds: number[] = [];
const pauses: number[] = [];
for (let run = 1; run <= runs; run += 1) {
  const folder = await mkdtemp(join(tmpdir(), "weighlock-soak-"));
  const log = join(folder, "demo.log");
  const code = await demo(folder, log);
  if (code !== 0) {
    console.error(`${label(run)}  FAILED with exit code ${code}; ${run - 1} runs were green; log: ${log}`);
    process.exit(1);
  }
  const report = JSON.parse(await readFile(join(folder, "demo-report.json"), "utf8"));
  const { deposits, withdrawals, relayerKilled, forged } = report;
  seconds.push(report.seconds);
  pauses.push(forged.pausedAfterBlocks);
  console.log(
    `${label(run)}  ${deposits + withdrawals} delivered, relayer killed at ${relayerKilled.atExecuted} of ${relayerKilled.ofPosted}, paused after ${forged.pausedAfterBlocks} blocks, loss ${forged.loss}, ${report.seconds} s`,
  );
  await rm(folder, { recursive: true, force: true });
}
const average = seconds.reduce((sum, each) => sum + each, 0) / runs;
console.log(
  `\n${runs} of ${runs} runs green; ${average.toFixed(1)} s on average, ${Math.max(...seconds)} s at most; paused after ${Math.max(...pauses)} blocks at most`,
);

function label(run: number): string {
  return `run ${`${run}`.padStart(`${runs}`.length)} of ${runs}`;
}

/** @returns its exit code. */
function demo(folder: string, log: string): Promise<number> {
  const output = createWriteStream(log);
  const child = spawn(process.execPath, [join(ROOT, "demo/src/main.ts"), "--dir", folder], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  // Ctrl-C reaches the demo as well, which stops its network; this only has to wait for it.
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      process.off("SIGINT", ignore);
      output.end(() => resolve(code ?? 1));
    });
  });
}
