/** `weighlock council …`: what loosens or ends, after a delay in which a guardian can say no. */

import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import type { Command } from "commander";
import { monitorApis } from "../apis.ts";
import { repeated, type Surroundings } from "../context.ts";
import { UsageError } from "../errors.ts";
import { parseAddress, parseChain, parseCount } from "../input.ts";
import type { Network } from "../network.ts";
import * as operations from "../operations.ts";
import { parsePeer, parseScope, type ScopeId } from "../scope.ts";
import { collectSigned, readSigned, type SignedReconciliation, writeSigned } from "../signedReconciliation.ts";
import { addOperatorOptions, type OperatorOptions, operate } from "./operators.ts";
import { addRulesOptions, type RulesOptions, rulesOperation } from "./rulesOptions.ts";

type At = OperatorOptions & { chain: string };
type Lane = At & { peer: string };
type Resume = At & { monitor: string[]; signed: string[]; signedOut?: string };

const ROLE = "council";

const HELP = `
What the council does
  Loosens, ends and starts again. Each call is scheduled first and says when it may be executed: the same command again
  then carries it out. A guardian can veto it until then. A resumption has a delay of its own: propose-resume, then
  resume, which asks the monitors whether all is in order and brings what enough of them sign. It counts for an hour.
  On a devnet, "weighlock devnet skip 6h" makes a delay pass.

Who signs
  The council is a Safe. On a devnet its owners' keys are in the deployment file, and as many as it wants sign. Elsewhere each
  owner runs the same command: the first with --private-key-file mine --signature-out signed.json, the next with
  --private-key-file theirs --signature signed.json (and --signature-out, while more are needed). The last one sends it.
  All sign the same call. For resume the first one therefore keeps what the monitors signed, and nobody asks them again:
    weighlock council resume in alpha --chain hub --private-key-file mine --signed-out resume.json --signature-out 1.json
    weighlock council resume in alpha --chain hub --private-key-file theirs --signed resume.json --signature 1.json

Examples
  weighlock council propose-resume in alpha --chain hub
  weighlock council resume in alpha --chain hub
  weighlock council resume in alpha --chain hub --monitor https://one.example --monitor https://two.example
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
      .argument("[of]", "in, out and halt: the lane's other end; asset: which")
      .requiredOption("--chain <chain>", "on which chain");

  onScope(add("propose-resume", "propose to end a stop")).action((scope: string, of: string | undefined, options: At) =>
    act(options, async ({ deployment, connect }) => {
      const chain = parseChain(deployment, options.chain);
      const stop = { chain, scope: parseScope({ deployment, chain, scope, of }) };
      const { client } = await connect(chain);
      await operations.checkNotProposed({ client, ...stop });
      return operations.proposeResume(stop);
    }),
  );

  onScope(add("resume", "end a stop, with what the monitors sign"))
    .addOption(repeated("--monitor <url>", "ask this monitor; once for each", "the deployment file's"))
    .addOption(repeated("--signed <file>", "a monitor's answer in a file, and nobody is asked; once for each"))
    .option("--signed-out <file>", "write what the monitors signed here, for the owners who sign after you")
    .action((scope: string, of: string | undefined, options: Resume) =>
      act(options, async (network) => {
        const { deployment } = network;
        const chain = parseChain(deployment, options.chain);
        const id = parseScope({ deployment, chain, scope, of });
        const signed = await signedFor({ network, chain, scope: id, options });
        const { signedOut } = options;
        if (signedOut !== undefined) writeSigned({ file: signedOut, signed });
        const files = signedOut === undefined ? options.signed : [signedOut];
        const nextOwner = files.map((file) => `--signed ${file}`).join(" ");
        return { ...operations.resume({ chain, scope: id, signed }), ...(files.length > 0 && { nextOwner }) };
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

/** Files, or monitors that are asked now. Throws UsageError for both, and where the owners would not sign the same. */
function signedFor({
  network,
  chain,
  scope,
  options: { deployment: file, monitor, signed, signedOut, signature, signatureOut },
}: {
  network: Network;
  chain: ChainDeployment;
  scope: ScopeId;
  options: Resume;
}): Promise<SignedReconciliation> {
  if (signed.length > 0 && monitor.length > 0) {
    throw new UsageError("Give either --signed, what monitors have signed, or --monitor, whom to ask");
  }
  if (signed.length > 0) return readSigned({ files: signed, network, chain });
  if (signature.length > 0) {
    throw new UsageError(
      "Other owners have signed for one reconciliation; give it with --signed, as the first of them wrote it with --signed-out",
    );
  }
  if (signatureOut !== undefined && signedOut === undefined) {
    throw new UsageError("The next owner has to sign for the same reconciliation; give --signed-out <file> as well");
  }
  const monitors = monitorApis({ file, given: monitor }).map(({ url }) => url);
  if (monitors.length > 0) return collectSigned({ network, chain, scope, monitors });
  throw new UsageError(
    `Give what the monitors signed: --monitor <url> for each of them, or --signed <file>; ${file} names no monitor`,
  );
}
