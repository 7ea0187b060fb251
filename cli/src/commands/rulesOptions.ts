/** The options of `tighten` and `loosen`. */

import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import { parseAsset, parseChain, parseWindow } from "../input.ts";
import type { Network } from "../network.ts";
import { type Operation, setWindow } from "../operations.ts";
import { type RulesChange, rulesCall } from "../rules.ts";
import { parsePeer } from "../scope.ts";

export type RulesOptions = RulesChange & { chain: string; peer?: string; window?: string };

export function addRulesOptions(command: Command): Command {
  return command
    .option("--capacity <amount>", "what the full bucket lets pass at once")
    .option("--refill <amount>", "what it refills in an hour")
    .option("--large <amount>", "from so much on an entry is large")
    .option("--share <percent>", "vault: of the bucket for one account; hub: for deposits that cover no debt")
    .option("--min-deposit <amount>", "vault: the least deposit")
    .option("--push-gas <gas>", "vault: what a payment may use")
    .option("--min-withdrawal <amount>", "hub: the least withdrawal")
    .option("--cap <amount>", "hub: the most that the lane may owe");
}

/** Amounts are decimal numbers of the asset; what is not given stays as it is. */
export async function rulesOperation({
  network,
  asset: text,
  options,
  verb,
}: {
  network: Network;
  asset: string | undefined;
  options: RulesOptions;
  verb: "tighten" | "loosen";
}): Promise<Operation> {
  const { deployment } = network;
  const chain = parseChain(deployment, options.chain);
  const peer = options.peer === undefined ? undefined : parsePeer(deployment, chain, options.peer);
  if (options.window !== undefined) {
    if (text !== undefined || peer === undefined) {
      throw new UsageError("--window is a lane's: give --peer, and no asset");
    }
    return setWindow({ chain, peer, limit: parseWindow(options.window), verb });
  }
  if (text === undefined) throw new UsageError("Which asset's rules? Name it by its symbol or id, or give --window");
  const asset = parseAsset(chain, text);
  const { capacity, refill, large, share, minDeposit, pushGas, minWithdrawal, cap } = options;
  const change = { capacity, refill, large, share, minDeposit, pushGas, minWithdrawal, cap };
  const functionName = verb === "tighten" ? "tightenAsset" : "loosenAsset";
  const { to, data, before, after } = await rulesCall({ network, chain, peer, asset, change, verb: functionName });
  const changes = Object.keys(after)
    .filter((name) => after[name] !== before[name])
    .map((name) => `${name} ${before[name]} → ${after[name]}`);
  const of = peer === undefined ? asset.symbol : `${asset.symbol} from ${peer.name}`;
  const what = `${of}: ${changes.length === 0 ? "nothing changes" : changes.join(", ")}`;
  return { chain, to, data, label: verb, what, isManaged: true };
}
