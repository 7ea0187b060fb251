/** The one thing that a pauser's key signs: `pause(eid, In)` on a chain's PauseController. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import type { Common } from "@weighlock/core/common.ts";
import { messageOf, RetryableError } from "@weighlock/core/errors.ts";
import { createSender } from "@weighlock/core/sender.ts";
import type { Hash, Hex } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { type ChainSources, within } from "../sources.ts";

const IN = 0;
const READ_MS = 1_500;
const SEND_MS = 6_000;

export type Paused = { until: bigint; tx?: Hash; block?: bigint };
export type LanePauser = {
  /** Pauses what comes from `srcEid`, unless it is paused. Throws RetryableError where no source takes it. */
  ensure(srcEid: number): Promise<Paused>;
  /** Why it could not pause here; none means that it could. */
  obstacles(): Promise<string[]>;
};

export function createLanePauser({
  common,
  dst: { deployment, chain },
  privateKey,
}: {
  common: Common;
  dst: ChainSources;
  privateKey: Hex;
}): LanePauser {
  const address = privateKeyToAddress(privateKey);
  const controller = { address: deployment.pauseController, abi: pauseControllerAbi } as const;
  const ways = chain.clients.map((client) => ({
    client,
    // Each through its own source: the first one may be the one that is down.
    sender: createSender({ common, chain: { ...chain, client }, privateKey }),
  }));

  /** The first way by which it works. */
  async function tryAll<Value>(attempt: (way: (typeof ways)[number]) => Promise<Value>): Promise<Value> {
    let cause: unknown;
    for (const way of ways) {
      try {
        return await attempt(way);
      } catch (error) {
        cause = error;
        common.logger.warn(
          { chain: deployment.name, reason: messageOf(error) },
          "a source did not do it; trying others",
        );
      }
    }
    throw new RetryableError(`No source of ${deployment.name} took the pause.`, { cause });
  }

  async function readUntil({ client }: (typeof ways)[number], srcEid: number): Promise<bigint | undefined> {
    const [until, { timestamp }] = await Promise.all([
      client.readContract({
        address: deployment.gateway,
        abi: gatewayAbi,
        functionName: "pausedUntil",
        args: [srcEid, IN],
      }),
      client.getBlock(),
    ]);
    return until > timestamp ? until : undefined;
  }

  return {
    async ensure(srcEid) {
      return tryAll(async (way) => {
        const before = await within(READ_MS, readUntil(way, srcEid));
        if (before !== undefined) return { until: before };
        const { transactionHash: tx, blockNumber: block } = await within(
          SEND_MS,
          way.sender.write({ ...controller, functionName: "pause", args: [srcEid, IN], label: `pause from ${srcEid}` }),
        );
        const until = await within(READ_MS, readUntil(way, srcEid));
        if (until === undefined)
          throw new RetryableError("The pause was mined and does not show.", { details: { tx } });
        return { until, tx, block };
      });
    },
    async obstacles() {
      const found = await Promise.all(
        ways.map(async ({ client }, source) => {
          const at = `${deployment.name}, source ${source}`;
          try {
            const [isPauser, balance] = await within(
              READ_MS,
              Promise.all([
                client.readContract({ ...controller, functionName: "isPauser", args: [address] }),
                client.getBalance({ address }),
              ]),
            );
            if (!isPauser) return [`${at}: the PauseController does not know this key`];
            return balance === 0n ? [`${at}: the key has no gas`] : [];
          } catch {
            return [`${at}: the node does not answer`];
          }
        }),
      );
      return found.flat();
    },
  };
}
