/** Uniswap's Permit2, with the code that it has on every chain, where it is on every chain. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Address, Hex, PublicClient } from "viem";

export const PERMIT2: Address = "0x000000000022D473030F116dDEE9F6B43aC78BA3";

const SOURCE = "@uniswap/v4-periphery/lib/permit2/test/utils/DeployPermit2.sol";

/** @throws RangeError when the package no longer has the code where it was. */
function permit2Code(): Hex {
  const source = readFileSync(createRequire(import.meta.url).resolve(SOURCE), "utf8");
  const code = /hex"([0-9a-f]+)"/.exec(source)?.[1];
  if (code === undefined) throw new RangeError(`no bytecode of Permit2 in ${SOURCE}`);
  return `0x${code}`;
}

export async function installPermit2(client: PublicClient): Promise<void> {
  await client.request<{ Method: "anvil_setCode"; Parameters: [Address, Hex]; ReturnType: null }>({
    method: "anvil_setCode",
    params: [PERMIT2, permit2Code()],
  });
}
