/** `weighlock transfer` */

import type { Command } from "commander";
import { addKeyOptions, addNetworkOptions, type NetworkOptions, type Surroundings, withNetwork } from "../context.ts";
import { parseAddress, parseSubaccount } from "../input.ts";
import { choosePrivateKey, type KeyChoice } from "../network.ts";
import { transfer } from "../transfer.ts";

type Options = NetworkOptions &
  KeyChoice & { asset: string; amount: string; subaccount?: string; toOwner?: string; toSubaccount?: string };

const HELP = `
What it does
  Moves a balance on the hub, at once: from one of your subaccounts to another, or to another owner's account. Nothing
  leaves a vault.

Examples
  weighlock transfer --asset USDC --amount 5 --to-subaccount 2
  weighlock transfer --asset USDC --amount 5 --subaccount 2 --to-owner 0x…`;

export function addTransfer(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("transfer")
    .description("move a balance to another subaccount, or another owner")
    .requiredOption("--asset <asset>", "its symbol or id")
    .requiredOption("--amount <amount>", "whole tokens, as in 5")
    .option("--subaccount <n>", "from which of your subaccounts (default: 0)")
    .option("--to-owner <address>", "whose account gets it (default: your own)")
    .option("--to-subaccount <n>", "which subaccount gets it (default: 0)");
  addNetworkOptions(addKeyOptions(command)).addHelpText("after", HELP);
  command.action((options: Options) =>
    withNetwork(surroundings, options, async (network, output) => {
      const { deployment } = network;
      const done = await transfer({
        network,
        privateKey: choosePrivateKey({ deployment, choice: options, env: surroundings.env }),
        asset: options.asset,
        amount: options.amount,
        subaccount: parseSubaccount(options.subaccount),
        toOwner: options.toOwner === undefined ? undefined : parseAddress(options.toOwner, "the receiver"),
        toSubaccount: parseSubaccount(options.toSubaccount),
      });
      const { to, quantity, asset, transactionHash, block } = done;
      output.result(
        [
          `${quantity} ${asset} moved to ${to.owner}/${to.subaccount} in transaction ${transactionHash}, block ${block}`,
        ],
        done,
      );
    }),
  );
}
