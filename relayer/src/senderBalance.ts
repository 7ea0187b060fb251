/** What each sender has left for gas, as a metric. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Chain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import type { Sender } from "@weighlock/core/sender.ts";
import { formatEther } from "viem";

/** Ends on shutdown. */
export async function watchBalances({
  common,
  ends,
  everyMs,
}: {
  common: Common;
  ends: readonly { chain: Chain; sender: Sender }[];
  everyMs: number;
}): Promise<void> {
  const { signal } = common.shutdown;
  const balance = common.metrics.gauge({
    name: "sender_balance_ether",
    help: "Native currency of a sender.",
    labels: ["chain", "sender"],
  });
  while (!signal.aborted) {
    for (const { chain, sender } of ends) {
      const wei = await chain.client.getBalance({ address: sender.address }).catch(() => undefined);
      if (wei !== undefined) balance.set({ chain: chain.name, sender: sender.address }, Number(formatEther(wei)));
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
