/** `weighlock devnet up | status | skip | down` */

import { join } from "node:path";
import type { Command } from "commander";
import type { Surroundings } from "../context.ts";
import { UsageError } from "../errors.ts";
import { parseDuration } from "../input.ts";
import { createOutput } from "../output.ts";
import { formatTable } from "../table.ts";

const DEFAULT_DIR = ".weighlock";

type Options = { dir: string; json?: boolean };

const HELP = `
What it is
  Three local chains (hub, alpha, beta) with the real LayerZero contracts, and every service with a key of its own:
  relayer, verifier, watchers, monitors, pauser, a second DVN. Nothing leaves this machine, and its keys are worth
  nothing elsewhere.

Examples
  weighlock devnet up
  weighlock devnet up --dir /tmp/net --block-time 2
  weighlock devnet status --json
  weighlock devnet skip 6h                what has a delay is due at once: a resumption, for example
  weighlock devnet skip 1h --blocks 300   what waits in time and in blocks, as large entries do
  weighlock devnet down`;

export function addDevnet(program: Command, { streams }: Surroundings): void {
  const devnet = program
    .command("devnet")
    .description("a whole local network: start it, look at it, stop it")
    .addHelpText("after", HELP);
  const verb = (name: string, description: string) =>
    devnet
      .command(name)
      .description(description)
      .option("--dir <folder>", "where it keeps its files", DEFAULT_DIR)
      .option("--json", "one JSON value on stdout");
  // Loaded when asked for: the other verbs need none of it.
  const load = () => import("@weighlock/devnet/devnet.ts");

  verb("up", "start it and leave it running")
    .option("--block-time <seconds>", "seconds between blocks", "1")
    .action(async ({ dir, json, blockTime }: Options & { blockTime: string }) => {
      const output = createOutput({ isJson: json === true, streams });
      if (!/^\d+(\.\d+)?$/.test(blockTime) || Number(blockTime) === 0) {
        throw new UsageError(`"${blockTime}" is no block time; give seconds above 0`);
      }
      const { devnetUp } = await load();
      const { deployment, file } = await devnetUp({
        dir,
        blockTime: Number(blockTime),
        detached: true,
        onProgress: output.say,
      });
      const { chains, apis, keys } = deployment;
      const rows = chains.map(({ name, chainId, eid, rpcUrl }) => [name, String(chainId), String(eid), rpcUrl]);
      const services = Object.entries(apis).map(([name, url]) => [name, url]);
      const trader = keys.find(({ role }) => role === "trader")?.address;
      const other = dir === DEFAULT_DIR ? "" : ` --deployment ${file}`;
      output.result(
        [
          ...formatTable([["chain", "chain id", "eid", "rpc"], ...rows]),
          ...(services.length === 0 ? [] : ["", ...formatTable([["service", "url"], ...services])]),
          "",
          `${file} has all addresses and keys; the trader is ${trader}`,
          `try: weighlock deposit --chain alpha --asset USDC --amount 12.5 --wait${other}`,
        ],
        { file, chains, apis },
      );
    });

  verb("status", "say what runs").action(async ({ dir, json }: Options) => {
    const output = createOutput({ isJson: json === true, streams });
    const { devnetStatus, dirOption } = await load();
    const found = await devnetStatus({ dir });
    const rows = found.processes.map(({ name, pid, isRunning, logFile }) => [
      name,
      isRunning ? "running" : "gone",
      String(pid),
      logFile,
    ]);
    const lines =
      rows.length === 0
        ? [`No devnet is up in ${dir}; start one with: weighlock devnet up${dirOption(dir)}`]
        : formatTable([["process", "state", "pid", "log"], ...rows]);
    output.result(lines, found);
  });

  verb("skip", "set all chains ahead, so that delays are over")
    .argument("<time>", "as in 90s, 30m, 6h or 3d")
    .option("--blocks <n>", "blocks that each chain mines meanwhile", "1")
    .action(async (time: string, { dir, json, blocks }: Options & { blocks: string }) => {
      const output = createOutput({ isJson: json === true, streams });
      const { devnetSkip } = await load();
      const seconds = parseDuration(time);
      if (!/^[1-9]\d{0,3}$/.test(blocks)) {
        throw new UsageError(`"${blocks}" is no number of blocks; give one from 1 to 9999`);
      }
      const chains = await devnetSkip({ dir, seconds, blocks: Number(blocks) });
      const rows = chains.map(({ name, block, timestamp }) => [
        name,
        String(block),
        new Date(Number(timestamp) * 1_000).toISOString(),
      ]);
      output.result(formatTable([["chain", "block", "time"], ...rows]), { seconds, chains });
    });

  verb("down", "stop everything that it started").action(async ({ dir, json }: Options) => {
    const output = createOutput({ isJson: json === true, streams });
    const { devnetDown } = await load();
    const outcomes = await devnetDown({ dir });
    const lines =
      outcomes.length === 0
        ? [`Nothing was running from ${join(dir, "devnet.state.json")}`]
        : outcomes.map(({ name, outcome }) => `${name}: ${outcome === "gone" ? "was gone" : "stopped"}`);
    output.result(lines, { processes: outcomes });
  });
}
