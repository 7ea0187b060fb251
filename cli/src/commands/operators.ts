/** What `guardian` and `council` share: their options, who signs, and how the outcome is told. */

import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import type { Command } from "commander";
import { type AuthorityOutcome, createKeyAuthority } from "../authority.ts";
import { addNetworkOptions, type NetworkOptions, type Surroundings, withNetwork } from "../context.ts";
import { choosePrivateKey, type KeyChoice, type Network } from "../network.ts";
import type { Operation } from "../operations.ts";
import type { Output } from "../output.ts";

export type OperatorOptions = NetworkOptions & KeyChoice;

/** `role`: of the deployment's keys, whose signs unless told. */
export function addOperatorOptions(command: Command, role: string): Command {
  command
    .option("--key-role <role>", `sign with this key of the deployment file (default: ${role})`)
    .option("--private-key-file <file>", "sign with the key in this file: 0x and 64 hex digits");
  return addNetworkOptions(command);
}

export function operate<Options extends OperatorOptions>({
  surroundings,
  options,
  role,
  operationOf,
}: {
  surroundings: Surroundings;
  options: Options;
  role: string;
  operationOf: (network: Network) => Operation | Promise<Operation>;
}): Promise<void> {
  return withNetwork(surroundings, options, async (network, output) => {
    const operation = await operationOf(network);
    const { chain } = operation;
    const choice = { keyRole: options.keyRole, privateKeyFile: options.privateKeyFile };
    const { deployment } = network;
    const privateKey = choosePrivateKey({ deployment, choice, env: surroundings.env, fallback: role });
    const authority = await createKeyAuthority({ network, chain, privateKey });
    const outcome = await authority.act(operation);
    tell({ output, chain, operation, outcome, by: authority.address });
  });
}

function tell({
  output,
  chain,
  operation: { label, what, to, data },
  outcome,
  by,
}: {
  output: Output;
  chain: ChainDeployment;
  operation: Operation;
  outcome: AuthorityOutcome;
  by: string;
}): void {
  const value = { chain: chain.name, operation: label, what, by, call: { to, data }, outcome };
  output.result([`${chain.name}: ${label}: ${what}`, ...linesOf(chain, outcome)], value);
}

function linesOf({ name }: ChainDeployment, outcome: AuthorityOutcome): string[] {
  if (outcome.type === "done") return [`done in transaction ${outcome.transactionHash}, block ${outcome.block}`];
  const { operation, readyAt, expiresAt } = outcome;
  const when = `it may be executed from ${readyAt.toISOString()} until ${expiresAt.toISOString()}`;
  const scheduled =
    outcome.type === "scheduled"
      ? `scheduled as ${operation} in transaction ${outcome.transactionHash}, block ${outcome.block}: ${when}`
      : `scheduled already, as ${operation}: ${when}`;
  return [
    scheduled,
    "next: the same command again, then",
    `until then a guardian may say no: weighlock guardian veto-operation ${operation} --chain ${name}`,
  ];
}
