/** The command line: reads arguments, runs a verb, and turns every failure into a sentence and an exit code. */

import { PRODUCT } from "@weighlock/core/product.ts";
import { Command, CommanderError } from "commander";
import { addAccounts } from "./commands/accounts.ts";
import { addCouncil } from "./commands/council.ts";
import { addDeposit } from "./commands/deposit.ts";
import { addDevnet } from "./commands/devnet.ts";
import { addEnds } from "./commands/ends.ts";
import { addGuardian } from "./commands/guardian.ts";
import { addLanes } from "./commands/lanes.ts";
import { addMonitor } from "./commands/monitor.ts";
import { addParked } from "./commands/parked.ts";
import { addPermissions } from "./commands/permissions.ts";
import { addQuote } from "./commands/quote.ts";
import { addRequest } from "./commands/request.ts";
import { addStatus } from "./commands/status.ts";
import { addCancel, addSubmit } from "./commands/submit.ts";
import { addTransfer } from "./commands/transfer.ts";
import { addWithdraw } from "./commands/withdraw.ts";
import { addWitness } from "./commands/witness.ts";
import type { Surroundings } from "./context.ts";
import { failureOf, ToldError } from "./errors.ts";

export type ExitCode = 0 | 1 | 2;

const HELP = `
Collateral is locked in a vault on the chain where you hold it, credited on the hub, and paid out of whichever vault
you choose. Start with a local network:
  weighlock devnet up
  weighlock deposit --chain alpha --asset USDC --amount 12.5 --wait
  weighlock withdraw --to beta --asset USDC --amount 5 --wait
  weighlock status

Exit codes: 0 done, 1 it failed, 2 it was asked wrongly.`;

/** `argv` without the program's own name. Never throws. */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { streams } = surroundings;
  try {
    await createProgram(surroundings).parseAsync([...argv], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof ToldError) return 1;
    const { exitCode, name, sentence, details } = failureOf(error);
    if (argv.includes("--json")) {
      streams.stdout(`${JSON.stringify({ error: { name, message: sentence, details } }, null, 2)}\n`);
    } else {
      streams.stderr(`${sentence}\n`);
      for (const line of Object.entries(details).flatMap(linesOf)) streams.stderr(`  ${line}\n`);
    }
    return exitCode;
  }
}

/** What several sentences say of one thing stands under it. */
function linesOf([key, value]: [string, unknown]): string[] {
  if (typeof value === "string") return [`${key}: ${value}`];
  const isSentences = Array.isArray(value) && value.every((each) => typeof each === "string" && each.includes(" "));
  if (!isSentences || value.length === 0) return [`${key}: ${JSON.stringify(value)}`];
  return value.length === 1 ? [`${key}: ${value[0]}`] : [`${key}:`, ...value.map((each) => `  ${each}`)];
}

function createProgram(surroundings: Surroundings): Command {
  const { stdout, stderr } = surroundings.streams;
  // Set before the verbs are added, which inherit it.
  const program = new Command(PRODUCT.slug)
    .description(`${PRODUCT.name}: cross-chain margin settlement`)
    .configureOutput({ writeOut: stdout, writeErr: stderr })
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError("(--help shows how it is used)")
    .exitOverride()
    .addHelpText("after", HELP);
  addDevnet(program, surroundings);
  addQuote(program, surroundings);
  addDeposit(program, surroundings);
  addWithdraw(program, surroundings);
  addSubmit(program, surroundings);
  addCancel(program, surroundings);
  addTransfer(program, surroundings);
  addRequest(program, surroundings);
  addPermissions(program, surroundings);
  addStatus(program, surroundings);
  addAccounts(program, surroundings);
  addLanes(program, surroundings);
  addParked(program, surroundings);
  addEnds(program, surroundings);
  addWitness(program, surroundings);
  addMonitor(program, surroundings);
  addGuardian(program, surroundings);
  addCouncil(program, surroundings);
  return program;
}
