/** `weighlock recipient add | remove` and `weighlock controller set | clear` */

import type { Command } from "commander";
import { addKeyOptions, addNetworkOptions, type NetworkOptions, type Surroundings, withNetwork } from "../context.ts";
import { parseAddress } from "../input.ts";
import { choosePrivateKey, type KeyChoice } from "../network.ts";
import { setController, setRecipient } from "../permissions.ts";

type Options = NetworkOptions & KeyChoice & { chain: string };

const RECIPIENT_HELP = `
What it does
  Registers on the hub where, beside your own address, a request from a vault's chain ("weighlock request") may be paid.
  Withdrawals that you send or sign yourself need none of it.

Examples
  weighlock recipient add 0x… --chain beta
  weighlock recipient remove 0x… --chain beta`;

const CONTROLLER_HELP = `
What it does
  Registers on the hub who may ask for your account from a vault's chain, and is paid there itself. It is for contracts,
  whose address on that chain may be somebody else's. One chain has one controller; "clear" takes it back.

Examples
  weighlock controller set 0x… --chain alpha
  weighlock controller clear --chain alpha`;

export function addPermissions(program: Command, surroundings: Surroundings): void {
  const recipient = program
    .command("recipient")
    .description("who may be paid by requests of yours")
    .addHelpText("after", RECIPIENT_HELP);
  for (const [name, isAllowed] of [
    ["add", true],
    ["remove", false],
  ] as const) {
    const command = recipient.command(name).argument("<address>", "the recipient");
    finish(command, "the vault chain where it is paid", RECIPIENT_HELP)
      .description(isAllowed ? "let requests be paid to it" : "let them no more")
      .action((text: string, options: Options) =>
        withNetwork(surroundings, options, async (network, output) => {
          const address = parseAddress(text, "the recipient");
          const privateKey = keyOf(network.deployment, options);
          const done = await setRecipient({ network, privateKey, chain: options.chain, recipient: address, isAllowed });
          const verb = isAllowed ? "may be" : "may no more be";
          output.result(
            [
              `requests of ${done.owner} ${verb} paid to ${address} on ${done.chain}; transaction ${done.transactionHash}`,
            ],
            { recipient: address, isAllowed, ...done },
          );
        }),
      );
  }

  const controller = program
    .command("controller")
    .description("who may request for you from a vault's chain")
    .addHelpText("after", CONTROLLER_HELP);
  const set = controller.command("set").argument("<address>", "the controller").description("register it");
  finish(set, "the vault chain from which it asks", CONTROLLER_HELP).action((text: string, options: Options) =>
    control(options, parseAddress(text, "the controller")),
  );
  const clear = controller.command("clear").description("register nobody");
  finish(clear, "the vault chain from which it asks", CONTROLLER_HELP).action((options: Options) =>
    control(options, undefined),
  );

  function finish(command: Command, chain: string, help: string): Command {
    const options = command.requiredOption("--chain <chain>", chain);
    return addNetworkOptions(addKeyOptions(options)).addHelpText("after", help);
  }

  function control(options: Options, address: ReturnType<typeof parseAddress> | undefined): Promise<void> {
    return withNetwork(surroundings, options, async (network, output) => {
      const privateKey = keyOf(network.deployment, options);
      const done = await setController({ network, privateKey, chain: options.chain, controller: address });
      output.result(
        [
          `${address ?? "nobody"} may request for ${done.owner} from ${done.chain}; transaction ${done.transactionHash}`,
        ],
        { controller: address ?? null, ...done },
      );
    });
  }

  function keyOf(deployment: Parameters<typeof choosePrivateKey>[0]["deployment"], choice: KeyChoice) {
    return choosePrivateKey({ deployment, choice, env: surroundings.env });
  }
}
