/** What `guardian` and `council` share: their options, who signs, and how the outcome is told. */

import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import type { Command } from "commander";
import { privateKeyToAccount } from "viem/accounts";
import { type AuthorityOutcome, createAuthority } from "../authority.ts";
import { addNetworkOptions, type NetworkOptions, repeated, type Surroundings, withNetwork } from "../context.ts";
import { UsageError } from "../errors.ts";
import { type Network, readKeyFile } from "../network.ts";
import type { Operation } from "../operations.ts";
import type { Output } from "../output.ts";
import { createSafeCaller, type Owner, readSafeSignatures } from "../safeCaller.ts";

/** Whose Safe acts. */
type Role = "guardian" | "council";

export type OperatorOptions = NetworkOptions & {
  keyRole: string[];
  privateKeyFile: string[];
  signature: string[];
  signatureOut?: string;
};

/** `role`: whose Safe acts. */
export function addOperatorOptions(command: Command, role: Role): Command {
  command
    .addOption(repeated("--key-role <role>", "sign as this owner; once for each", `every ${role} key of the file`))
    .addOption(
      repeated("--private-key-file <file>", "sign as the owner of this key: 0x and 64 hex digits; once for each"),
    )
    .addOption(repeated("--signature <file>", "what other owners have signed of it; once for each"))
    .option("--signature-out <file>", "write what is signed here, where more owners have to");
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
  role: Role;
  operationOf: (network: Network) => Operation | Promise<Operation>;
}): Promise<void> {
  return withNetwork(surroundings, options, async (network, output) => {
    const operation = await operationOf(network);
    const { chain } = operation;
    const { client } = await network.connect(chain);
    const caller = createSafeCaller({
      client,
      chain,
      safe: chain[role],
      owners: chooseOwners({ deployment: network.deployment, options, role }),
      senderOf: (privateKey) => network.sender(chain, privateKey),
      signatures: readSafeSignatures(options.signature),
      signatureOut: options.signatureOut,
    });
    const authority = createAuthority({ client, chain, caller });
    const outcome = await authority.act(operation);
    const next = outcome.type === "done" ? await operation.next?.(client) : undefined;
    tell({ output, chain, operation, outcome, next, by: authority.address, signatureOut: options.signatureOut });
  });
}

/** Those named; without names every key that the deployment file has for the role, as a devnet's has. */
function chooseOwners({
  deployment: { keys },
  options: { keyRole, privateKeyFile },
  role,
}: {
  deployment: Network["deployment"];
  options: OperatorOptions;
  role: Role;
}): Owner[] {
  const ofRole = new RegExp(`^${role}(-\\d+)?$`);
  const areNamed = keyRole.length + privateKeyFile.length > 0;
  const named = areNamed
    ? keyRole.map((name) => {
        const key = keys.find((each) => each.role === name);
        if (key !== undefined) return key.privateKey;
        throw new UsageError(
          `There is no key "${name}"; the deployment has ${keys.map((each) => each.role).join(", ")}`,
        );
      })
    : keys.filter((each) => ofRole.test(each.role)).map(({ privateKey }) => privateKey);
  const privateKeys = [...named, ...privateKeyFile.map(readKeyFile)];
  if (privateKeys.length === 0) {
    throw new UsageError(`This deployment has no ${role} keys; give --private-key-file`);
  }
  return privateKeys.map((privateKey) => ({ privateKey, account: privateKeyToAccount(privateKey) }));
}

function tell({
  output,
  chain,
  operation: { label, what, to, data, nextOwner },
  outcome,
  next = [],
  by,
  signatureOut,
}: {
  output: Output;
  chain: ChainDeployment;
  operation: Operation;
  outcome: AuthorityOutcome;
  next: readonly string[] | undefined;
  by: string;
  signatureOut: string | undefined;
}): void {
  const value = { chain: chain.name, operation: label, what, by, call: { to, data }, outcome };
  const lines = linesOf({ chain, outcome, signatureOut, nextOwner });
  output.result([`${chain.name}: ${label}: ${what}`, ...lines, ...next], value);
}

function linesOf({
  chain: { name },
  outcome,
  signatureOut,
  nextOwner,
}: {
  chain: ChainDeployment;
  outcome: AuthorityOutcome;
  signatureOut: string | undefined;
  nextOwner: string | undefined;
}): string[] {
  if (outcome.type === "done") return [`done in transaction ${outcome.transactionHash}, block ${outcome.block}`];
  if (outcome.type === "signed") {
    const { step, tx, hash, by, threshold } = outcome;
    const inWords = { call: "makes the call", schedule: "schedules it", execute: "carries out what was scheduled" }[
      step
    ];
    return [
      `nothing was sent: ${by.length} of ${threshold} owners have signed the Safe's transaction ${tx.nonce}, which ${inWords}`,
      `hash ${hash}, to ${tx.to}, data ${tx.data}`,
      `signed by ${by.join(", ")}`,
      signatureOut === undefined
        ? "next: again with --signature-out <file>, for the next owner"
        : `next: another owner runs the same command with ${nextOwner === undefined ? "" : `${nextOwner} `}--signature ${signatureOut}`,
    ];
  }
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
