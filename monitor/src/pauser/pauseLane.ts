/**
 * What a pauser's key signs, on a chain's PauseController: `quarantine` of an attestation, which stops its lane until the
 * council has looked at it, and where that is not taken, `pause(In)` for a day.
 */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import type { Common } from "@weighlock/core/common.ts";
import { messageOf, RetryableError } from "@weighlock/core/errors.ts";
import { Scope } from "@weighlock/core/reconciliation.ts";
import { createSender } from "@weighlock/core/sender.ts";
import type { Hash, Hex } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { type ChainSources, within } from "../sources.ts";
import type { Attestation } from "../unknownCommitment.ts";

const DIRECTION_IN = 0;
/** `IPauseController.Key`. */
const KEY_PAUSER = 1;
const READ_MS = 1_500;
const SEND_MS = 6_000;
/** A path that tells more lies than these of one lane has stopped it for good already, and must not spend this key's gas. */
const MOST_QUARANTINED = 16n;

export type Paused = { until: bigint; isQuarantined: boolean; tx?: Hash; block?: bigint };
export type LanePauser = {
  /**
   * Stops the lane on this attestation, unless it is stopped on it already. `obstacle`: why it is paused and not in
   * quarantine. Throws RetryableError where no source takes it.
   */
  hold(attestation: Attestation): Promise<Paused & { obstacle?: string }>;
  /** Why it could not pause here; none means that it could. */
  obstacles(): Promise<string[]>;
};

type Held = { until: bigint; isPaused: boolean; isQuarantined: boolean; quarantined: bigint };

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
  type Way = (typeof ways)[number];

  /** The first way by which it works. */
  async function tryAll<Value>(attempt: (way: Way) => Promise<Value>): Promise<Value> {
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

  async function read({ client }: Way, { srcEid, path, count }: Attestation): Promise<Held> {
    const gateway = { address: deployment.gateway, abi: gatewayAbi } as const;
    const [until, isQuarantined, quarantined, { timestamp }] = await Promise.all([
      client.readContract({ ...gateway, functionName: "pausedUntil", args: [srcEid, DIRECTION_IN] }),
      client.readContract({ ...gateway, functionName: "isQuarantined", args: [srcEid, path, count] }),
      client.readContract({ ...gateway, functionName: "quarantined", args: [srcEid] }),
      client.getBlock(),
    ]);
    return { until, isPaused: until > timestamp, isQuarantined, quarantined };
  }

  function quarantine({ sender }: Way, { srcEid, path, count, head }: Attestation) {
    const args = [srcEid, path, count, head] as const;
    const label = `quarantine ${count} of path ${path} from ${srcEid}`;
    return within(SEND_MS, sender.write({ ...controller, functionName: "quarantine", args, label }));
  }

  function pause({ sender }: Way, { srcEid }: Attestation) {
    const label = `pause from ${srcEid}`;
    return within(SEND_MS, sender.write({ ...controller, functionName: "pause", args: [Scope.in, srcEid], label }));
  }

  async function holdBy(way: Way, attestation: Attestation): Promise<Paused & { obstacle?: string }> {
    const before = await within(READ_MS, read(way, attestation));
    if (before.isPaused && (before.isQuarantined || before.quarantined >= MOST_QUARANTINED)) {
      return { until: before.until, isQuarantined: before.isQuarantined };
    }
    let obstacle: string | undefined;
    const receipt = await quarantine(way, attestation).catch((error: unknown) => {
      obstacle = `not in quarantine: ${messageOf(error)}`;
      return before.isPaused ? undefined : pause(way, attestation);
    });
    const { until, isPaused, isQuarantined } = await within(READ_MS, read(way, attestation));
    if (!isPaused) throw new RetryableError("The pause was mined and does not show.", { details: { obstacle } });
    return {
      until,
      isQuarantined,
      ...(receipt !== undefined && { tx: receipt.transactionHash, block: receipt.blockNumber }),
      ...(obstacle !== undefined && { obstacle }),
    };
  }

  return {
    hold: (attestation) => tryAll((way) => holdBy(way, attestation)),
    async obstacles() {
      const found = await Promise.all(
        ways.map(async ({ client }, source) => {
          const at = `${deployment.name}, source ${source}`;
          try {
            const [key, balance] = await within(
              READ_MS,
              Promise.all([
                client.readContract({ ...controller, functionName: "keyOf", args: [address] }),
                client.getBalance({ address }),
              ]),
            );
            if (key !== KEY_PAUSER) return [`${at}: the PauseController does not know this key as a pauser's`];
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
