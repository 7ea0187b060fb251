/** `weighlock accounts` */

import type { Command } from "commander";
import { type Accounts, readAccounts } from "../accounts.ts";
import { formatUnits } from "../amount.ts";
import { addNetworkOptions, type NetworkOptions, type Surroundings, withNetwork } from "../context.ts";
import { parseAddress } from "../input.ts";
import { formatTable } from "../table.ts";

const HELP = `
What it shows
  An account is an owner and a subaccount on the hub. Each line is what one has, whatever vault it came in by; below is
  what waits on its way in or out, why and until when, and what may be withdrawn from which vault. For an account's deposits and withdrawals: weighlock status --account.

Examples
  weighlock accounts                 every account that ever received something
  weighlock accounts 0xf39F…         one owner's subaccounts
  weighlock accounts --json`;

export function addAccounts(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("accounts")
    .description("balances by subaccount and asset, and what is available where")
    .argument("[owner]", "one owner's alone");
  addNetworkOptions(command).addHelpText("after", HELP);
  command.action((owner: string | undefined, options: NetworkOptions) =>
    withNetwork(surroundings, options, async (network, output) => {
      const wanted = owner === undefined ? undefined : parseAddress(owner, "the owner");
      const found = await readAccounts({ network, owner: wanted });
      output.result(render(found, wanted), found);
    }),
  );
}

function render({ accounts, waiting, available }: Accounts, owner: string | undefined): string[] {
  const assets = available.map(({ asset }) => asset);
  const right = assets.map(() => "right" as const);
  const nobody = owner === undefined ? "No account has received anything yet." : `${owner} has received nothing yet.`;
  return [
    ...(accounts.length === 0
      ? [nobody]
      : formatTable(
          [
            ["owner", "subaccount", ...assets],
            ...accounts.map(({ owner: each, subaccount, balances }) => [
              each,
              String(subaccount),
              ...balances.map(({ balance, canonicalDecimals }) => formatUnits(balance, canonicalDecimals)),
            ]),
          ],
          ["left", "right", ...right],
        )),
    "",
    ...waiting.map(
      ({ id, kind, quantity, asset, owner: of, subaccount, reason, waits }) =>
        `${of}/${subaccount}: ${kind} ${id} of ${quantity} ${asset} waits: ${reason}${waits === "" ? "" : `; ${waits}`}`,
    ),
    ...available.map(
      ({ asset, vaults }) =>
        `${asset} available: ${vaults.map(({ chain, quantity }) => `${quantity} on ${chain}`).join(", ")}`,
    ),
  ];
}
