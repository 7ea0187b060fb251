/** `weighlock deposit` */

import type { Command } from "commander";
import { formatUnits } from "../amount.ts";
import {
  addKeyOptions,
  addNetworkOptions,
  DEFAULT_TIMEOUT,
  type NetworkOptions,
  type Surroundings,
  withNetwork,
} from "../context.ts";
import { deposit } from "../deposit.ts";
import { UsageError } from "../errors.ts";
import { checkOutcome, followSettlement } from "../follow.ts";
import { parseAddress, parseSeconds, parseSubaccount } from "../input.ts";
import { choosePrivateKey, type KeyChoice } from "../network.ts";
import { outcomeLines } from "../renderSettlement.ts";

type Options = NetworkOptions &
  KeyChoice & {
    chain: string;
    asset: string;
    amount: string;
    subaccount?: string;
    owner?: string;
    refundTo?: string;
    permit?: boolean;
    permit2?: boolean;
    wait?: boolean;
    timeout: string;
  };

const HELP = `
What it does
  Takes the token from your key's address into the vault, approving exactly that much first when needed. The vault
  posts an entry to the lane to the hub; when two paths have carried it there, your account is credited and can trade
  or withdraw. --wait follows it until then.

Letting the vault take it
  By default the vault is approved for exactly the amount, in a transaction of its own. With --permit you sign that
  instead, where the token has EIP-2612, and send one transaction. With --permit2 you sign for Uniswap's Permit2, which
  works with every token; it is approved without limit the first time, and takes nothing without a signature.

Units
  --amount is in whole tokens: 12.5 means 12.5 USDC, whatever its decimals on that chain. The hub counts in canonical
  units (USDC: 6 decimals). What is finer than that stays with you, and is said.

Examples
  weighlock deposit --chain alpha --asset USDC --amount 12.5
  weighlock deposit --chain beta --asset WETH --amount 0.75 --subaccount 2 --wait
  weighlock deposit --chain alpha --asset USDC --amount 12.5 --permit
  weighlock deposit --chain alpha --asset 1 --amount 100 --owner 0x… --key-role trader-2 --json`;

export function addDeposit(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("deposit")
    .description("lock collateral in a vault, to be credited on the hub")
    .requiredOption("--chain <chain>", "the vault chain that holds your tokens")
    .requiredOption("--asset <asset>", "its symbol or id")
    .requiredOption("--amount <amount>", "whole tokens, as in 12.5")
    .option("--subaccount <n>", "which subaccount to credit (default: 0)")
    .option("--owner <address>", "whose account to credit (default: the key's address)")
    .option("--refund-to <address>", "paid if the hub can't credit it (default: the key's address)")
    .option("--permit", "sign the token's own permit (EIP-2612) instead of approving")
    .option("--permit2", "sign for Permit2 instead of approving the vault")
    .option("--wait", "follow it until it is credited")
    .option("--timeout <seconds>", "how long --wait waits", DEFAULT_TIMEOUT);
  addNetworkOptions(addKeyOptions(command)).addHelpText("after", HELP);
  command.action((options: Options) =>
    withNetwork(surroundings, options, async (network, output) => {
      const timeoutMs = parseSeconds(options.timeout);
      if (options.permit && options.permit2) throw new UsageError("Give either --permit or --permit2");
      const done = await deposit({
        network,
        privateKey: choosePrivateKey({ deployment: network.deployment, choice: options, env: surroundings.env }),
        chain: options.chain,
        asset: options.asset,
        amount: options.amount,
        subaccount: parseSubaccount(options.subaccount),
        owner: options.owner === undefined ? undefined : parseAddress(options.owner, "the owner"),
        refundTo: options.refundTo === undefined ? undefined : parseAddress(options.refundTo, "the refund"),
        way: options.permit ? "permit" : options.permit2 ? "permit2" : "approve",
        onProgress: output.say,
      });
      const { lane, id, index, asset, credited, transactionHash, block } = done;
      output.say(`deposited as ${id} in transaction ${transactionHash}, block ${block}`);
      output.say(
        `next: ${lane.dst.name} credits ${formatUnits(credited, asset.canonicalDecimals)} ${asset.symbol} when two paths have carried it`,
      );
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
