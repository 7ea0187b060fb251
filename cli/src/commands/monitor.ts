/** `weighlock monitor status` */

import type { Command } from "commander";
import { apiOf, monitorApis } from "../apis.ts";
import { addNetworkOptions, type NetworkOptions, repeated, type Surroundings } from "../context.ts";
import { ToldError, UsageError } from "../errors.ts";
import { monitorStatus } from "../monitorStatus.ts";
import { createOutput } from "../output.ts";
import { renderMonitor } from "../renderMonitor.ts";

type Options = NetworkOptions & { monitor: string[]; pauser?: string };

const HELP = `
What it does
  Asks the running monitors and the pauser. A monitor reads every chain by nodes of its own and reconciles every lane
  and asset at each block; "weighlock status" does the same once, without any service. The figures are the first
  monitor's; each of them has a line, and what not all of them say has their names.
  A fact is certain: a path attested what its source never sealed. The pauser looks for itself and pauses that lane.
  An alert wants somebody to look: a residual, a halted lane, sources that disagree. Nothing is paused for it.
  docs/runbook.md says for each kind what it means and what to do.

Examples
  weighlock monitor status
  weighlock monitor status --json
  weighlock monitor status --monitor https://one.example --monitor https://two.example --pauser https://pauser.example

Exit codes: 0 all is well, 1 a fact, an alert or a residual stands or somebody does not answer, 2 it was asked wrongly.`;

export function addMonitor(program: Command, { streams }: Surroundings): void {
  const monitor = program
    .command("monitor")
    .description("what the monitors and the pauser see")
    .addHelpText("after", HELP);
  const command = monitor
    .command("status")
    .description("whether every unit is accounted for, what is wrong, and what is paused")
    .addOption(repeated("--monitor <url>", "a monitor; once for each", "the deployment file's"))
    .option("--pauser <url>", "the pauser (default: the deployment file's)");
  addNetworkOptions(command).addHelpText("after", HELP);
  command.action(async ({ deployment: file, json, ...given }: Options) => {
    const monitors = monitorApis({ file, given: given.monitor });
    if (monitors.length === 0) throw new UsageError(`${file} names no monitor; give its URL with --monitor`);
    const report = await monitorStatus({ monitors, pauser: apiOf({ file, name: "pauser", given: given.pauser }) });
    createOutput({ isJson: json === true, streams }).result(renderMonitor(report), report);
    if (!report.isWell) throw new ToldError();
  });
}
