/** `weighlock status` */

import type { Command } from "commander";
import { addNetworkOptions, type NetworkOptions, type Surroundings, withNetwork } from "../context.ts";
import { UsageError } from "../errors.ts";
import { parseAddress, parseLimit, parseSubaccount } from "../input.ts";
import { renderStatus } from "../renderStatus.ts";
import { status } from "../status.ts";

type Options = NetworkOptions & { lane?: string; account?: string; subaccount?: string; limit: string };

const HELP = `
What it does
  Tells where collateral is, from the chains alone: it needs no relayer and no monitor, and shows what they do.
  A settlement's life: posted (the entry is in the lane's log) → sealed (in a window with a hash) → dispatched (that
  hash was sent) → attested (a path has delivered it; two must) → executed → credited on the hub, or paid by the vault.
  "waits" says what has to happen next, and who may do it. What ended otherwise says how: held, parked, returned,
  settled, refunded, struck; a request was served as a release of its own, or refused with the reason.

Examples
  weighlock status                      every lane, every book
  weighlock status alpha-hub:12         the settlement with index 12 on the lane from alpha to the hub
  weighlock status 0x5c50…              what a transaction did, and the settlements that it began
  weighlock status --lane hub-beta      one lane, and what it has not executed yet
  weighlock status --account 0xf39F…    balances, deposits and withdrawals of an account

The overview's columns
  in flight: posted and not executed, summed by entry. suspense: credited to the lane and to no account. parked: a
  release that could not be paid. struck: one that the council found forged, never paid. available: what may be
  withdrawn there. surplus: tokens beyond the book. residual: what is missing from the sums; anything but 0 is an
  incident.`;

export function addStatus(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("status")
    .description("tell a settlement's life, or everything at one look")
    .argument("[subject]", "lane:index (alpha-hub:12) or a transaction's hash")
    .option("--lane <lane>", "one lane: source and destination, as in alpha-hub")
    .option("--account <address>", "one account, by its owner")
    .option("--subaccount <n>", "with --account (default: 0)")
    .option("--limit <n>", "how many settlements to list of each lane", "10");
  addNetworkOptions(command).addHelpText("after", HELP);
  command.action((subject: string | undefined, options: Options) =>
    withNetwork(surroundings, options, async (network, output) => {
      if (options.subaccount !== undefined && options.account === undefined) {
        throw new UsageError("--subaccount belongs to --account");
      }
      const found = await status({
        network,
        subject,
        lane: options.lane,
        limit: parseLimit(options.limit),
        account:
          options.account === undefined
            ? undefined
            : { owner: parseAddress(options.account, "the account"), subaccount: parseSubaccount(options.subaccount) },
      });
      output.result(renderStatus(found), found);
    }),
  );
}
