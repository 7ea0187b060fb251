/** `weighlock withdraw` */

import type { Command } from "commander";
import {
  addKeyOptions,
  addNetworkOptions,
  DEFAULT_TIMEOUT,
  type NetworkOptions,
  type Surroundings,
  withNetwork,
} from "../context.ts";
import { followSettlement } from "../follow.ts";
import { parseAddress, parseSeconds, parseSubaccount } from "../input.ts";
import { choosePrivateKey, type KeyChoice } from "../network.ts";
import { outcomeLine } from "../renderSettlement.ts";
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
  };

const HELP = `
What it does
  Debits your account on the hub and posts a release to the lane to the vault you name; when two paths have carried it
  there, the vault pays the recipient. Any vault will do, also one you never deposited in, as long as it backs the
  amount; when it doesn't, you are told what is available where.

Units
  --amount is in whole tokens: 5 means 5 USDC. Its smallest step is one canonical unit (USDC: 0.000001).

Examples
  weighlock withdraw --to beta --asset USDC --amount 5
  weighlock withdraw --to alpha --asset WETH --amount 0.25 --subaccount 2 --recipient 0x… --wait
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
    .option("--timeout <seconds>", "how long --wait waits", DEFAULT_TIMEOUT);
  addNetworkOptions(addKeyOptions(command)).addHelpText("after", HELP);
  command.action((options: Options) =>
    withNetwork(surroundings, options, async (network, output) => {
      const timeoutMs = parseSeconds(options.timeout);
      const done = await withdraw({
        network,
        privateKey: choosePrivateKey({ deployment: network.deployment, choice: options, env: surroundings.env }),
        to: options.to,
        asset: options.asset,
        amount: options.amount,
        subaccount: parseSubaccount(options.subaccount),
        recipient: options.recipient === undefined ? undefined : parseAddress(options.recipient, "the recipient"),
        onProgress: output.say,
      });
      const { lane, id, index, transactionHash, block } = done;
      output.say(`authorised as ${id} in transaction ${transactionHash}, block ${block}`);
      output.say(`next: ${lane.dst.name} pays ${done.recipient} when two paths have carried it`);
      if (!options.wait) {
        output.result([`follow it with: weighlock status ${id}`], { ...done, lane: undefined });
        return;
      }
      const settlement = await followSettlement({ network, lane, index, timeoutMs, onStep: output.say });
      output.result([outcomeLine(settlement)], { ...done, lane: undefined, settlement });
    }),
  );
}
