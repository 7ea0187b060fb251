/** `weighlock quote deposit` and `weighlock quote withdraw` */

import type { Command } from "commander";
import { addNetworkOptions, type NetworkOptions, type Surroundings, withNetwork } from "../context.ts";
import { ToldError, UsageError } from "../errors.ts";
import { parseAddress, parseSubaccount } from "../input.ts";
import type { Network } from "../network.ts";
import { quoteDeposit } from "../quote/quoteDeposit.ts";
import { quoteWithdraw } from "../quote/quoteWithdraw.ts";
import { renderDepositQuote, renderWithdrawalQuote } from "../quote/render.ts";

type Common = NetworkOptions & { asset: string; amount: string };
type DepositOptions = Common & { chain: string; from?: string };
type WithdrawOptions = Common & { to: string; account?: string; subaccount?: string };

const HELP = `
What it does
  Says what a deposit or a withdrawal would bring, cost and wait for, from the chains as they are now. It sends nothing
  and needs no key. The time is measured: what the lane's last settlements took from their post to their execution.
  It exits with 1 when it can't be done now, and says why.

Examples
  weighlock quote deposit --chain alpha --asset USDC --amount 12.5
  weighlock quote withdraw --to beta --asset USDC --amount 5 --account 0xf39F…`;

export function addQuote(program: Command, surroundings: Surroundings): void {
  const quote = program
    .command("quote")
    .description("fee, way, expected time, and what each vault has; nothing is sent")
    .addHelpText("after", HELP);
  const common = (command: Command) =>
    addNetworkOptions(
      command
        .requiredOption("--asset <asset>", "its symbol or id")
        .requiredOption("--amount <amount>", "whole tokens, as in 12.5"),
    ).addHelpText("after", HELP);

  common(
    quote
      .command("deposit")
      .description("what a deposit would credit, cost and wait for")
      .requiredOption("--chain <chain>", "the vault chain that holds your tokens")
      .option("--from <address>", "who would send it, for the gas (default: the deployment's trader)"),
  ).action((options: DepositOptions) =>
    withNetwork(surroundings, options, async (network, output) => {
      const { chain, asset, amount } = options;
      const from = options.from === undefined ? traderOf(network) : parseAddress(options.from, "the sender");
      const found = await quoteDeposit({ network, chain, asset, amount, from });
      output.result(renderDepositQuote(found), found);
      if (found.obstacles.length > 0) throw new ToldError();
    }),
  );

  common(
    quote
      .command("withdraw")
      .description("what a withdrawal would cost and wait for, and what each vault has")
      .requiredOption("--to <chain>", "the vault chain to be paid on")
      .option("--account <address>", "whose balance must do")
      .option("--subaccount <n>", "with --account (default: 0)"),
  ).action((options: WithdrawOptions) =>
    withNetwork(surroundings, options, async (network, output) => {
      const { to, asset, amount } = options;
      if (options.subaccount !== undefined && options.account === undefined) {
        throw new UsageError("--subaccount belongs to --account");
      }
      const account =
        options.account === undefined
          ? undefined
          : { owner: parseAddress(options.account, "the account"), subaccount: parseSubaccount(options.subaccount) };
      const found = await quoteWithdraw({ network, to, asset, amount, account });
      output.result(renderWithdrawalQuote(found), found);
      if (found.obstacles.length > 0) throw new ToldError();
    }),
  );
}

const traderOf = ({ deployment }: Network) => deployment.keys.find(({ role }) => role === "trader")?.address;
