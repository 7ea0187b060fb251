/** Transactions that meet in one block. */

import type { Abi } from "viem";
import { encodeFunctionData, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Call, Chain } from "./network.ts";

type AnyCall = Omit<Call, "chain" | "args"> & { abi: Abi; args: readonly unknown[] };

/**
 * Sends all before a block takes any, and says which of them went through. With `between`, each has a block of its own
 * and `between` runs after each but the last.
 */
export async function inOneBlock({
  chain: { client },
  calls,
  between,
}: {
  chain: Chain;
  calls: readonly unknown[];
  between?: () => Promise<void>;
}): Promise<boolean[]> {
  const hashes: Hex[] = [];
  await client.setAutomine(between !== undefined);
  try {
    for (const [i, { from, address, abi, functionName, args, value = 0n }] of (calls as readonly AnyCall[]).entries()) {
      if (i > 0 && between !== undefined) {
        await client.waitForTransactionReceipt({ hash: hashes[i - 1] as Hex });
        await between();
      }
      const account = privateKeyToAccount(from.privateKey);
      const data = encodeFunctionData({ abi, functionName, args });
      hashes.push(await client.sendTransaction({ account, chain: null, to: address, data, value, gas: 2_000_000n }));
    }
    if (between === undefined) await client.mine({ blocks: 1 });
  } finally {
    await client.setAutomine(true);
  }
  const receipts = await Promise.all(hashes.map((hash) => client.waitForTransactionReceipt({ hash })));
  const blocks = new Set(receipts.map(({ blockNumber }) => blockNumber));
  if (between === undefined && blocks.size !== 1) throw new Error(`the calls are in ${blocks.size} blocks`);
  return receipts.map(({ status }) => status === "success");
}
