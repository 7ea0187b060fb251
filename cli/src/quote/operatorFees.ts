/** What operators have taken lately for bringing signed withdrawals. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { hubOf } from "@weighlock/core/deployment.ts";
import { readEvents } from "../events.ts";
import type { Network } from "../network.ts";

/** Canonical units of the asset. */
export type OperatorFees = { samples: number; lowest: bigint; highest: bigint };

/** Withdrawals that are looked at. */
const LOOK_BACK = 100;

/** Undefined when none of the last withdrawals of the asset paid one. */
export async function readOperatorFees({
  network,
  asset,
}: {
  network: Network;
  asset: number;
}): Promise<OperatorFees | undefined> {
  const hub = hubOf(network.deployment);
  const { client } = await network.connect(hub);
  const view = { client, address: hub.clearingHouse, abi: clearingHouseAbi, args: { asset } } as const;
  const withdrawals = await readEvents({
    ...{ ...view, eventName: "Withdrawn", from: hub.deployBlock, newestFirst: true },
    isEnough: (found) => found.length >= LOOK_BACK,
  });
  const first = withdrawals[0];
  if (!first) return undefined;
  const transfers = await readEvents({ ...view, eventName: "Transferred", from: first.blockNumber });
  // In a batch, an item's fee is moved right before its withdrawal.
  const fees = withdrawals.flatMap(({ transactionHash, logIndex, args: { account } }, i) => {
    const before = withdrawals[i - 1];
    const since = before?.transactionHash === transactionHash ? before.logIndex : -1;
    const fee = transfers.find(
      (each) =>
        each.transactionHash === transactionHash &&
        each.args.from === account &&
        each.logIndex > since &&
        each.logIndex < logIndex,
    );
    return fee ? [fee.args.amount] : [];
  });
  const sorted = fees.sort((a, b) => (a < b ? -1 : 1));
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  return lowest === undefined || highest === undefined ? undefined : { samples: sorted.length, lowest, highest };
}
