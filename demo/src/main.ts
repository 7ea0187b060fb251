/** `npm run demo`: see `--help`. */

import { parseArgs } from "node:util";
import { createCommon } from "@weighlock/core/common.ts";
import { WeighlockError } from "@weighlock/core/errors.ts";
import { PRODUCT } from "@weighlock/core/product.ts";
import { DEPOSITS, type DemoOptions, runDemo, WITHDRAWALS } from "./demo.ts";
import { createProgress } from "./progress.ts";
import { renderReport } from "./report.ts";

const HELP = `npm run demo [-- --keep]

Starts three local chains with the real LayerZero V2 contracts and ${PRODUCT.name}'s, the verifier, the relayer, three
watchers and a stranger's DVN. Traders make ${DEPOSITS} deposits on two chains and ${WITHDRAWALS} withdrawals to the chain where they did not
deposit. Everything is read back and reconciled, unit by unit.

  --keep         leave it all up; stop it with: npx weighlock devnet down
  --dir <path>   folder for the network's files and the report (.weighlock)

Writes demo-report.json. Exits with 1 when a unit or a payment is missing.`;

/** Runs the demo as a program; returns its exit code. */
export async function main(args: readonly string[], hooks: Pick<DemoOptions, "beforeReport"> = {}): Promise<number> {
  let values: { keep?: boolean; dir?: string; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { keep: { type: "boolean" }, dir: { type: "string" }, help: { type: "boolean", short: "h" } },
    }));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    console.log(HELP);
    return 0;
  }

  // A service that is told to stop has done its work; a demo has not: 128 + the signal's number, as shells expect.
  const common = createCommon({ service: "demo", logLevel: "silent", signals: false });
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, () => void common.shutdown.stop(signal).finally(() => process.exit(code)));
  }
  const { keep = false, dir = `.${PRODUCT.slug}` } = values;
  console.log(`${PRODUCT.name} demo: margin over three chains\n`);
  try {
    const { report, reading, faults, deployment, reportFile } = await runDemo({
      common,
      dir,
      keep,
      progress: createProgress(),
      ...hooks,
    });
    console.log(`\n${renderReport(report, reading)}\n`);
    console.log(
      `  ${report.deposits} deposits credited, ${report.withdrawals} withdrawals paid in ${report.seconds} s; report: ${reportFile}`,
    );
    if (keep) {
      const urls = [...deployment.chains.map(({ name, rpcUrl }) => [name, rpcUrl]), ...Object.entries(deployment.apis)];
      console.log(
        `\n  left up; stop it with: npx ${PRODUCT.slug} devnet down${values.dir === undefined ? "" : ` --dir ${dir}`}\n${urls.map(([name, url]) => `    ${name?.padEnd(14)} ${url}`).join("\n")}`,
      );
    }
    if (faults.length > 0) console.error(`\n  NOT reconciled:\n${faults.map((fault) => `    ✗ ${fault}`).join("\n")}`);
    else console.log("\n  Every unit is accounted for: residual 0.");
    return faults.length > 0 ? 1 : 0;
  } catch (error) {
    console.error(`\n\n  ✗ ${error instanceof WeighlockError ? error.message : error}`);
    return 1;
  } finally {
    await common.shutdown.stop("the demo is over");
  }
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
