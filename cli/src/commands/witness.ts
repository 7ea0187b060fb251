/** `weighlock vouch` and `weighlock contradict` */

import type { Command } from "commander";
import { addKeyOptions, addNetworkOptions, type NetworkOptions, type Surroundings, withNetwork } from "../context.ts";
import { parseLane } from "../input.ts";
import { choosePrivateKey, type KeyChoice } from "../network.ts";
import { parsePath } from "../operations.ts";
import { contradict, vouch } from "../witness.ts";

type Options = NetworkOptions & KeyChoice;

const VOUCH_HELP = `
What it does
  Shows a lane's destination that another path has attested what two paths let execute. With the word of three, a large
  entry need not wait. Anyone may; the relayer does it by itself when it sees a third path's word.

Examples
  weighlock vouch hub-beta
  weighlock vouch hub-beta --path wormhole`;

const CONTRADICT_HELP = `
What it does
  Shows a lane's destination two attestations that can't both be of one log, which halts the lane: one path's newer word,
  and the windows up to it, in which another path's count has another head, or none. Anyone may; the relayer does it by
  itself. A guardian then disables the path that lied, and the council resumes the lane.

Examples
  weighlock contradict alpha-hub`;

export function addWitness(program: Command, surroundings: Surroundings): void {
  const keyOf = (network: Parameters<typeof choosePrivateKey>[0]["deployment"], options: Options) =>
    choosePrivateKey({ deployment: network, choice: options, env: surroundings.env });

  const vouching = program
    .command("vouch")
    .description("show that another path stands behind what was executed")
    .argument("<lane>", "source and destination, as in hub-beta")
    .option("--path <path>", "this one alone: its name or index");
  addNetworkOptions(addKeyOptions(vouching)).addHelpText("after", VOUCH_HELP);
  vouching.action((name: string, options: Options & { path?: string }) =>
    withNetwork(surroundings, options, async (network, output) => {
      const { deployment } = network;
      const lane = parseLane(deployment, name);
      const path = options.path === undefined ? undefined : parsePath(lane.dst, options.path);
      const vouched = await vouch({ network, lane, privateKey: keyOf(deployment, options), path });
      output.result(
        vouched.map(
          (each) =>
            `${each.path} vouches for the first ${each.count} entries of ${each.lane}, in transaction ${each.transactionHash}, block ${each.block}`,
        ),
        { vouched },
      );
    }),
  );

  const contradicting = program
    .command("contradict")
    .description("show that two paths' words can't both be true: halts the lane")
    .argument("<lane>", "source and destination, as in alpha-hub");
  addNetworkOptions(addKeyOptions(contradicting)).addHelpText("after", CONTRADICT_HELP);
  contradicting.action((name: string, options: Options) =>
    withNetwork(surroundings, options, async (network, output) => {
      const { deployment } = network;
      const lane = parseLane(deployment, name);
      const shown = await contradict({ network, lane, privateKey: keyOf(deployment, options) });
      const { path, otherPath, count, transactionHash, block } = shown;
      output.result(
        [
          `${shown.lane} is halted in transaction ${transactionHash}, block ${block}: ${path} and ${otherPath} differ at count ${count}`,
          `next: a guardian disables the one that lied: weighlock guardian disable-path <path> --chain ${lane.dst.name} --peer ${lane.src.name}`,
        ],
        shown,
      );
    }),
  );
}
