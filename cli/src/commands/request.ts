/** `weighlock request` */

import type { Command } from "commander";
import {
  addKeyOptions,
  addNetworkOptions,
  DEFAULT_TIMEOUT,
  type NetworkOptions,
  type Surroundings,
  withNetwork,
} from "../context.ts";
import { checkOutcome, followSettlement } from "../follow.ts";
import { parseAddress, parseSeconds, parseSubaccount } from "../input.ts";
import { choosePrivateKey, type KeyChoice } from "../network.ts";
import { outcomeLines } from "../renderSettlement.ts";
import { request } from "../request.ts";

type Options = NetworkOptions &
  KeyChoice & {
    chain: string;
    to: string;
    asset: string;
    amount: string;
    subaccount?: string;
    owner?: string;
    recipient?: string;
    wait?: boolean;
    timeout: string;
  };

const HELP = `
What it does
  Asks for a withdrawal from a vault's chain: an entry in the lane to the hub, which the hub must serve or refuse with a
  reason in the transaction that executes it. Nobody on the hub can keep it out without stopping that lane for everybody.
  It is paid to your own address, or to a recipient that you registered on the hub ("weighlock recipient add"). With
  --owner you ask as the controller that the owner registered ("weighlock controller set"), and are paid yourself.
  --wait follows it until the hub has served it; the release that it becomes is a settlement of its own.

Examples
  weighlock request --chain alpha --to beta --asset USDC --amount 5
  weighlock request --chain alpha --to alpha --asset WETH --amount 0.25 --recipient 0x… --wait`;

export function addRequest(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("request")
    .description("ask for a withdrawal from a vault's chain, past anyone on the hub")
    .requiredOption("--chain <chain>", "the vault chain from which you ask")
    .requiredOption("--to <chain>", "the vault chain to be paid on")
    .requiredOption("--asset <asset>", "its symbol or id")
    .requiredOption("--amount <amount>", "whole tokens, as in 5")
    .option("--recipient <address>", "who is paid there (default: the key's address)")
    .option("--subaccount <n>", "which subaccount to debit (default: 0)")
    .option("--owner <address>", "whose account, as its controller (default: the key's address)")
    .option("--wait", "follow it until the hub has served or refused it")
    .option("--timeout <seconds>", "how long --wait waits", DEFAULT_TIMEOUT);
  addNetworkOptions(addKeyOptions(command)).addHelpText("after", HELP);
  command.action((options: Options) =>
    withNetwork(surroundings, options, async (network, output) => {
      const timeoutMs = parseSeconds(options.timeout);
      const done = await request({
        network,
        privateKey: choosePrivateKey({ deployment: network.deployment, choice: options, env: surroundings.env }),
        chain: options.chain,
        to: options.to,
        asset: options.asset,
        amount: options.amount,
        subaccount: parseSubaccount(options.subaccount),
        owner: options.owner === undefined ? undefined : parseAddress(options.owner, "the owner"),
        recipient: options.recipient === undefined ? undefined : parseAddress(options.recipient, "the recipient"),
        onProgress: output.say,
      });
      const { lane, id, index, transactionHash, block } = done;
      output.say(`requested as ${id} in transaction ${transactionHash}, block ${block}`);
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
