/** `npm run demo`: see `--help`. */

import { parseArgs } from "node:util";
import { type Common, createCommon } from "@weighlock/core/common.ts";
import { WeighlockError } from "@weighlock/core/errors.ts";
import { PRODUCT } from "@weighlock/core/product.ts";
import { CONTROL_DEPOSITS, CONTROL_REPORT_FILE, runControl } from "./control.ts";
import { type DemoOptions, REPORT_FILE, runDemo, SIZE } from "./demo.ts";
import { createProgress } from "./progress.ts";
import { renderControl, renderDemo, renderKept } from "./summary.ts";

const HELP = `npm run demo [-- --keep | --control]

Starts three local chains with the real LayerZero V2 contracts and ${PRODUCT.name}'s, the verifier, the relayer, three
watchers, a stranger's DVN, monitors and a pauser. Traders make ${SIZE.deposits} deposits on two chains and ${SIZE.withdrawals} withdrawals, signed and
brought by an operator, to the chain where they did not deposit. The relayer is killed in the middle and started again.

Then every verifier of the LayerZero path signs deposits that never happened. Act 1: the watchers are alive. Act 2: they
are dead. Both times an attacker tries to have them executed, and the monitors and the pauser have to stop the lane.
Everything is read back and reconciled, unit by unit. Gas is measured beside it, on two chains of its own.

  --control      the same forgery where one path is enough and nobody watches: a gateway from test/, no monitor and no
                 pauser, ${CONTROL_DEPOSITS} deposits. It has to succeed; writes ${CONTROL_REPORT_FILE}
  --keep         leave it all up, both lanes to the hub paused; stop it with: npx weighlock devnet down
  --dir <path>   folder for the network's files and the report (.${PRODUCT.slug})

Writes ${REPORT_FILE}. Exits with 1 when a unit or a payment is missing, when a forgery was executed or took anything,
and when a lane was not paused; with --control, when the attack failed.`;

type Values = { control?: boolean; keep?: boolean; dir?: string; help?: boolean };

/** Runs the demo as a program; returns its exit code. */
export async function main(
  args: readonly string[],
  hooks: Pick<DemoOptions, "beforeReport" | "size"> = {},
): Promise<number> {
  let values: Values;
  try {
    const flag = { type: "boolean" } as const;
    const options = { control: flag, keep: flag, dir: { type: "string" }, help: { ...flag, short: "h" } } as const;
    ({ values } = parseArgs({ args: [...args], options }));
    if (values.control && values.keep) throw new Error("--control leaves nothing up; leave out --keep.");
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    console.log(HELP);
    return 0;
  }

  // A service that is told to stop has done its work; a demo has not: 128 + the signal's number, as shells expect.
  const common = createCommon({ service: "demo", logLevel: "silent", signals: false, stopTimeoutMs: 30_000 });
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, () => void common.shutdown.stop(signal).finally(() => process.exit(code)));
  }
  try {
    return await (values.control ? control({ common, values }) : demo({ common, values, hooks }));
  } catch (error) {
    console.error(`\n\n  ✗ ${error instanceof WeighlockError ? error.message : error}`);
    return 1;
  } finally {
    await common.shutdown.stop("the demo is over");
  }
}

async function demo({
  common,
  values: { keep = false, dir },
  hooks,
}: {
  common: Common;
  values: Values;
  hooks: Pick<DemoOptions, "beforeReport" | "size">;
}): Promise<number> {
  console.log(`${PRODUCT.name} demo: margin over three chains\n`);
  const result = await runDemo({ common, dir: dir ?? folder, keep, progress: createProgress(), ...hooks });
  console.log(`\n${renderDemo(result)}`);
  if (keep) console.log(`\n${renderKept({ deployment: result.deployment, dir })}`);
  return verdict({
    faults: result.faults,
    bad: "NOT as it must be",
    good: "Every unit is accounted for: residual 0. Nothing forged was executed: loss 0.",
  });
}

async function control({ common, values: { dir } }: { common: Common; values: Values }): Promise<number> {
  console.log(`${PRODUCT.name} control run: the same forgery without the defences\n`);
  const result = await runControl({ common, dir: dir ?? folder, progress: createProgress() });
  console.log(`\n${renderControl(result)}`);
  return verdict({
    faults: result.faults,
    bad: "The attack did not succeed, so the demo's success proves nothing",
    good: "As expected: without the second path and the monitor the forgery takes all that the vault holds.",
  });
}

const folder = `.${PRODUCT.slug}`;

function verdict({ faults, bad, good }: { faults: readonly string[]; bad: string; good: string }): number {
  if (faults.length > 0) console.error(`\n  ${bad}:\n${faults.map((fault) => `    ✗ ${fault}`).join("\n")}`);
  else console.log(`\n  ${good}`);
  return faults.length > 0 ? 1 : 0;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
