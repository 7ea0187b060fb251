/** `weighlock withdraw` */

import { writeFileSync } from "node:fs";
import { toPlain } from "@weighlock/core/plain.ts";
import type { Command } from "commander";
import {
  addKeyOptions,
  addNetworkOptions,
  DEFAULT_TIMEOUT,
  type NetworkOptions,
  type Surroundings,
  withNetwork,
} from "../context.ts";
import { UsageError } from "../errors.ts";
import { checkOutcome, followSettlement } from "../follow.ts";
import { parseAddress, parseNonce, parseSeconds, parseSubaccount } from "../input.ts";
import { choosePrivateKey, type KeyChoice } from "../network.ts";
import type { Output } from "../output.ts";
import { outcomeLines } from "../renderSettlement.ts";
import { type SignRequest, signedWithdrawal } from "../signedWithdrawal.ts";
import { withdraw } from "../withdraw.ts";

type Options = NetworkOptions &
  KeyChoice & {
    to: string;
    asset: string;
    amount: string;
    subaccount?: string;
    recipient?: string;
    wait?: boolean;
    timeout: string;
    sign?: boolean;
    out?: string;
    maxFee?: string;
    deadline?: string;
    nonce?: string;
  };

const HELP = `
What it does
  Debits your account on the hub and posts a release to the lane to the vault you name; when two paths have carried it
  there, the vault pays the recipient. Any vault will do, also one you never deposited in, as long as it backs the
  amount; when it doesn't, you are told what is available where.

Signing only
  With --sign nothing is sent and no gas is needed: the withdrawal is signed and printed as JSON, or written to --out,
  for any operator to bring with "weighlock submit". --max-fee is the most that it may take on top of the amount. What
  was signed counts until its --deadline, or until "weighlock cancel" uses up its nonce.

Units
  --amount is in whole tokens: 5 means 5 USDC. Its smallest step is one canonical unit (USDC: 0.000001).

Examples
  weighlock withdraw --to beta --asset USDC --amount 5
  weighlock withdraw --to alpha --asset WETH --amount 0.25 --subaccount 2 --recipient 0x… --wait
  weighlock withdraw --to beta --asset USDC --amount 5 --sign --max-fee 0.5 --deadline +86400 --out withdrawal.json
  weighlock withdraw --to beta --asset USDC --amount 5 --private-key-file ~/keys/trader --deployment mainnet.json`;

export function addWithdraw(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("withdraw")
    .description("pay out of your account, from the vault of your choice")
    .requiredOption("--to <chain>", "the vault chain to be paid on")
    .requiredOption("--asset <asset>", "its symbol or id")
    .requiredOption("--amount <amount>", "whole tokens, as in 5")
    .option("--recipient <address>", "who is paid there (default: the key's address)")
    .option("--subaccount <n>", "which subaccount to debit (default: 0)")
    .option("--wait", "follow it until it is paid")
    .option("--timeout <seconds>", "how long --wait waits", DEFAULT_TIMEOUT)
    .option("--sign", "sign it as JSON for an operator, and send nothing")
    .option("--out <file>", "with --sign: write it there")
    .option("--max-fee <amount>", "with --sign: the most an operator may take, whole tokens (default: 0)")
    .option("--deadline <time>", "with --sign: +seconds from now, or a date (default: +3600)")
    .option("--nonce <n>", "with --sign: any that you have not used (default: random)");
  addNetworkOptions(addKeyOptions(command)).addHelpText("after", HELP);
  command.action((options: Options) =>
    withNetwork(surroundings, options, async (network, output) => {
      const timeoutMs = parseSeconds(options.timeout);
      const request = {
        network,
        privateKey: choosePrivateKey({ deployment: network.deployment, choice: options, env: surroundings.env }),
        to: options.to,
        asset: options.asset,
        amount: options.amount,
        subaccount: parseSubaccount(options.subaccount),
        recipient: options.recipient === undefined ? undefined : parseAddress(options.recipient, "the recipient"),
      };
      if (options.sign) {
        await sign(request, options, output);
        return;
      }
      for (const [option, flag] of SIGN_OPTIONS) {
        if (options[option] !== undefined) throw new UsageError(`${flag} belongs to --sign`);
      }
      const done = await withdraw({ ...request, onProgress: output.say });
      const { lane, id, index, transactionHash, block } = done;
      output.say(`authorised as ${id} in transaction ${transactionHash}, block ${block}`);
      output.say(`next: ${lane.dst.name} pays ${done.recipient} when two paths have carried it`);
      if (!options.wait) {
        output.result([`follow it with: weighlock status ${id}`], { ...done, lane: undefined });
        return;
      }
      const settlement = await followSettlement({ network, lane, index, timeoutMs, onStep: output.say });
      output.result(outcomeLines(settlement), { ...done, lane: undefined, settlement });
      checkOutcome(settlement);
    }),
  );
}

const SIGN_OPTIONS = [
  ["out", "--out"],
  ["maxFee", "--max-fee"],
  ["deadline", "--deadline"],
  ["nonce", "--nonce"],
] as const;

/** The same JSON with --json and without: that is what it is for. */
async function sign(
  request: SignRequest,
  { out, maxFee, deadline, nonce, wait }: Options,
  output: Output,
): Promise<void> {
  if (wait) throw new UsageError("--sign sends nothing that --wait could follow");
  const signed = await signedWithdrawal({
    ...request,
    nonce: nonce === undefined ? undefined : parseNonce(nonce),
    ...(maxFee !== undefined && { maxFee }),
    ...(deadline !== undefined && { deadline }),
  });
  const json = JSON.stringify(toPlain(signed), null, 2);
  if (out === undefined) {
    output.result([json], signed);
    return;
  }
  // Whoever has it can have it paid, to the one whom it names.
  writeFileSync(out, `${json}\n`, { mode: 0o600 });
  output.result([`signed into ${out}; an operator brings it with: weighlock submit ${out}`], { file: out, ...signed });
}
