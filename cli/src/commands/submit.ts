/** `weighlock submit` and `weighlock cancel` */

import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { addKeyOptions, addNetworkOptions, type NetworkOptions, type Surroundings, withNetwork } from "../context.ts";
import { ToldError, UsageError } from "../errors.ts";
import { parseNonce } from "../input.ts";
import { choosePrivateKey, type KeyChoice } from "../network.ts";
import { parseSignedWithdrawals } from "../signedWithdrawal.ts";
import { cancelNonce, type Submitted, submit } from "../submit.ts";

const SUBMIT_HELP = `
What it does
  Brings withdrawals that their owners signed ("weighlock withdraw --sign") to the hub, all in one transaction. You pay
  the gas and take --fee of each, in its own asset, onto your account's subaccount 0; no more than its owner signed.
  One that can't be done is skipped with a reason and can be brought again; it never stops the others. It exits with 1
  when any was skipped.

Examples
  weighlock submit withdrawal.json
  weighlock submit a.json b.json c.json --fee 0.25 --private-key-file ~/keys/operator --json`;

const CANCEL_HELP = `
What it does
  Uses up a nonce of your own, so that a withdrawal that you signed with it can't be brought any more.

Examples
  weighlock cancel --nonce 1234`;

export function addSubmit(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("submit")
    .description("bring signed withdrawals to the hub in one batch, for a fee")
    .argument("<file...>", 'what "withdraw --sign" wrote: one each, or lists')
    .option("--fee <amount>", "what you take of each, whole tokens of its asset", "0");
  addNetworkOptions(addKeyOptions(command)).addHelpText("after", SUBMIT_HELP);
  command.action((files: string[], options: NetworkOptions & KeyChoice & { fee: string }) =>
    withNetwork(surroundings, options, async (network, output) => {
      const { deployment } = network;
      const privateKey = choosePrivateKey({ deployment, choice: options, env: surroundings.env });
      const signed = files.flatMap((file) => parseSignedWithdrawals({ network, text: textOf(file), file }));
      const done = await submit({ network, privateKey, signed, fee: options.fee });
      output.result(
        [`brought in transaction ${done.transactionHash}, block ${done.block}`, ...done.withdrawals.map(lineOf)],
        done,
      );
      if (done.withdrawals.some(({ type }) => type === "skipped")) throw new ToldError();
    }),
  );
}

export function addCancel(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("cancel")
    .description("make a withdrawal that you signed worthless")
    .requiredOption("--nonce <n>", "its nonce");
  addNetworkOptions(addKeyOptions(command)).addHelpText("after", CANCEL_HELP);
  command.action((options: NetworkOptions & KeyChoice & { nonce: string }) =>
    withNetwork(surroundings, options, async (network, output) => {
      const nonce = parseNonce(options.nonce);
      const { deployment } = network;
      const privateKey = choosePrivateKey({ deployment, choice: options, env: surroundings.env });
      const done = await cancelNonce({ network, privateKey, nonce });
      const where = `in transaction ${done.transactionHash}, block ${done.block}`;
      output.result([`nonce ${nonce} of ${done.owner} is used up ${where}`], done);
    }),
  );
}

function textOf(file: string): string {
  if (existsSync(file)) return readFileSync(file, "utf8");
  throw new UsageError(`There is no file at ${file}; write one with: weighlock withdraw --sign --out ${file}`);
}

function lineOf(each: Submitted): string {
  const what = `${each.quantity} ${each.asset} of ${each.owner}`;
  if (each.type === "skipped") return `  skipped  ${what}, nonce ${each.nonce}: ${each.reason}`;
  return `  done     ${what} as ${each.id}, fee ${each.fee} ${each.asset}`;
}
