/** The least that a settlement over two chains could cost: a bare transfer there, and a bare ledger write here. */

import { accountOf } from "@weighlock/core/entry.ts";
import { erc20Abi, parseAbi } from "viem";
import { benchArtifact } from "./artifacts.ts";
import type { BenchNetwork } from "./network.ts";
import { callOf } from "./site.ts";

export type Floor = { transfer: number; ledgerWrite: number };

const ledgerAbi = parseAbi(["function credit(bytes32 account, uint256 amount)"]);
const AMOUNT = 300_000_000n;

/** Each is one transaction that finds its slots written before: the second of two. */
export async function measureFloor({ network }: { network: BenchNetwork }): Promise<Floor> {
  const { hub, vault, asset, keys } = network;
  const [from, recipient] = keys.traders;
  if (from === undefined || recipient === undefined) throw new RangeError("the network has fewer than two traders");
  const ledger = await hub.deploy(benchArtifact("BareLedger"), []);
  const transfer = callOf({
    from,
    address: asset.token,
    abi: erc20Abi,
    functionName: "transfer",
    args: [recipient.address, AMOUNT],
  });
  const write = callOf({
    from,
    address: ledger,
    abi: ledgerAbi,
    functionName: "credit",
    args: [accountOf({ owner: from.address }), AMOUNT],
  });
  const transfers = await vault.send([transfer, transfer]);
  const writes = await hub.send([write, write]);
  return { transfer: Number(transfers[1]?.gasUsed), ledgerWrite: Number(writes[1]?.gasUsed) };
}
