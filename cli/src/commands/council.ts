/** `weighlock council …`: what loosens or ends, after a delay in which a guardian can say no. */

import type { Command } from "commander";
import type { Surroundings } from "../context.ts";
import { UsageError } from "../errors.ts";
import { parseAddress, parseChain, parseCount } from "../input.ts";
import * as operations from "../operations.ts";
import { parsePeer, parseScope } from "../scope.ts";
import { readSigned } from "../signedReconciliation.ts";
import { addOperatorOptions, type OperatorOptions, operate } from "./operators.ts";
import { addRulesOptions, type RulesOptions, rulesOperation } from "./rulesOptions.ts";

type At = OperatorOptions & { chain: string };
type Lane = At & { peer: string };

const ROLE = "council";

const HELP = `
What the council does
  Loosens, ends and starts again. Each call is scheduled first and says when it may be executed: the same command again
  then carries it out. A guardian can veto it until then. A resumption has a delay of its own: propose-resume, then
  resume, with what the monitors signed within the hour.

Who signs
  The council is a Safe. On a devnet its owners' keys are in the deployment file, and as many as it wants sign. Elsewhere each
  owner runs the same command: the first with --private-key-file mine --signature-out signed.json, the next with
  --private-key-file theirs --signature signed.json (and --signature-out, while more are needed). The last one sends it.

Examples
  weighlock council propose-resume in alpha --chain hub
  weighlock council resume in alpha --chain hub --signed monitor-1.json --signed monitor-2.json
  weighlock council lift-quarantine --chain hub --peer alpha --path watcher --count 128
  weighlock council add-path 2 0x… --chain hub --peer alpha --network
  weighlock council loosen USDC --chain beta --capacity 5000
  weighlock council clear-release hub-beta:3              a vetoed release was in order
  weighlock council strike hub-beta:3                     it was forged: it ends void
  weighlock council close-lane --chain hub --peer alpha   for good; do it at both ends
  weighlock council set-key 0x… monitor --chain hub`;

export function addCouncil(program: Command, surroundings: Surroundings): void {
  const council = program
    .command("council")
    .description("loosen, resume and close, after a delay")
    .addHelpText("after", HELP);
  const add = (name: string, description: string) =>
    addOperatorOptions(council.command(name).description(description), ROLE).addHelpText("after", HELP);
  const act = (options: OperatorOptions, operationOf: Parameters<typeof operate>[0]["operationOf"]) =>
    operate({ surroundings, options, role: ROLE, operationOf });
  const onLane = (command: Command) =>
    command
      .requiredOption("--chain <chain>", "on which chain")
      .requiredOption("--peer <chain>", "the other end of the lane");

  onLane(add("add-path", "enable an adapter at a free index"))
    .argument("<index>", "0 to 7; an index is taken for ever")
    .argument("<adapter>", "the path's contract")
    .option("--network", "it is a message network, of which executing takes one")
    .action((index: string, adapter: string, options: Lane & { network?: boolean }) =>
      act(options, ({ deployment }) => {
        const chain = parseChain(deployment, options.chain);
        if (!/^[0-7]$/.test(index)) throw new UsageError(`"${index}" is no path index; it is 0 to 7`);
        const of = { index: Number(index), adapter: parseAddress(adapter, "the path") };
        const peer = parsePeer(deployment, chain, options.peer);
        return operations.addPath({ chain, peer, ...of, isNetwork: options.network === true });
      }),
    );

  addRulesOptions(add("loosen", "set an asset's rules, or a lane's windows, and fill the bucket"))
    .argument("[asset]", "symbol or id; without one: --window")
    .requiredOption("--chain <chain>", "whose rules")
    .option("--peer <chain>", "on the hub: of the lane with this chain")
    .option("--window <entries>", "windows to --peer seal at so many")
    .action((asset: string | undefined, options: At & RulesOptions) =>
      act(options, (network) => rulesOperation({ network, asset, options, verb: "loosen" })),
    );

  for (const [name, functionName, description] of [
    ["clear-release", "clearRelease", "let a vetoed release go on"],
    ["strike", "strike", "end a forged release that waits: void"],
  ] as const) {
    add(name, description)
      .argument("<id>", "a release: lane:index, as in hub-beta:3")
      .action((id: string, options: OperatorOptions) =>
        act(options, (network) => operations.onRelease({ network, id, functionName })),
      );
  }

  onLane(add("close-lane", "end both lanes with a chain, for good")).action((options: Lane) =>
    act(options, ({ deployment }) => {
      const chain = parseChain(deployment, options.chain);
      return operations.closeLane({ chain, peer: parsePeer(deployment, chain, options.peer) });
    }),
  );

  onLane(add("lift-quarantine", "say that what a path attested was in order"))
    .requiredOption("--path <path>", "its name or index")
    .requiredOption("--count <count>", "what it attested")
    .action((options: Lane & { path: string; count: string }) =>
      act(options, ({ deployment }) => {
        const chain = parseChain(deployment, options.chain);
        const peer = parsePeer(deployment, chain, options.peer);
        return operations.liftQuarantine({ chain, peer, path: options.path, count: parseCount(options.count) });
      }),
    );

  const onScope = (command: Command) =>
    command
      .argument("<scope>", "in, out, halt, or asset")
      .argument("<of>", "in, out and halt: the lane's other end; asset: which")
      .requiredOption("--chain <chain>", "on which chain");

  onScope(add("propose-resume", "propose to end a stop")).action((scope: string, of: string, options: At) =>
    act(options, ({ deployment }) => {
      const chain = parseChain(deployment, options.chain);
      return operations.proposeResume({ chain, scope: parseScope({ deployment, chain, scope, of }) });
    }),
  );

  onScope(add("resume", "end a stop, with what the monitors signed"))
    .option("--signed <file>", "a monitor's answer; once for each", (file: string, all: string[]) => [...all, file], [])
    .action((scope: string, of: string, options: At & { signed: string[] }) =>
      act(options, async ({ deployment }) => {
        const chain = parseChain(deployment, options.chain);
        const { reconciliation, signatures } = await readSigned({ files: options.signed, at: chain });
        return operations.resume({
          chain,
          scope: parseScope({ deployment, chain, scope, of }),
          reconciliation,
          signatures,
        });
      }),
    );

  add("set-key", "give a key its power over stops, or another one")
    .argument("<address>", "the key's")
    .argument("<power>", Object.keys(operations.CONTROLLER_KEYS).join(", "))
    .requiredOption("--chain <chain>", "on which chain")
    .action((who: string, power: string, options: At) =>
      act(options, ({ deployment }) => {
        const chain = parseChain(deployment, options.chain);
        if (!(power in operations.CONTROLLER_KEYS)) {
          const known = Object.keys(operations.CONTROLLER_KEYS).join(", ");
          throw new UsageError(`There is no power "${power}"; it is ${known}`);
        }
        const key = power as operations.ControllerKey;
        return operations.setKey({ chain, who: parseAddress(who, "the key"), key });
      }),
    );
}
