/** `weighlock retry`, `weighlock return` and `weighlock settle` */

import type { Command } from "commander";
import { addKeyOptions, addNetworkOptions, type NetworkOptions, type Surroundings, withNetwork } from "../context.ts";
import { type EndRequest, type ParkedEnd, retryRelease, returnRelease } from "../endParked.ts";
import { ToldError } from "../errors.ts";
import { choosePrivateKey, type KeyChoice } from "../network.ts";
import type { Output } from "../output.ts";
import { type HeldEnd, settleHeld } from "../settleHeld.ts";

type Options = NetworkOptions & KeyChoice;

const RETRY_HELP = `
What it does
  Pays a release that its vault had to park, to the one whom it always was for. Anyone may, as often as they like: what
  still can't be paid stays parked, and the reason is said. A large one that has waited draws from the bucket then, and
  may get a time there.

Examples
  weighlock parked                   what is parked, and why
  weighlock retry hub-beta:3`;

const RETURN_HELP = `
What it does
  Gives a parked release back to the hub, where its account is credited again: it travels the lane back, and
  "weighlock settle" credits it there. Its payee or the account's owner may at any time; anyone may 7 days after it
  unlocked, and then it is paid instead if that is possible by now.

Examples
  weighlock return hub-beta:3
  weighlock return hub-beta:3 --private-key-file ~/keys/trader`;

const SETTLE_HELP = `
What it does
  Ends what the hub holds, by whichever applies: credits a deposit whose time has come or whose asset is listed by now;
  credits the account of a release that came back, from the hub's own log, whose window is read back from events; or,
  after 7 days, sends a deposit that no account can have, or that the lane's cap has no room for, to its refund address.
  Anyone may. A large deposit that has waited draws from the lane's bucket then, and may get a time there.

Examples
  weighlock parked                   what is held, and why
  weighlock settle beta-hub:7`;

export function addEnds(program: Command, surroundings: Surroundings): void {
  add("retry", "pay a parked release whose reason is gone", "a release: lane:index, as in hub-beta:3", RETRY_HELP, {
    run: retryRelease,
    tell: tellParked,
  });
  add("return", "give a parked release back to the hub", "a release: lane:index, as in hub-beta:3", RETURN_HELP, {
    run: returnRelease,
    tell: tellParked,
  });
  add("settle", "end what the hub holds", "an entry: lane:index, as in beta-hub:7", SETTLE_HELP, {
    run: settleHeld,
    tell: tellHeld,
  });

  function add<End>(
    name: string,
    description: string,
    argument: string,
    help: string,
    { run, tell }: { run: (request: EndRequest) => Promise<End>; tell: (end: End, output: Output) => void },
  ): void {
    const command = program.command(name).description(description).argument("<id>", argument);
    addNetworkOptions(addKeyOptions(command)).addHelpText("after", help);
    command.action((id: string, options: Options) =>
      withNetwork(surroundings, options, async (network, output) => {
        const { deployment } = network;
        const privateKey = choosePrivateKey({ deployment, choice: options, env: surroundings.env });
        tell(await run({ network, privateKey, id }), output);
      }),
    );
  }
}

function tellParked(end: ParkedEnd, output: Output): void {
  const where = `in transaction ${end.transactionHash}, block ${end.block}`;
  output.result(linesOf(end, where), end);
}

function linesOf(end: ParkedEnd, where: string): string[] {
  switch (end.type) {
    case "paid":
      return [`${end.id} is paid ${where}`];
    case "waits":
      return [`${end.id} has its next wait ${where}: ${end.reason}`, `until when: weighlock status ${end.id}`];
    case "returned":
      return [
        `${end.id} is returned as ${end.as} ${where}`,
        `next: when two paths have carried ${end.as} to the hub: weighlock settle ${end.as}`,
      ];
  }
}

/** Throws ToldError for a false return, which is an incident. */
function tellHeld(end: HeldEnd, output: Output): void {
  const where = `in transaction ${end.transactionHash}, block ${end.block}`;
  switch (end.type) {
    case "credited":
      output.result([`${end.id} is credited ${where}`], end);
      return;
    case "waits":
      output.result(
        [`${end.id} has its next wait ${where}: ${end.reason}`, `until when: weighlock status ${end.id}`],
        end,
      );
      return;
    case "settled":
      output.result([`${end.id} is settled ${where}: the account of ${end.release} is credited again`], end);
      return;
    case "refunded":
      output.result([`${end.id} goes back as ${end.as}, ${where}`, `follow it with: weighlock status ${end.as}`], end);
      return;
    case "falselyReturned":
      output.result([`${end.id} gives back ${end.release}, which was never to be: its lane is halted ${where}`], end);
      throw new ToldError();
  }
}
