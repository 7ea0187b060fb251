/** `weighlock lanes` */

import { lanesOf } from "@weighlock/core/deployment.ts";
import type { Command } from "commander";
import { addNetworkOptions, type NetworkOptions, type Surroundings, withNetwork } from "../context.ts";
import { parseLane } from "../input.ts";
import { readLane } from "../laneOverview.ts";
import { renderLanes } from "../renderLanes.ts";
import { renderLimits } from "../renderLimits.ts";

const HELP = `
What it shows
  A lane is one log from one chain to another. posted: entries in it. sealed: those in closed windows. dispatched: the
  highest count sent over a message network. attested: the highest count each path has vouched for. executed: those
  that the destination has done, on two paths' word. acknowledged: how much of that the source has been told.
  heads: whether the executed head is the source's own; it is always equal, or something is very wrong.
  tip jar: what pays anyone who dispatches the lane when its relayer does not.
  Under the table: what keeps a lane from moving, until when, and why.

  The second table is what may pass of each asset where the lane ends. large from: such an entry takes three paths' word,
  or a wait. bucket: what may pass at once when it is full; room now: what is left of it. share: of a vault's bucket for
  one account; of the hub's, for deposits that cover no debt. owes and cap: what the lane owes on the hub, and the most
  that it may. loss bound: the most that two lying paths can take until the lane is stopped, with monitors honest and
  with everybody who watches lost; one lying path takes nothing.

Examples
  weighlock lanes
  weighlock lanes alpha-hub
  weighlock lanes --json`;

export function addLanes(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("lanes")
    .description("every lane: how far each step is, and what stops it")
    .argument("[lane]", "one alone: source and destination, as in alpha-hub");
  addNetworkOptions(command).addHelpText("after", HELP);
  command.action((name: string | undefined, options: NetworkOptions) =>
    withNetwork(surroundings, options, async (network, output) => {
      const { deployment } = network;
      const wanted = name === undefined ? lanesOf(deployment) : [parseLane(deployment, name)];
      const lanes = await Promise.all(wanted.map((lane) => readLane({ network, lane })));
      output.result([...renderLanes(lanes), "", ...renderLimits(lanes)], { lanes });
    }),
  );
}
