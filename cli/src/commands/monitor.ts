/** `weighlock monitor status` */

import type { Command } from "commander";
import { addNetworkOptions, type NetworkOptions, type Surroundings } from "../context.ts";
import { ToldError } from "../errors.ts";
import { apiOf, monitorStatus } from "../monitorStatus.ts";
import { createOutput } from "../output.ts";
import { renderMonitor } from "../renderMonitor.ts";

type Options = NetworkOptions & { monitor?: string; pauser?: string };

const HELP = `
What it does
  Asks a running monitor and pauser. The monitor reads every chain by nodes of its own and reconciles every lane and
  asset at each block; "weighlock status" does the same once, without any service.
  A fact is certain: a path attested what its source never sealed. The pauser looks for itself and pauses that lane.
  An alert wants somebody to look: a residual, a halted lane, sources that disagree. Nothing is paused for it.
  docs/runbook.md says for each kind what it means and what to do.

Examples
  weighlock monitor status
  weighlock monitor status --json
  weighlock monitor status --monitor https://monitor.example --pauser https://pauser.example

Exit codes: 0 all is well, 1 a fact, an alert or a residual stands or somebody does not answer, 2 it was asked wrongly.`;

export function addMonitor(program: Command, { streams }: Surroundings): void {
  const monitor = program
    .command("monitor")
    .description("what the monitor and the pauser see")
    .addHelpText("after", HELP);
  const command = monitor
    .command("status")
    .description("whether every unit is accounted for, what is wrong, and what is paused")
    .option("--monitor <url>", "the monitor (default: the deployment file's)")
    .option("--pauser <url>", "the pauser (default: the deployment file's)");
  addNetworkOptions(command).addHelpText("after", HELP);
  command.action(async ({ deployment: file, json, ...given }: Options) => {
    const report = await monitorStatus({
      monitor: apiOf({ file, name: "monitor", given: given.monitor }),
      pauser: apiOf({ file, name: "pauser", given: given.pauser }),
    });
    createOutput({ isJson: json === true, streams }).result(renderMonitor(report), report);
    if (!report.isWell) throw new ToldError();
  });
}
