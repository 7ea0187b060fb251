/** `status`: one settlement, one transaction, one lane, one account, or everything. All of it read from the chains. */

import type { Address } from "viem";
import { type AccountStatus, readAccount } from "./accountStatus.ts";
import { UsageError } from "./errors.ts";
import { parseLane, parseSubject } from "./input.ts";
import { type LaneOverview, readLane } from "./laneOverview.ts";
import { createLaneReader } from "./laneReader.ts";
import type { Network } from "./network.ts";
import { type Overview, readOverview } from "./overview.ts";
import { type Settlement, traceSettlement } from "./settlement.ts";
import { readTransaction, type TransactionStatus } from "./transactionStatus.ts";

export type StatusRequest = {
  network: Network;
  /** `alpha-hub:12` or a transaction's hash. */
  subject?: string | undefined;
  lane?: string | undefined;
  account?: { owner: Address; subaccount: bigint } | undefined;
  /** How many settlements to list. */
  limit?: number;
};

export type Status =
  | { type: "settlement"; settlement: Settlement }
  | { type: "transaction"; transaction: TransactionStatus }
  | { type: "lane"; lane: LaneOverview; unfinished: Settlement[]; total: bigint }
  | { type: "account"; account: AccountStatus }
  | { type: "overview"; overview: Overview };

/** Throws UsageError for a subject that can't be meant, OperationError for one that isn't there. */
export async function status({ network, subject, lane, account, limit = 10 }: StatusRequest): Promise<Status> {
  if ([subject, lane, account].filter((each) => each !== undefined).length > 1) {
    throw new UsageError("Ask for one thing: lane:index or a transaction, --lane, or --account");
  }
  if (subject !== undefined) {
    const parsed = parseSubject(network.deployment, subject);
    if (parsed.type === "transaction") {
      return { type: "transaction", transaction: await readTransaction({ network, hash: parsed.hash }) };
    }
    return { type: "settlement", settlement: await traceSettlement({ network, ...parsed }) };
  }
  if (lane !== undefined) {
    const deployed = parseLane(network.deployment, lane);
    const overview = await readLane({ network, lane: deployed });
    const reader = await createLaneReader({ network, lane: deployed });
    const waiting = overview.posted > overview.executed ? await reader.postedFrom(overview.executed) : [];
    const unfinished = await Promise.all(
      waiting.slice(0, limit).map(({ args }) => traceSettlement({ network, lane: deployed, index: args.index })),
    );
    return { type: "lane", lane: overview, unfinished, total: BigInt(waiting.length) };
  }
  if (account !== undefined) return { type: "account", account: await readAccount({ network, ...account, limit }) };
  return { type: "overview", overview: await readOverview({ network }) };
}
