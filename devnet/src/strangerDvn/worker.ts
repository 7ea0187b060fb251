/**
 * A third party's DVN: it verifies, on the destination, every final packet that it was paid for on the source.
 *
 * The chains are its memory. A packet is done when the destination's final state says so; until then it is looked at
 * again, so a lost transaction, a failed one and a reorg of the destination are one case. The saved cursor stays
 * behind the oldest packet that is not done.
 */

import { createChain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import type { Cursor, CursorStore } from "@weighlock/core/cursor.ts";
import { followChain } from "@weighlock/core/follower.ts";
import { createSender } from "@weighlock/core/sender.ts";
import { privateKeyToAccount } from "viem/accounts";
import { ASSIGNMENT_TOPICS, findAssignments } from "./assignments.ts";
import type { StrangerDvnConfig } from "./config.ts";
import { createFileCursorStore } from "./cursorFile.ts";
import { createQueue, type DvnNode } from "./queue.ts";

export type StrangerDvn = {
  /** Reasons for not being ready; none means ready. */
  notReady(): string[];
  /** Packets that are not done. */
  pending(): { guid: string; srcEid: number; dstEid: number; nonce: bigint; attempts: number }[];
  /** Settles when it stops: on shutdown, or by rejecting with a FatalError. */
  run(): Promise<void>;
};

/** Connects to every chain. Nothing is read or sent before `run`. */
export async function createStrangerDvn({
  common,
  config,
}: {
  common: Common;
  config: StrangerDvnConfig;
}): Promise<StrangerDvn> {
  const { logger, shutdown } = common;
  const { signal } = shutdown;
  const signer = privateKeyToAccount(config.signerKey);
  const cursors = await createFileCursorStore({ file: config.cursorFile });
  const nodes = new Map<number, DvnNode>();
  for (const each of config.chains) {
    const chain = await createChain({ ...each, pollMs: config.pollMs });
    nodes.set(each.eid, { config: each, chain, sender: createSender({ common, chain, privateKey: config.adminKey }) });
  }
  const queues = new Map([...nodes].map(([eid, node]) => [eid, createQueue({ common, config, node, nodes, signer })]));
  const trouble = new Map([...nodes.keys()].map((eid) => [eid, "has not been read yet"]));

  async function follow(source: DvnNode): Promise<void> {
    const { name, eid, endpoint, sendUln, dvn, fromBlock } = source.config;
    const key = `stranger-dvn:${eid}`;
    const progress = createProgress({ cursors, key, oldest: () => oldestOf(eid) });
    const events = followChain({
      client: source.chain.client,
      filter: { addresses: [endpoint, sendUln], topics: [ASSIGNMENT_TOPICS] },
      cursor: await cursors.get(key),
      fromBlock: BigInt(fromBlock),
      tag: "finalized",
      pollMs: config.pollMs,
      signal,
      logger,
      onAttempt: (error) => (error === undefined ? trouble.delete(eid) : trouble.set(eid, "does not answer")),
    });
    for await (const event of events) {
      trouble.delete(eid);
      if (event.type === "logs") {
        for (const assignment of findAssignments({ logs: event.logs, endpoint, sendUln, dvn, srcEid: eid })) {
          const { guid, dstEid, nonce } = assignment.packet;
          const queue = queues.get(dstEid);
          if (queue === undefined) {
            logger.warn({ guid, dstEid, chain: name }, "paid for a destination that is not configured");
            continue;
          }
          logger.info({ guid, srcEid: eid, dstEid, nonce }, "assigned");
          queue.add(assignment);
        }
      }
      await progress.passed(event.cursor);
    }
  }

  function oldestOf(srcEid: number): bigint | undefined {
    let oldest: bigint | undefined;
    for (const queue of queues.values()) {
      for (const { packet, blockNumber } of queue.jobs()) {
        if (packet.srcEid === srcEid && (oldest === undefined || blockNumber < oldest)) oldest = blockNumber;
      }
    }
    return oldest;
  }

  return {
    notReady: () => [...trouble].map(([eid, reason]) => `${nodes.get(eid)?.config.name ?? eid} ${reason}`),
    pending: () =>
      [...queues.values()].flatMap((queue) =>
        queue.jobs().map(({ packet: { guid, srcEid, dstEid, nonce }, attempts }) => {
          return { guid, srcEid, dstEid, nonce, attempts };
        }),
      ),
    run: async () => {
      await Promise.all([...[...nodes.values()].map(follow), ...[...queues.values()].map((queue) => queue.run())]);
    },
  };
}

/** Saves the newest cursor that lies before everything still to be done. */
function createProgress({
  cursors,
  key,
  oldest,
}: {
  cursors: CursorStore;
  key: string;
  oldest: () => bigint | undefined;
}) {
  let passed: Cursor[] = [];
  return {
    async passed(cursor: Cursor): Promise<void> {
      passed.push(cursor);
      const limit = oldest();
      const safe = passed.findLast(({ block }) => limit === undefined || block.number < limit);
      if (safe === undefined) return;
      passed = passed.slice(passed.indexOf(safe) + 1);
      await cursors.set(key, safe);
    },
  };
}
