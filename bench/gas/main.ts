/** `npm run bench:gas`: see `--help`. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createCommon } from "@weighlock/core/common.ts";
import { WeighlockError } from "@weighlock/core/errors.ts";
import { PRODUCT } from "@weighlock/core/product.ts";
import { MAX_SIZE, measure, SIZES } from "./measure.ts";
import { startBenchNetwork } from "./network.ts";
import { renderReport } from "./render.ts";
import { faultsOf, reportOf } from "./report.ts";

const DIR = `.${PRODUCT.slug}`;
const FILE = "bench-gas.json";

const HELP = `npm run bench:gas [-- --json]

Measures what a settlement costs, in gas, on two local chains with the real LayerZero V2 contracts and ${PRODUCT.name}'s as
production builds them: deposits and releases, ${SIZES.join(", ")} to a commitment, to accounts and recipients that exist and to
new ones. Beside them a LayerZero OFT over the same DVNs, and the floor: a bare ERC-20 transfer and a bare ledger write.
Every figure is a sum of receipts' gasUsed, or such a sum divided by the number of settlements. Two runs of one build
give the same figures.

  --json         print the JSON instead of the tables
  --dir <path>   folder of ${FILE} (${DIR})

What the words mean:
  message leg   dispatch over LayerZero, a verification by each of 2 DVNs, and the delivery
  carried       all but what had the settlements posted: the message leg, the watchers' attestation, the execution
  deposit       the user's own transaction
  release       a signed withdrawal: one batch for a commitment, of one owner whose nonces follow one another, or of an
                owner for each; beside them withdraw(), a transaction of each owner's own
  existing      the slots of account and recipient hold something already; first rounds both ways are not counted
  new           the account has never been credited; for a release: the recipient never held the token

Writes ${FILE}. Exits with 1 when a settlement did not arrive with exactly its amount.`;

/** Returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let values: { json?: boolean; dir?: string; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { json: { type: "boolean" }, dir: { type: "string" }, help: { type: "boolean", short: "h" } },
    }));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    console.log(HELP);
    return 0;
  }

  const { json = false, dir = DIR } = values;
  const { shutdown } = createCommon({ service: "bench", logLevel: "silent" });
  const startedAt = performance.now();
  // Progress is not part of what a program reads.
  const onProgress = (step: string) =>
    console.error(`  ${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s  ${step}`);
  try {
    onProgress("two chains with LayerZero and ours");
    const network = await startBenchNetwork({ traders: MAX_SIZE, shutdown });
    const measured = await measure({ network, onProgress });
    const report = reportOf(measured);
    const text = JSON.stringify(report, null, 2);
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, FILE), `${text}\n`);
    onProgress(`done; figures in ${join(dir, FILE)}`);
    console.log(json ? text : `\n${renderReport(report)}`);

    const faults = faultsOf(measured);
    for (const fault of faults) console.error(`  ✗ ${fault}`);
    return faults.length > 0 ? 1 : 0;
  } catch (error) {
    console.error(`\n  ✗ ${error instanceof WeighlockError ? error.message : error}`);
    return 1;
  } finally {
    await shutdown.stop("the bench is over");
  }
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
