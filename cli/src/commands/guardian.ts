/** `weighlock guardian …`: what only makes things stricter, at once. */

import type { Command } from "commander";
import type { Surroundings } from "../context.ts";
import { parseAddress, parseChain, parseOperation } from "../input.ts";
import * as operations from "../operations.ts";
import { parsePeer, parseScope } from "../scope.ts";
import { addOperatorOptions, type OperatorOptions, operate } from "./operators.ts";
import { addRulesOptions, type RulesOptions, rulesOperation } from "./rulesOptions.ts";

type At = OperatorOptions & { chain: string };

const ROLE = "guardian";

const HELP = `
What a guardian does
  Stops, and makes stricter: at once, on one chain, and nothing else. Nothing of it can take anybody's money, and only the
  council undoes it, after a delay. What you see and what to type for each halt is in docs/runbook.md.

Who signs
  The guardian is a Safe. On a devnet its owners' keys are in the deployment file, and as many as it wants sign. Elsewhere each
  owner runs the same command: the first with --private-key-file mine --signature-out signed.json, the next with
  --private-key-file theirs --signature signed.json (and --signature-out, while more are needed). The last one sends it.

Examples
  weighlock guardian freeze in alpha --chain hub          nothing from alpha is executed, credited or finished on the hub
  weighlock guardian freeze asset USDC --chain beta       no USDC is paid or taken by beta's vault
  weighlock guardian freeze all --chain hub               nothing leaves the hub for any vault
  weighlock guardian disable-path watcher --chain hub --peer alpha
  weighlock guardian tighten USDC --chain beta --capacity 500 --large 200
  weighlock guardian veto-release hub-beta:3
  weighlock guardian veto-resume in alpha --chain hub
  weighlock guardian veto-operation 0x5c50… --chain hub   what the council has scheduled
  weighlock guardian remove-key 0x… --chain hub           a pauser or a monitor`;

export function addGuardian(program: Command, surroundings: Surroundings): void {
  const guardian = program
    .command("guardian")
    .description("stop, veto and tighten, at once")
    .addHelpText("after", HELP);
  const add = (name: string, description: string) =>
    addOperatorOptions(guardian.command(name).description(description), ROLE).addHelpText("after", HELP);
  const act = (options: OperatorOptions, operationOf: Parameters<typeof operate>[0]["operationOf"]) =>
    operate({ surroundings, options, role: ROLE, operationOf });

  add("disable-path", "void everything a path ever attested, for good")
    .argument("<path>", "its name or index, as in watcher")
    .requiredOption("--chain <chain>", "on which chain it attests")
    .requiredOption("--peer <chain>", "the other end of its lanes")
    .action((path: string, options: At & { peer: string }) =>
      act(options, ({ deployment }) => {
        const chain = parseChain(deployment, options.chain);
        return operations.disablePath({ chain, peer: parsePeer(deployment, chain, options.peer), path });
      }),
    );

  add("freeze", "stop until the council resumes it")
    .argument("<scope>", "in, out, asset, or all")
    .argument("[of]", "in and out: the lane's other end; asset: which")
    .requiredOption("--chain <chain>", "on which chain")
    .action((scope: string, of: string | undefined, options: At) =>
      act(options, ({ deployment }) => {
        const chain = parseChain(deployment, options.chain);
        const found = scope.toLowerCase() === "all" ? undefined : parseScope({ deployment, chain, scope, of });
        return operations.freeze({ chain, scope: found });
      }),
    );

  addRulesOptions(add("tighten", "make an asset's rules, or a lane's windows, stricter"))
    .argument("[asset]", "symbol or id; without one: --window")
    .requiredOption("--chain <chain>", "whose rules")
    .option("--peer <chain>", "on the hub: of the lane with this chain")
    .option("--window <entries>", "windows to --peer seal at so many")
    .action((asset: string | undefined, options: At & RulesOptions) =>
      act(options, (network) => rulesOperation({ network, asset, options, verb: "tighten" })),
    );

  add("veto-release", "stop a release that waits")
    .argument("<id>", "a release: lane:index, as in hub-beta:3")
    .action((id: string, options: OperatorOptions) =>
      act(options, (network) => operations.onRelease({ network, id, functionName: "vetoRelease" })),
    );

  add("veto-resume", "say no to a resumption that the council has proposed")
    .argument("<scope>", "in, out, halt, or asset")
    .argument("[of]", "in, out and halt: the lane's other end; asset: which")
    .requiredOption("--chain <chain>", "on which chain")
    .action((scope: string, of: string | undefined, options: At) =>
      act(options, ({ deployment }) => {
        const chain = parseChain(deployment, options.chain);
        return operations.vetoResume({ chain, scope: parseScope({ deployment, chain, scope, of }) });
      }),
    );

  add("veto-operation", "cancel what the council has scheduled")
    .argument("<operation>", "its id, as it was told when it was scheduled")
    .requiredOption("--chain <chain>", "on which chain")
    .action((operation: string, options: At) =>
      act(options, (network) => {
        const chain = parseChain(network.deployment, options.chain);
        return operations.vetoOperation({ network, chain, operation: parseOperation(operation) });
      }),
    );

  add("remove-key", "take a pauser's or a monitor's power away")
    .argument("<address>", "the key's")
    .requiredOption("--chain <chain>", "on which chain")
    .action((who: string, options: At) =>
      act(options, ({ deployment }) =>
        operations.removeKey({ chain: parseChain(deployment, options.chain), who: parseAddress(who, "the key") }),
      ),
    );
}
