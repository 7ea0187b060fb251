/** `weighlock parked` */

import type { Command } from "commander";
import { addNetworkOptions, type NetworkOptions, type Surroundings, withNetwork } from "../context.ts";
import { parseAddress } from "../input.ts";
import { listParked, type ParkedEntry } from "../parked.ts";

type Options = NetworkOptions & { account?: string };

const HELP = `
What it shows
  What was carried and executed, and is not done. parked: a release that a vault could not pay. held: an entry that the
  hub could not credit, or a release that was given back and waits to be settled. No money is lost in either: each line
  says why it waits, since when, until when, and which command ends it, by whom and from when.
  large: it takes three paths' word, or a wait in time and blocks in which a guardian may veto it. More than an account's
  share or than the bucket holds: it has its time, and nothing that comes later overtakes it. The clock of both stands
  still while the lane or the asset is paused.

Examples
  weighlock parked
  weighlock parked --account 0xf39F… --json`;

export function addParked(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("parked")
    .description("what waits at its destination, why, and the command that ends it")
    .option("--account <address>", "only what is this owner's");
  addNetworkOptions(command).addHelpText("after", HELP);
  command.action((options: Options) =>
    withNetwork(surroundings, options, async (network, output) => {
      const owner = options.account === undefined ? undefined : parseAddress(options.account, "the account");
      const parked = await listParked({ network, owner });
      output.result(parked.length === 0 ? ["Nothing is parked or held."] : parked.flatMap(linesOf), { parked });
    }),
  );
}

function linesOf(parked: ParkedEntry) {
  const { id, type, kind, quantity, asset, owner, subaccount, payee, reason, since, waits, remedies } = parked;
  const account = subaccount === 0n ? owner : `${owner}/${subaccount}`;
  const to = payee === undefined ? "" : ` → ${payee}`;
  return [
    `${id}  ${kind} of ${quantity} ${asset}  account ${account}${to}  is ${type} since ${since.toISOString()}`,
    `  why: ${reason}`,
    ...(waits === "" ? [] : [`  when: ${waits}`]),
    ...remedies.map(
      ({ command, what, who, from }) =>
        `  ${command}  ${what}; by ${who}${from === undefined ? "" : ` from ${from.toISOString()}`}`,
    ),
    ...(remedies.length === 0 && waits === "" ? ["  nothing can be done, and it holds no money"] : []),
  ];
}
